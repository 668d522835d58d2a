import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { deserialiseSession } from '../../../src/session/snapshot/snapshot.js';
import { builtCli } from '../../helpers/built.js';
import { Pty } from '../../helpers/pty.js';
import { describeWith } from '../../helpers/require-tool.js';
import { KEY } from '../../helpers/screen.js';

const LIMIT_MS = 90_000;

describeWith('python3', 'a terminal that is closed', () => {
  let home = '';
  let pty: Pty;
  const state = (name: string): string => join(home, 'state', 'calico-ready', name);

  beforeEach(async () => {
    home = mkdtempSync(join(tmpdir(), 'hang-up-'));
    const env = { HOME: home, XDG_STATE_HOME: join(home, 'state') };
    pty = new Pty(process.execPath, [await builtCli()], { cwd: home, env });
  }, LIMIT_MS);
  afterEach(async () => {
    await pty.close();
    rmSync(home, { recursive: true, force: true });
  });

  test(
    'B12/86 keeps what no step had saved yet, and lets go of the session',
    async () => {
      await pty.waitForText(/Nodes {2}1\/9[^]*Ctrl-C leave/);
      await pty.go('node1', /Enter add it/);
      await pty.go(KEY.enter, /1 node/);
      await pty.go(KEY.enter, /Intent {2}2\/9/);
      await pty.go(KEY.enter, /Access {2}3\/9[^]*Log in as/);
      await pty.go('x', /Log in as +\S+x/);
      await pty.go(KEY.enter, /❯ Key files/);
      await pty.close();
      await vi.waitFor(() => {
        expect(existsSync(state('session.lock'))).toBe(false);
      }, 20_000);
      const { session } = deserialiseSession(readFileSync(state('session.json'), 'utf8'));
      expect(session?.access.user).toMatch(/.x$/);
      expect(session?.step).toBe('access');
    },
    LIMIT_MS,
  );
});
