import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { builtCli } from '../../helpers/built.js';
import { Pty } from '../../helpers/pty.js';
import { describeAsRoot, describeWith } from '../../helpers/require-tool.js';
import {
  addUser,
  authorize,
  makeKey,
  startSshd,
  type Sshd,
  type TestUser,
} from '../../helpers/sshd.js';

let sshd: Sshd;
let user: TestUser;
let pty: Pty | undefined;

describeWith(
  ['sshd', 'ssh-keygen', 'python3'],
  'an audit on a terminal, of a node whose host key is new',
  () => {
    describeAsRoot('by a real sshd', () => {
      beforeAll(async () => {
        sshd = await startSshd();
        user = addUser();
        authorize(sshd, user.name, makeKey(join(sshd.folder, 'login'), 'ed25519'));
      });
      afterEach(async () => {
        await pty?.close();
      });
      afterAll(async () => {
        user.remove();
        await sshd.stop();
      });

      const known = (): string => join(sshd.folder, 'known');
      const audit = async (): Promise<Pty> => {
        writeFileSync(known(), '');
        const node = `${user.name}@127.0.0.1:${String(sshd.port)}`;
        const access = ['--identity', join(sshd.folder, 'login'), '--known-hosts', known()];
        pty = new Pty(process.execPath, [await builtCli(), 'audit', node, ...access], {
          rows: 200,
        });
        await pty.waitForText(/ssh-ed25519 SHA256:\S+/);
        return pty;
      };

      test('yes: the node is asked, and the key is kept once it was proven', async () => {
        const terminal = await audit();
        terminal.press('y\r');
        expect((await terminal.exit()).modesRestored).toBe(true);
        expect(terminal.text()).toMatch(/catalogue .* with \d+ checks/);
        expect(terminal.text()).not.toContain('not reached');
        expect(readFileSync(known(), 'utf8')).toContain(sshd.hostKeys.ed25519);
      });

      test('anything else: the node is left alone, and nothing is kept', async () => {
        const terminal = await audit();
        terminal.press('\r');
        expect((await terminal.exit()).code).toBe(2);
        expect(terminal.text()).toMatch(/catalogue .* with \d+ checks/);
        expect(terminal.text()).toContain('host-key-unknown');
        expect(readFileSync(known(), 'utf8')).toBe('');
      });
    });
  },
);
