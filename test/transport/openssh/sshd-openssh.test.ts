import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CancelledError } from '../../../src/domain/errors.js';
import {
  addUser,
  authorize,
  freePort,
  makeKey,
  missingForSshd,
  startSshd,
} from '../../helpers/sshd.js';
import type { Sshd, TestUser } from '../../helpers/sshd.js';
import { nodeAt, run } from '../ssh/rig.js';
import { openRig, type OpenRig } from './rig.js';

const missing = missingForSshd('/usr/sbin/useradd');

describe.skipIf(missing !== null)(`the user's own ssh at a real sshd ${missing ?? ''}`, () => {
  let sshd: Sshd;
  let user: TestUser;
  const folder = (): string => mkdtempSync(join(sshd.folder, 'case-'));
  const key = (name: string): string => join(sshd.folder, name);
  const rig = (
    change: Parameters<typeof openRig>[1] = {},
    answers: readonly (string | null)[] = [],
    at = folder(),
  ): OpenRig => openRig(at, { identityFiles: [key('id')], ...change }, answers);
  const here = (): ReturnType<typeof nodeAt> => nodeAt(sshd.port, user.name);

  beforeAll(async () => {
    sshd = await startSshd();
    user = addUser();
    const lines = [makeKey(key('id'), 'ed25519'), makeKey(key('locked'), 'ed25519', 'open sesame')];
    authorize(sshd, user.name, ...lines);
    makeKey(key('stranger'), 'ed25519');
  });
  afterAll(async () => {
    await sshd.stop();
    user.remove();
  });
  const line = (name: string): string => `[127.0.0.1]:${String(sshd.port)} ${name}\n`;

  test('B12/1 ask: an unknown key is told with its fingerprint and ends the attempt; accepted, it is pinned and written', async () => {
    const mine = rig({ hostKeyPolicy: 'ask' });
    const failure = await mine.failure(here());
    expect(failure.reason).toMatch(/^host-key-unknown: .*SHA256:.*is not in known_hosts$/);
    expect(mine.unknown).toHaveLength(1);
    const [shown] = mine.unknown;
    expect(shown).toMatchObject({ node: 'n1', host: '127.0.0.1', port: sshd.port });
    expect(sshd.hostKeys.ed25519).toBe(`${shown?.type ?? ''} ${shown?.key ?? ''}`);
    if (shown !== undefined) mine.options.pins.accept(shown);
    const session = await mine.open(here());
    await session.close();
    expect(session.peer.hostKey?.trustedBy).toBe('accepted by the operator');
    const written = readFileSync(mine.options.knownHostsFiles.write ?? '', 'utf8');
    expect(written).toBe(line(sshd.hostKeys.ed25519));
    expect(mine.asked).toEqual([]);
  });

  test('a pinned key that is another one stops the node', async () => {
    const mine = rig({ hostKeyPolicy: 'ask' });
    const other = readFileSync(`${key('stranger')}.pub`, 'utf8').split(' ')[1] ?? '';
    mine.options.pins.accept({ host: '127.0.0.1', port: sshd.port, key: other });
    expect((await mine.failure(here())).reason).toMatch(
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
      () => `@revoked * ${sshd.hostKeys.ed25519}\n`,
      /^host-key-revoked: .*marks as revoked/,
      /Do not enter/,
    ],
  ] as const;
  test.each(HOST_KEYS)('%s', async (_, hostKeyPolicy, content, reason, next) => {
    const at = folder();
    writeFileSync(join(at, 'known_hosts'), content());
    const mine = rig({ hostKeyPolicy }, [], at);
    const failure = await mine.failure(here());
    expect(failure.reason).toMatch(reason);
    expect(failure.nextStep).toMatch(next);
    expect(readdirSync(mine.runtime)).toEqual([]);
  });

  test('B12/5 where the RSA key alone is known, it is asked for', async () => {
    const at = folder();
    writeFileSync(join(at, 'known_hosts'), line(sshd.hostKeys.rsa));
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
    const mine = rig({ identityFiles: [] }, [user.password]);
    const session = await mine.open(here());
    expect(mine.asked).toMatchObject([{ kind: 'password', echo: false, node: 'n1' }]);
    expect(mine.asked[0]?.prompt).toContain(`${user.name} at 127.0.0.1:${String(sshd.port)}`);
    const said = await run(
      session,
      'cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ 2>/dev/null | tr "\\0" " "\n',
    );
    expect(said.stdout.toString()).not.toContain(user.password);
    const [name = ''] = readdirSync(mine.runtime);
    expect(statSync(join(mine.runtime, name)).mode & 0o777).toBe(0o700);
    for (const file of readdirSync(join(mine.runtime, name))) {
      const path = join(mine.runtime, name, file);
      if (statSync(path).isFile()) expect(readFileSync(path, 'utf8')).not.toContain(user.password);
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
    const closed = await startSshd([
      'PasswordAuthentication no',
      'KbdInteractiveAuthentication no',
    ]);
    const failure = await rig({ identityFiles: [key('stranger')] }).failure(
      nodeAt(closed.port, user.name),
    );
    await closed.stop();
    expect(failure.reason).toMatch(/^auth-failed: .*the server takes: publickey\)/);
  });

  const silent = async (greeting: string): Promise<{ port: number; stop: () => void }> => {
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      if (greeting !== '') socket.end(greeting);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    return {
      port: typeof address === 'object' && address !== null ? address.port : 0,
      stop: () => server.close(),
    };
  };

  test('B12/20 refused', async () => {
    const failure = await rig().failure(nodeAt(await freePort()));
    expect(failure.reason).toMatch(/^refused: 127\.0\.0\.1:\d+: nothing listens there$/);
  });
  test('B12/22 a name that does not resolve', async () => {
    const failure = await rig().failure(nodeAt(22, 'root', 'no-such-host.invalid'));
    expect(failure.reason).toMatch(/^no-route: .*the name does not resolve$/);
  });
  test('B12/23 a silent peer', async () => {
    const peer = await silent('');
    const failure = await rig({ connectTimeoutMs: 1_000 }).failure(nodeAt(peer.port));
    peer.stop();
    expect(failure.reason).toMatch(/^timed-out: /);
  });
  test('B12/25 a web server', async () => {
    const peer = await silent('HTTP/1.1 400 Bad Request\r\n\r\n'.padEnd(200, 'x\r\n'));
    const failure = await rig().failure(nodeAt(peer.port));
    peer.stop();
    expect(failure.reason).toMatch(/^(not-ssh|refused): /);
  });
  test('B12/28 no algorithm in common: the server’s own are named', async () => {
    const mine = rig({ config: join(folder(), 'config') });
    writeFileSync(mine.options.config ?? '', 'KexAlgorithms diffie-hellman-group1-sha1\n');
    const failure = await mine.failure(here());
    expect(failure.reason).toMatch(
      /^refused: .*no key exchange method in common; it offers .*curve25519/,
    );
  });
  test('a configuration that ssh refuses', async () => {
    const mine = rig({ config: join(folder(), 'config') });
    writeFileSync(mine.options.config ?? '', 'NoSuchWord yes\n');
    expect((await mine.failure(here())).reason).toMatch(/^no-route: .*ssh refuses its config/i);
  });
  test.each(['-oProxyCommand=x', 'a;b', '$(x)', 'a b', 'x'.repeat(300), ''])(
    'B12/33 the host %j',
    async (host) => {
      expect((await rig().failure(nodeAt(22, 'root', host))).reason).toMatch(/^no-route: /);
    },
  );

  test('an abort while it connects ends ssh and leaves nothing', async () => {
    const peer = await silent('');
    const mine = rig();
    const stop = new AbortController();
    const opening = mine.open(nodeAt(peer.port), stop.signal);
    await expect.poll(() => readdirSync(mine.runtime).length).toBe(1);
    stop.abort();
    await expect(opening).rejects.toBeInstanceOf(CancelledError);
    expect(readdirSync(mine.runtime)).toEqual([]);
    peer.stop();
  });

  test('a fleet behind one jump host costs one login there, and each key stands under its own name', async () => {
    const at = folder();
    const before = sshd.log().split('Accepted publickey').length;
    const mine = rig({}, [], at);
    const jump = [`${user.name}@127.0.0.1:${String(sshd.port)}`];
    const nodes = ['a', 'b'].map((name) => ({ ...here(), name, host: 'localhost', jump }));
    const sessions = await Promise.all(nodes.map((node) => mine.open(node)));
    const said = await Promise.all(sessions.map((session) => run(session, 'echo through\n')));
    expect(said.map(({ stdout }) => stdout.toString())).toEqual(['through\n', 'through\n']);
    await Promise.all(sessions.map((session) => session.close()));
    expect(sshd.log().split('Accepted publickey').length - before).toBe(3);
    const known = readFileSync(join(at, 'known_hosts'), 'utf8');
    expect(known).toContain('[127.0.0.1]:');
    expect(known).toContain('[localhost]:');
    await expect.poll(() => readdirSync(mine.runtime), { timeout: 5_000 }).toEqual([]);
  });

  test('B12/31 a jump host that is down is blamed, not the node; so is one that forbids forwarding', async () => {
    const port = String(await freePort());
    const down = await rig().failure({ ...here(), jump: [`127.0.0.1:${port}`] });
    expect(down.reason).toBe(`refused: jump host 127.0.0.1:${port}: nothing listens there`);
    const shut = await startSshd(['AllowTcpForwarding no']);
    authorize(shut, user.name, readFileSync(`${key('id')}.pub`, 'utf8').trim());
    const jump = [`${user.name}@127.0.0.1:${String(shut.port)}`];
    const failure = await rig().failure({ ...here(), jump });
    await shut.stop();
    expect(failure.reason).toMatch(/^no-route: .*the jump host did not connect to it/);
  });

  test('nothing is left behind by a process that was killed, and old folders are swept', async () => {
    const at = folder();
    const script = join(process.cwd(), 'test', 'transport', 'openssh', 'crash.ts');
    const child = spawn(
      process.execPath,
      ['--import', 'tsx', script, at, key('id'), String(sshd.port), user.name],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    await once(child.stdout, 'data');
    const runtime = join(at, 'r');
    expect(readdirSync(runtime)).toHaveLength(1);
    child.kill('SIGKILL');
    await expect.poll(() => readdirSync(runtime), { timeout: 5_000 }).toEqual([]);
    mkdirSync(join(runtime, 'calico-ready-ssh-999999999-abcdef'));
    mkdirSync(join(runtime, 'another'));
    await (await openRig(at, { identityFiles: [key('id')] }).open(here())).close();
    expect(readdirSync(runtime)).toEqual(['another']);
  });
});
