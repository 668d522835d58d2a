import { readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { missingForSshd } from '../../helpers/sshd.js';
import { nodeAt, run } from '../ssh/rig.js';
import { openLab } from './lab.js';

const missing = missingForSshd('/usr/sbin/useradd');

describe.skipIf(missing !== null)(`the user's own ssh at a real sshd ${missing ?? ''}`, () => {
  const lab = openLab();
  const { folder, key, rig, here, another, failsAlone } = lab;
  const line = (name: string): string => `[127.0.0.1]:${String(lab.sshd.port)} ${name}\n`;

  test('B12/1 ask: an unknown key is told with its fingerprint and ends the attempt; accepted, it is pinned and written', async () => {
    const mine = rig({ hostKeyPolicy: 'ask' });
    const failure = await failsAlone(mine, here());
    expect(failure.reason).toMatch(/^host-key-unknown: .*SHA256:.*is not in known_hosts$/);
    expect(mine.unknown).toHaveLength(1);
    const [shown] = mine.unknown;
    expect(shown).toMatchObject({ node: 'n1', host: '127.0.0.1', port: lab.sshd.port });
    expect(lab.sshd.hostKeys.ed25519).toBe(`${shown?.type ?? ''} ${shown?.key ?? ''}`);
    if (shown !== undefined) mine.options.pins.accept(shown);
    const session = await mine.open(here());
    await session.close();
    expect(session.peer.hostKey?.trustedBy).toBe('accepted by the operator');
    const written = readFileSync(mine.options.knownHostsFiles.write ?? '', 'utf8');
    expect(written.split('\n')).toContain(line(lab.sshd.hostKeys.ed25519).trim());
    expect(mine.asked).toEqual([]);
  });

  test('a pinned key that is another one stops the node', async () => {
    const mine = rig({ hostKeyPolicy: 'ask' });
    const other = readFileSync(`${key('stranger')}.pub`, 'utf8').split(' ')[1] ?? '';
    mine.options.pins.accept({ host: '127.0.0.1', port: lab.sshd.port, key: other });
    expect((await failsAlone(mine, here())).reason).toMatch(
      /^host-key-changed: .*in this session .* was accepted/,
    );
  });

  const HOST_KEYS = [
    ['B12/2 strict: unknown', 'strict', () => '', /^host-key-unknown: .*SHA256:/, /ssh-keyscan/],
    [
      'B12/3 changed: both fingerprints, file and line',
      'accept-new',
      () => line(readFileSync(`${key('stranger')}.pub`, 'utf8').trim()),
      /^host-key-changed: .*SHA256:.*known_hosts:1 holds ssh-ed25519 SHA256:/,
      /ssh-keygen -f .* -R/,
    ],
    [
      'B12/4 revoked',
      'accept-new',
      () => `@revoked * ${lab.sshd.hostKeys.ed25519}\n`,
      /^host-key-revoked: .*marks as revoked/,
      /Do not enter/,
    ],
  ] as const;
  test.each(HOST_KEYS)('%s', async (_, hostKeyPolicy, content, reason, next) => {
    const at = folder();
    writeFileSync(join(at, 'known_hosts'), content());
    const mine = rig({ hostKeyPolicy }, [], at);
    const failure = await failsAlone(mine, here());
    expect(failure.reason).toMatch(reason);
    expect(failure.nextStep).toMatch(next);
    expect(readdirSync(mine.runtime)).toEqual([]);
  });

  test('B12/5 where the RSA key alone is known, it is asked for', async () => {
    const at = folder();
    writeFileSync(join(at, 'known_hosts'), line(lab.sshd.hostKeys.rsa));
    const session = await rig({ hostKeyPolicy: 'strict' }, [], at).open(here());
    await session.close();
    expect(session.peer.hostKey).toMatchObject({
      type: 'ssh-rsa',
      trustedBy: expect.stringMatching(/known_hosts:1$/) as string,
    });
  });

  test('a passphrase is asked once for all nodes, and again when it was wrong', async () => {
    const mine = rig({ identityFiles: [key('locked')] }, ['wrong', 'open sesame']);
    const first = await mine.open(here());
    const second = await mine.open(here());
    expect(mine.asked.map(({ kind }) => kind)).toEqual(['passphrase', 'passphrase']);
    expect(mine.asked[0]?.prompt).toContain(key('locked'));
    await Promise.all([first.close(), second.close()]);
  });

  test('a password: asked through our program, in no argument, variable, log or file', async () => {
    const mine = rig({ identityFiles: [] }, [lab.user.password]);
    const session = await mine.open(here());
    expect(mine.asked).toMatchObject([{ kind: 'password', echo: false, node: 'n1' }]);
    expect(mine.asked[0]?.prompt).toContain(
      `${lab.user.name} at 127.0.0.1:${String(lab.sshd.port)}`,
    );
    const said = await run(
      session,
      'cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ 2>/dev/null | tr "\\0" " "\n',
    );
    expect(said.stdout.toString()).not.toContain(lab.user.password);
    const [name = ''] = readdirSync(mine.runtime);
    expect(statSync(join(mine.runtime, name)).mode & 0o777).toBe(0o700);
    for (const file of readdirSync(join(mine.runtime, name))) {
      const path = join(mine.runtime, name, file);
      if (statSync(path).isFile())
        expect(readFileSync(path, 'utf8')).not.toContain(lab.user.password);
    }
    expect(session.peer.authMethod).toMatch(/^(keyboard-interactive|password)$/);
    await session.close();
  });

  test.each([
    ['is wrong', ['wrong-S3cret', 'wrong-S3cret'], /^auth-failed: .*what was typed is wrong/],
    ['is not given', [null], /^auth-failed: .*nobody answered its prompt/],
  ])('a password that %s is tried no further', async (_, answers, reason) => {
    const mine = rig({ identityFiles: [] }, answers);
    const failure = await mine.failure(here());
    expect(failure.reason).toMatch(reason);
    expect(mine.asked).toHaveLength(1);
    expect(`${failure.message}${failure.nextStep}`).not.toContain('S3cret');
    expect(readdirSync(mine.runtime)).toEqual([]);
  });

  test('a key that is not let in, and nobody to ask', async () => {
    const closed = await another(['PasswordAuthentication no', 'KbdInteractiveAuthentication no']);
    const mine = rig({ identityFiles: [key('stranger')] });
    const failure = await failsAlone(mine, nodeAt(closed.port, lab.user.name));
    expect(failure.reason).toMatch(/^auth-failed: .*the server takes: publickey\)/);
  });
});
