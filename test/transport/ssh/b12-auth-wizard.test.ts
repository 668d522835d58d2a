import { mkdtempSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { builtCli } from '../../helpers/built.js';
import { Pty } from '../../helpers/pty.js';
import { describeAsRoot, describeWith } from '../../helpers/require-tool.js';
import { KEY, pasted } from '../../helpers/screen.js';
import { addUser, startSshd, type Sshd, type TestUser } from '../../helpers/sshd.js';

describeAsRoot('secrets typed into the wizard, as root', () => {
  describeWith(['sshd', 'useradd', 'python3'], 'at a real sshd', () => {
    let sshd: Sshd;
    let user: TestUser;
    let home = '';
    let wizard: Pty | undefined;
    beforeAll(async () => {
      sshd = await startSshd();
      user = addUser();
    });
    afterEach(async () => {
      await wizard?.close();
    });
    afterAll(async () => {
      await sshd.stop();
      user.remove();
    });

    /** Up to the question for the password of the one node. */
    const reach = async (): Promise<Pty> => {
      home = mkdtempSync(join(sshd.folder, 'home-'));
      const pty = new Pty(process.execPath, [await builtCli()], { env: { HOME: home }, cwd: home });
      wizard = pty;
      await pty.waitForText(/Nodes {2}1\/9[^]*No node yet/);
      const host = `${user.name}@127.0.0.1:${String(sshd.port)}`;
      await pty.go(pasted(host), /Add a host +\w+@127/);
      await pty.go(KEY.enter, /1 node[^]*Enter go on/);
      await pty.go(KEY.enter, /Intent {2}2\/9/);
      await pty.go(KEY.enter, /Access {2}3\/9/);
      await pty.go(KEY.enter, /1 new host key to answer[^]*y accept/);
      await pty.go('y', /needs a password to log in/);
      return pty;
    };

    const everyFile = (): string =>
      readdirSync(home, { recursive: true, encoding: 'utf8' })
        .map((name) => join(home, name))
        .filter((path) => statSync(path).isFile())
        .map((path) => readFileSync(path, 'latin1'))
        .join('\n');

    test('B12/50 Ctrl-C while a password is typed: the terminal is as before, the password is nowhere', async () => {
      const pty = await reach();
      expect(pty.text().replaceAll(/\s+/g, ' ')).toContain(
        `${user.name} at 127.0.0.1:${String(sshd.port)} is asked: Password:`,
      );
      await pty.go('half-typed-S3cret', /Answer: \S+/);
      pty.press('\u0003');
      const { modesRestored } = await pty.exit();
      expect([modesRestored, pty.alternate, pty.cursorShown]).toEqual([true, false, true]);
      expect(pty.bytes).not.toContain('S3cret');
      expect(everyFile()).not.toContain('S3cret');
      expect(everyFile()).toContain('127.0.0.1');
    });

    test('B12/49 a wrong password is told on the node, the right one lets in, and neither is saved', async () => {
      const pty = await reach();
      pty.press('wrong-S3cret');
      await pty.go(KEY.enter, /no login as/);
      pty.press('\u0003');
      await pty.exit();
      expect(pty.bytes).not.toContain('S3cret');
      expect(everyFile()).not.toContain('S3cret');
      const again = await reach();
      again.press(user.password);
      await again.go(KEY.enter, /1 node, 1 open/);
      again.press('\u0003');
      await again.exit();
      expect(again.bytes).not.toContain(user.password);
      expect(everyFile()).not.toContain(user.password);
    });
  });
});
