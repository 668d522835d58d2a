import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { CancelledError } from '../../../src/domain/errors.js';
import { CLOSED_PORT, freePort, missingForSshd } from '../../helpers/sshd.js';
import { nodeAt, run } from '../ssh/rig.js';
import { openLab } from './lab.js';
import { openRig, silentPeer } from './rig.js';

const missing = missingForSshd('/usr/sbin/useradd');

describe.skipIf(missing !== null)(`ways of the user's own ssh ${missing ?? ''}`, () => {
  const lab = openLab();
  const { folder, key, rig, here, another, failsAlone } = lab;
  test('B12/20 refused', async () => {
    const failure = await failsAlone(rig(), nodeAt(CLOSED_PORT));
    expect(failure.reason).toMatch(/^refused: 127\.0\.0\.1:\d+: nothing listens there$/);
  });
  test('B12/22 a name that does not resolve', async () => {
    const failure = await failsAlone(rig(), nodeAt(22, 'root', 'no-such-host.invalid'));
    expect(failure.reason).toMatch(/^no-route: .*the name does not resolve$/);
  });
  test('B12/23 a silent peer', async () => {
    const peer = await silentPeer('');
    const failure = await failsAlone(rig({ connectTimeoutMs: 3_000 }), nodeAt(peer.port));
    peer.stop();
    expect(failure.reason).toMatch(/^timed-out: /);
  });
  test('B12/25 a web server', async () => {
    const peer = await silentPeer('HTTP/1.1 400 Bad Request\r\n\r\n'.padEnd(200, 'x\r\n'));
    const failure = await failsAlone(rig(), nodeAt(peer.port));
    peer.stop();
    expect(failure.reason).toMatch(/^not-ssh: .* but says HTTP/);
  });
  test('B12/28 no algorithm in common: the server’s own are named', async () => {
    const mine = rig({ config: join(folder(), 'config') });
    const config = 'Host localhost\n  KexAlgorithms diffie-hellman-group1-sha1\n';
    writeFileSync(mine.options.config ?? '', config);
    const failure = await failsAlone(mine, { ...here(), host: 'localhost' });
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
      expect((await failsAlone(rig(), nodeAt(22, 'root', host))).reason).toMatch(/^no-route: /);
    },
  );

  test('an abort while it connects ends ssh and leaves nothing', async () => {
    const peer = await silentPeer('');
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
    const before = lab.sshd.log().split('Accepted publickey').length;
    const mine = rig({}, [], at);
    const jump = [`${lab.user.name}@127.0.0.1:${String(lab.sshd.port)}`];
    const nodes = ['a', 'b'].map((name) => ({ ...here(), name, host: 'localhost', jump }));
    const sessions = await Promise.all(nodes.map((node) => mine.open(node)));
    const said = await Promise.all(sessions.map((session) => run(session, 'echo through\n')));
    expect(said.map(({ stdout }) => stdout.toString())).toEqual(['through\n', 'through\n']);
    await Promise.all(sessions.map((session) => session.close()));
    expect(lab.sshd.log().split('Accepted publickey').length - before).toBe(3);
    const known = readFileSync(join(at, 'known_hosts'), 'utf8');
    expect(known).toContain('[127.0.0.1]:');
    expect(known).toContain('[localhost]:');
    await expect.poll(() => readdirSync(mine.runtime), { timeout: 5_000 }).toEqual([]);
  });

  test('B12/31 a jump host that is down is blamed, not the node; so is one that forbids forwarding', async () => {
    const port = String(CLOSED_PORT);
    const down = await failsAlone(rig(), { ...here(), jump: [`127.0.0.1:${port}`] });
    expect(down.reason).toBe(`refused: jump host 127.0.0.1:${port}: nothing listens there`);
    const shut = await another(['AllowTcpForwarding no']);
    const jump = [`${lab.user.name}@127.0.0.1:${String(shut.port)}`];
    const failure = await failsAlone(rig(), { ...here(), jump });
    expect(failure.reason).toMatch(
      /^no-route: .*the jump host 127\.0\.0\.1:\d+ did not connect to it/,
    );
  });

  test('the configuration counts under the name that was asked for, but cannot forward, run or write anything', async () => {
    const at = folder();
    const marker = join(at, 'ran');
    const config = join(at, 'config');
    const forward = String(await freePort());
    writeFileSync(
      config,
      [
        'Host rack-7',
        '  HostName 127.0.0.1',
        `  IdentityFile ${key('id')}`,
        `  LocalForward ${forward} 127.0.0.1:22`,
        '  ForwardAgent yes',
        '  PermitLocalCommand yes',
        `  LocalCommand touch ${marker}`,
        `  RemoteCommand touch ${marker}`,
        '  RequestTTY force',
        '  ControlMaster auto',
        `  ControlPath ${join(at, 'theirs')}`,
        '  ControlPersist yes',
        '  StrictHostKeyChecking no',
        '',
      ].join('\n'),
    );
    const target = { host: '127.0.0.1', asked: 'rack-7', port: lab.sshd.port, user: lab.user.name };
    const mine = rig(
      { config, identities: [], resolve: () => Promise.resolve({ ...target, jump: [] }) },
      [],
      at,
    );
    const session = await mine.open(nodeAt(22));
    const said = await run(session, 'tty; echo "agent: $SSH_AUTH_SOCK"\n');
    await session.close();
    expect(said.stdout.toString()).toBe('not a tty\nagent: \n');
    expect(existsSync(marker)).toBe(false);
    expect(readdirSync(at).sort()).toEqual(['config', 'known_hosts', 'r']);
    const { resolve = () => Promise.reject(new Error('no way')) } = mine.options;
    const strict = rig({ config, identities: [], resolve, hostKeyPolicy: 'strict' });
    expect((await strict.failure(nodeAt(22))).reason).toMatch(/^host-key-unknown: /);
  });

  test('B12/77 a banner cannot pass for what ssh says of the connection', async () => {
    const banner = join(lab.sshd.folder, 'banner');
    const forged = [
      'debug1: Server host key: ssh-rsa SHA256:AAAA',
      'Authenticated to x ([9.9.9.9]:22) using "none".',
      'Host key verification failed.',
      '\u001b]0;title\u0007',
    ];
    writeFileSync(banner, `${forged.join('\n')}\n`);
    const server = await another([`Banner ${banner}`]);
    const mine = rig();
    const session = await mine.open(nodeAt(server.port, lab.user.name));
    const said = await run(session, 'echo clean\n');
    await session.close();
    expect([said.stdout.toString(), said.stderr.toString()]).toEqual(['clean\n', '']);
    expect(session.peer).toMatchObject({ authMethod: 'publickey', address: '127.0.0.1' });
    expect(session.peer.hostKey?.type).toBe('ssh-ed25519');
    expect(JSON.stringify([session.peer, mine.warnings])).not.toMatch(/title|AAAA"|9\.9\.9/);
  });

  test('nothing is left behind by a process that was killed, and old folders are swept', async () => {
    const at = folder();
    const script = join(process.cwd(), 'test', 'transport', 'openssh', 'crash.ts');
    const child = spawn(
      process.execPath,
      ['--import', 'tsx', script, at, key('id'), String(lab.sshd.port), lab.user.name],
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
