import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Report } from '../../../src/domain/report.js';
import { builtCli, runCli } from '../../helpers/built.js';
import { describeAsRoot, describeWith } from '../../helpers/require-tool.js';
import { authorize, CLOSED_PORT, makeKey, startSshd, type Sshd } from '../../helpers/sshd.js';
import { peer } from './fault-rig.js';
import { nodeAt, rig } from './rig.js';

/** A listening port whose queue is full, so that a SYN to it is dropped as by a firewall. */
async function blackhole(): Promise<{ readonly port: number; readonly end: () => void }> {
  const script = [
    'import socket, sys',
    's = socket.socket(); s.bind(("127.0.0.1", 0)); s.listen(0)',
    'held = []',
    'for _ in range(4):',
    '    c = socket.socket(); c.setblocking(False); c.connect_ex(s.getsockname()); held.append(c)',
    'print(s.getsockname()[1], flush=True)',
    'sys.stdin.read()',
  ];
  const child = spawn('python3', ['-c', script.join('\n')], { stdio: ['pipe', 'pipe', 'inherit'] });
  const [said] = (await once(child.stdout, 'data')) as [Buffer];
  return { port: Number(said.toString()), end: () => child.stdin.end() };
}

describeWith(['sshd', 'ssh-keygen', 'python3'], 'an audit of nodes that cannot be reached', () => {
  describeAsRoot('beside one real sshd that can', () => {
    let sshd: Sshd;
    let folder = '';
    beforeAll(async () => {
      sshd = await startSshd();
      folder = mkdtempSync(join(sshd.folder, 'fleet-'));
      authorize(sshd, 'root', makeKey(join(folder, 'id'), 'ed25519'));
      // Of those that keep quiet; the sshd has as long as it takes.
      writeFileSync(
        join(folder, 'config'),
        'Host quiet-*\n  HostName 127.0.0.1\n  ConnectTimeout 5\n',
      );
      writeFileSync(
        join(folder, 'known'),
        `[127.0.0.1]:${String(sshd.port)} ${sshd.hostKeys.ed25519}\n`,
      );
    });
    afterAll(async () => {
      await sshd.stop();
    });
    const access = (): string[] => [
      ...['--identity', join(folder, 'id'), '--known-hosts', join(folder, 'known')],
      ...['--config', join(folder, 'config')],
    ];
    const audit = (...args: string[]) =>
      runCli(['audit', ...args, ...access()], { env: { HOME: folder } });

    test('B12/20 B12/21 B12/22 B12/23 B12/25 B12/27 each has its sentence, the good node its findings, and the code is not 0', async () => {
      const hole = await blackhole();
      const ports: Record<string, number> = {
        refused: CLOSED_PORT,
        blackhole: hole.port,
        silent: await peer(() => undefined),
        web: await peer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')),
        old: await peer((socket) => socket.write('SSH-1.5-old\r\n')),
        good: sshd.port,
      };
      const hosts: Record<string, string> = { blackhole: 'quiet-1', silent: 'quiet-2' };
      const lines = Object.entries(ports).map(([name, port]) => {
        const host = hosts[name] ?? '127.0.0.1';
        return `  - { name: ${name}, host: ${host}, port: ${String(port)}, user: root }`;
      });
      const inventory = join(folder, 'inventory.yaml');
      writeFileSync(
        inventory,
        `nodes:\n${lines.join('\n')}\n  - { name: lost-name, host: absent.invalid, user: root }\n`,
      );
      const ran = await audit('--inventory', inventory, '--format', 'json');
      hole.end();
      const report = JSON.parse(ran.stdout) as Report;
      const reasons = Object.fromEntries(
        report.nodes.map(({ name, reason }) => [name, reason?.replace(/127\.0\.0\.1:\d+/, 'AT')]),
      );
      expect(reasons).toEqual({
        refused: 'refused: AT: nothing listens there',
        blackhole: 'timed-out: AT: no answer within 5 s',
        silent: 'timed-out: AT: no complete SSH greeting and key exchange within 5 s',
        web: 'not-ssh: AT: it does not speak SSH 2 but says HTTP/1.1 400 Bad Request',
        old: 'not-ssh: AT: its server speaks SSH 1.5 alone, which protects nothing',
        good: undefined,
        'lost-name': 'no-route: absent.invalid:22: the name does not resolve',
      });
      const good = report.nodes.find(({ name }) => name === 'good');
      expect(good?.reached).toBe(true);
      expect(good?.findings.some(({ status }) => status === 'pass')).toBe(true);
      expect(ran.code).toBe({ ready: 0, 'not-ready': 1, unknown: 2 }[report.readiness]);
      expect(report.readiness).not.toBe('ready');
    });

    test('B12/20 a fleet of one that refuses ends with 2', async () => {
      const ran = await audit(`root@127.0.0.1:${String(CLOSED_PORT)}`);
      expect(ran.code).toBe(2);
      expect(ran.stdout).toContain('nothing listens there');
      expect(ran.stdout).toContain('Start sshd on the node or correct the port.');
    });

    test.each([
      [
        'kex',
        'KexAlgorithms sntrup761x25519-sha512@openssh.com',
        /no key exchange algorithm in common: it offers sntrup761x25519-sha512@openssh\.com; this tool offers curve25519-sha256, /,
      ],
      [
        'cipher',
        'Ciphers chacha20-poly1305@openssh.com',
        /no cipher or MAC in common: it offers chacha20-poly1305@openssh\.com; this tool offers aes128-gcm@openssh\.com, /,
      ],
      [
        'MAC',
        'Ciphers aes128-ctr\nMACs umac-64@openssh.com',
        /no MAC in common: it offers umac-64@openssh\.com; this tool offers hmac-sha2-256-etm/,
      ],
      [
        'host key',
        'HostKeyAlgorithms ssh-rsa',
        /no host key algorithm in common: it offers ssh-rsa; this tool offers ssh-ed25519, /,
      ],
    ])('B12/28 no %s in common: both sides are listed', async (_kind, line, sentence) => {
      const odd = await startSshd(line.split('\n'));
      const mine = rig(folder, { identityFiles: [join(folder, 'id')] });
      const failure = await mine.failure(nodeAt(odd.port));
      await odd.stop();
      expect(failure.reason).toMatch(/^refused: /);
      expect(failure.reason).toMatch(sentence);
      expect(failure.nextStep).toMatch(
        /^Use --transport openssh, .* or enable a current algorithm/,
      );
      expect(failure.needsOpenSsh).toHaveLength(1);
      await (await mine.open(nodeAt(sshd.port))).close();
    });

    test('B12/29 a real sshd with MaxStartups 1 is entered once the other one has gone', async () => {
      const busy = await startSshd(['MaxStartups 1:100:1']);
      authorize(busy, 'root', readFileSync(join(folder, 'id.pub'), 'utf8').trim());
      const holder = connect(busy.port, '127.0.0.1');
      await once(holder, 'data');
      const mine = rig(folder, {
        identityFiles: [join(folder, 'id')],
        sheddingWaitsMs: [300, 600, 3_000],
      });
      const opening = mine.open(nodeAt(busy.port));
      await expect
        .poll(() => busy.log(), { timeout: 10_000 })
        .toMatch(/drop connection|MaxStartups/);
      holder.destroy();
      const session = await opening;
      expect(session.peer.authMethod).toBe('publickey');
      await session.close();
      await busy.stop();
    });
  });
});

describeWith(['sshd', 'unshare', 'ip'], 'a link-local address', () => {
  describeAsRoot('in a network namespace of its own', () => {
    test('B12/30 the zone of an IPv6 address is kept, in the connection and in known_hosts', async () => {
      const sshd = await startSshd();
      const { port } = sshd;
      const folder = mkdtempSync(join(sshd.folder, 'zone-'));
      authorize(sshd, 'root', makeKey(join(folder, 'id'), 'ed25519'));
      const config = readFileSync(join(sshd.folder, 'sshd_config'), 'utf8')
        .replace(/^ListenAddress .*/m, `Port ${String(port)}\nListenAddress ::`)
        .replace(/^PidFile .*/m, `PidFile ${folder}/pid`);
      writeFileSync(join(folder, 'sshd_config'), config);
      const known = join(folder, 'known');
      const command = [
        'ip link set lo up && ip addr add fe80::7/64 dev lo nodad',
        `/usr/sbin/sshd -f ${folder}/sshd_config -E ${folder}/log`,
        `"$@"; code=$?; kill "$(cat ${folder}/pid)"; exit $code`,
      ].join(' && ');
      // Without the zone the kernel does not know which link is meant.
      const nodes = ['fe80::7%lo', 'fe80::7'].map((host) => `root@[${host}]:${String(port)}`);
      const args = ['audit', ...nodes, '--identity', join(folder, 'id'), '--format', 'json'];
      const ran = spawnSync(
        'unshare',
        [
          ...['-n', '--', '/bin/sh', '-c', command, 'sh', process.execPath, await builtCli()],
          ...[...args, '--known-hosts', known, '--host-key', 'accept-new'],
        ],
        { encoding: 'utf8', env: { PATH: process.env['PATH'], HOME: folder } },
      );
      const report = JSON.parse(ran.stdout) as Report;
      const [audited, zoneless] = report.nodes;
      expect(audited?.reason).toBeUndefined();
      expect(audited?.findings.some(({ status }) => status === 'pass')).toBe(true);
      expect([zoneless?.reached, zoneless?.reason]).toEqual([
        false,
        `no-route: [fe80::7]:${String(port)}: this address cannot be connected to as it is written`,
      ]);
      expect(zoneless?.findings[0]?.toKnow).toMatch(/needs its interface, as in fe80::1%eth0/);
      expect(ran.status).toBe({ ready: 0, 'not-ready': 1, unknown: 2 }[report.readiness]);
      expect(audited).toMatchObject({ name: 'fe80::7%lo', host: 'fe80::7%lo', reached: true });
      expect(readFileSync(known, 'utf8')).toMatch(
        new RegExp(`^\\[fe80::7%lo\\]:${String(port)} ssh-ed25519 `),
      );
      await sshd.stop();
    });
  });
});
