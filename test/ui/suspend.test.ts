import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { builtCli } from '../helpers/built.js';
import { Pty } from '../helpers/pty.js';
import { describeWith } from '../helpers/require-tool.js';
import { KEY } from '../helpers/screen.js';

const CTRL_Z = '\u001a';
const LIMIT_MS = 60_000;

describeWith(['python3', 'bash'], 'Ctrl-Z in a real shell', () => {
  let home = '';
  let cli = '';
  let pty: Pty;
  beforeAll(async () => {
    cli = await builtCli();
  }, LIMIT_MS);
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'suspend-'));
    const env = { HOME: home, XDG_STATE_HOME: join(home, 'state') };
    pty = new Pty('bash', ['--norc', '--noprofile', '-i'], { cwd: home, env });
  });
  afterEach(async () => {
    await pty.close();
    rmSync(home, { recursive: true, force: true });
  });

  test(
    'gives the terminal back, and fg draws the screen again as it was',
    async () => {
      await pty.waitForText(/^bash\S*[#$]$/m);
      await pty.go(`${process.execPath} ${cli}\r`, /Nodes {2}1\/9[^]*Ctrl-C leave/);
      await pty.go('half-typed', /Add a host {3}half-typed/);
      await pty.go(CTRL_Z, /Stopped[^]*^bash\S*[#$]$/m);
      expect([pty.alternate, pty.cursorShown]).toEqual([false, true]);
      // The shell edits its line again: the terminal is in its own mode.
      await pty.go('echo "a"b\r', /^ab$/m);
      await pty.go('fg\r', /Nodes {2}1\/9[^]*Add a host {3}half-typed[^]*Ctrl-C leave/);
      expect([pty.alternate, pty.cursorShown]).toEqual([true, false]);
      await pty.go('-on', /half-typed-on/);
      await pty.go(KEY.ctrlC, /The session is saved[^]*^bash\S*[#$]$/m);
      await pty.go('echo $?\r', /^130$/m);
    },
    LIMIT_MS,
  );
});
