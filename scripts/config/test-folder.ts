import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** One folder for what test files build; a worker that is ended cannot clean up behind itself. */
export default function setUp(): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'calico-ready-tests-'));
  process.env['CALICO_READY_TEST_FOLDER'] = folder;
  return () => {
    rmSync(folder, { recursive: true, force: true });
  };
}
