import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { describe, test } from 'vitest';

const PLACES = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];

/** The absolute path of a program, or null when this machine does not have it. */
export function findTool(name: string): string | null {
  for (const folder of [...(process.env['PATH'] ?? '').split(delimiter), ...PLACES]) {
    try {
      const path = join(folder, name);
      accessSync(path, constants.X_OK);
      return path;
    } catch {
      continue;
    }
  }
  return null;
}

/** The first missing tool, or null. */
const missingOf = (tools: readonly string[]): string | null =>
  tools.find((tool) => findTool(tool) === null) ?? null;

/**
 * A group of tests that needs programs of this machine. Without one of them the group is skipped, and its name says
 * why; with CALICO_READY_LAB=1, where everything should be installed, it fails instead.
 */
export function describeWith(
  tools: string | readonly string[],
  name: string,
  body: () => void,
): void {
  const missing = missingOf(typeof tools === 'string' ? [tools] : tools);
  if (missing === null) describe(name, body);
  else if (process.env['CALICO_READY_LAB'] === '1') {
    test(name, () => {
      throw new Error(`${missing} is not installed`);
    });
  } else describe.skip(`${name} (skipped: ${missing} is not installed)`, body);
}

/** The same for a group that must be root. */
export function describeAsRoot(name: string, body: () => void): void {
  const root = process.getuid?.() === 0;
  if (root) describe(name, body);
  else if (process.env['CALICO_READY_LAB'] === '1') {
    test(name, () => {
      throw new Error('this needs root');
    });
  } else describe.skip(`${name} (skipped: not root)`, body);
}
