import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ssh2 from 'ssh2';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeHostKey } from '../../../src/cli/demo/host-key.js';
import type { Report } from '../../../src/domain/report.js';
import type { CliRun } from '../../helpers/built.js';
import { describeWith } from '../../helpers/require-tool.js';
import { CLOSED_PORT } from '../../helpers/sshd.js';
import { nodeOf } from './account-rig.js';
import { startRawServer } from './raw-server.js';
import { auditPeers, startPeer, type PeerOptions, type Place } from './recorded-peers.js';

/** One audit by the command as it ships: peers that are strange before anything is asked, beside a healthy node. */
type Row = {
  /** Number and title of the case. */
  readonly title: string;
  readonly start: (lab: Lab) => Promise<number> | number;
  /** What the report says of the node, `AT` for its own address; null: it was surveyed and is ready. */
  readonly says: RegExp | null;
  /** What the operator is told to do. */
  readonly next?: RegExp;
  readonly jump?: (lab: Lab) => readonly string[];
};

/** What the peers of one audit need; all of it ends with `stop`. */
type Lab = {
  readonly node: (options?: PeerOptions) => Promise<number>;
  readonly raw: (onConnection: (socket: Socket) => void, host?: string) => Promise<number>;
  readonly down: number;
  readonly closed: number;
};

/** Where those are that are given up after a while, with limits of their own: a slow machine is no quiet peer. */
const QUIET = '127.0.0.2';
const saying = (text: string) => (lab: Lab) => lab.raw((socket) => socket.write(text), QUIET);
const flood = (socket: Socket): void => {
  const pour = (): void => {
    while (!socket.destroyed && socket.write(Buffer.alloc(65_536, 'x')));
  };
  socket.on('drain', pour);
  pour();
};
const murmur = (socket: Socket): void => {
  const timer = setInterval(() => socket.write('still not SSH\r\n'), 20);
  socket.on('close', () => {
    clearInterval(timer);
  });
};
/** Hands each connection on to a port as `way` has it. */
const relay =
  (port: number, way: (inner: Socket, outer: Socket, count: number) => void, host?: string) =>
  (lab: Lab): Promise<number> => {
    let count = 0;
    return lab.raw((outer) => {
      count += 1;
      const inner = connect(port, '127.0.0.1');
      inner.on('error', () => outer.destroy());
      outer.on('close', () => inner.destroy());
      way(inner, outer, count);
    }, host);
  };

/** A server that shows one key and signs with another. */
function liar(): PeerOptions {
  const [shown, held] = [makeHostKey(), makeHostKey()].map(({ private: text }) =>
    ssh2.utils.parseKey(text),
  );
  if (shown instanceof Error || held instanceof Error || !shown || !held) throw new Error('keys');
  const key = Object.assign(shown, { sign: (data: Buffer) => held.sign(data) });
  return { hostKeys: [{ key: key as unknown as string }] };
}
const weakKey = (): string =>
  generateKeyPairSync('rsa', {
    modulusLength: 1024,
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
    publicKeyEncoding: { type: 'pkcs1', format: 'pem' },
  }).privateKey;
const TWIN = makeHostKey().private;

const ROWS: readonly Row[] = [
  {
    title: 'B12/13 a key that the server cannot prove to hold',
    start: ({ node }) => node(liar()),
    says: /^host-key-changed: AT: it shows a host key that it cannot prove to hold$/,
    next: /^Somebody may be in between/,
  },
  ...['one', 'the other'].map((which) => ({
    title: `B12/14 ${which} of two with one host key`,
    start: ({ node }: Lab) => node({ hostKeys: [TWIN] }),
    says: null,
  })),
  {
    title: 'B12/17 a host that is known by its certificate authority alone',
    start: ({ node }) => node(),
    says: /^host-key-unknown: \S+: \S+known_hosts:1 trusts its host certificate \(@cert-authority\)/,
    next: /--transport openssh/,
  },
  {
    title: 'B12/18 an RSA host key below 2048 bits',
    start: ({ node }) => node({ hostKeys: [weakKey()] }),
    says: null,
  },
  {
    title: 'B12/24 a flood before the greeting',
    start: ({ raw }) => raw(flood),
    says: /^not-ssh: AT: it does not speak SSH 2 but says x{39}…$/,
    next: /Check the port/,
  },
  {
    title: 'B12/25 a mail server that waits',
    start: saying('220 mail.example ESMTP\r\n'),
    says: /^timed-out: AT: no complete SSH greeting/,
    next: /the port/,
  },
  {
    title: 'B12/26 a greeting that never ends',
    start: ({ raw }) => raw(murmur, QUIET),
    says: /^timed-out: AT: no complete SSH greeting and key exchange within 8 s$/,
    next: /firewalls/,
  },
  {
    title: 'B12/27 SSH 1.99 and then silence',
    start: saying('SSH-1.99-Cisco-1.25\r\n'),
    says: /^timed-out: AT: /,
  },
  {
    title: 'B12/28 no algorithm in common',
    start: ({ node }) => node({ algorithms: { kex: ['diffie-hellman-group1-sha1'] } }),
    says: /^refused: AT: no key exchange algorithm in common: it offers diffie-hellman-group1-sha1\S*; this tool offers curve25519-sha256, /,
    next: /--transport openssh/,
  },
  {
    title: 'B12/29 a server that sheds the first connection',
    start: async (lab) =>
      relay(await lab.node(), (inner, outer, count) => {
        if (count === 1) outer.end();
        else inner.pipe(outer).pipe(inner);
      })(lab),
    says: null,
  },
  {
    title: 'B12/31 a jump host that is down',
    start: ({ node }) => node(),
    jump: ({ closed }) => [`root@127.0.0.1:${String(closed)}`],
    says: /^refused: jump host 127\.0\.0\.1:\d+: nothing listens there$/,
    next: /^Start sshd on the jump host or correct the port/,
  },
  {
    title: 'B12/31 a jump host that forbids forwarding',
    start: ({ node }) => node(),
    jump: ({ down }) => [`root@127.0.0.1:${String(down)}`],
    says: /^no-route: .*the jump host 127\.0\.0\.1:\d+ did not connect to it/,
    next: /AllowTcpForwarding/,
  },
  {
    title: 'B12/35 a network that goes away while the node is asked',
    start: async (lab) =>
      relay(
        await lab.node({ send: () => undefined }),
        (inner, outer) => {
          let sent = 0;
          outer.on('data', (chunk: Buffer) => {
            sent += chunk.length;
            // The cable is pulled while the script is on its way: nothing arrives, and nobody says so.
            if (sent < 40_000) inner.write(chunk);
            else inner.pause();
          });
          inner.on('data', (chunk: Buffer) => outer.write(chunk));
        },
        QUIET,
      )(lab),
    says: /^lost: /,
    next: /./,
  },
];

/** Beside the rows; the whole of case 34, with 500, stands in b12-connecting.test.ts. */
const FLEET = 20;
const isDead = (index: number): boolean => index % 10 === 0;

describeWith(['ssh-keygen'], 'one audit of peers that are strange before they are asked', () => {
  const folder = mkdtempSync(join(tmpdir(), 'peers-'));
  const known = join(folder, '.ssh', 'known_hosts');
  const ends: (() => Promise<void> | void)[] = [];
  const names = ROWS.map((_, index) => `n${String(index)}`);
  const places: Place[] = [];
  const fleet = Array.from({ length: FLEET }, (_, index) => `fleet-${String(index)}`);
  const hosts = new Map<number, string>();
  const placeOf = (name: string, port: number): Place & { readonly host: string } => ({
    name,
    port,
    host: hosts.get(port) ?? '127.0.0.1',
  });
  let knocks = 0;
  let ran: CliRun;
  let report: Report;

  const node: Lab['node'] = async (options) => {
    const { port, stop } = await startPeer(options);
    ends.push(stop);
    return port;
  };
  const raw: Lab['raw'] = async (onConnection, host) => {
    const { port, stop } = await startRawServer(onConnection, host);
    ends.push(stop);
    if (host !== undefined) hosts.set(port, host);
    return port;
  };

  beforeAll(async () => {
    const lab: Lab = { node, raw, down: await node(), closed: CLOSED_PORT };
    for (const [index, row] of ROWS.entries()) {
      const jump = row.jump?.(lab);
      const place = placeOf(names[index] ?? '', await row.start(lab));
      places.push(jump === undefined ? place : { ...place, jump });
    }
    const silent = (): Promise<number> => raw(() => (knocks += 1), QUIET);
    for (const [index, name] of fleet.entries())
      places.push(placeOf(name, await (isDead(index) ? silent() : node())));
    places.push({ name: 'healthy', port: await node() });
    mkdirSync(join(folder, '.ssh'), { mode: 0o700 });
    const certified = String(places[3]?.port);
    writeFileSync(
      known,
      `@cert-authority [127.0.0.1]:${certified} ssh-ed25519 ${makeHostKey().public}\n`,
    );
    // Short enough to wait for, long enough for a machine with other work.
    const limits = ['ConnectTimeout 8', 'ServerAliveInterval 2', 'ServerAliveCountMax 3'];
    const config = `Host ${QUIET}\n  ${limits.join('\n  ')}\nHost *\n  ConnectTimeout 60\n`;
    ran = await auditPeers(folder, places, { config, args: ['--format', 'json'] });
    report = JSON.parse(ran.stdout) as Report;
  }, 150_000);
  afterAll(async () => {
    await Promise.all(ends.map(async (end) => end()));
    rmSync(folder, { recursive: true, force: true });
  });

  test.each(ROWS.map((row, index) => [row.title, row, names[index] ?? ''] as const))(
    '%s',
    (_title, { says, next }, at) => {
      const found = nodeOf(report, at);
      if (says === null) {
        expect([found.reason, found.readiness]).toEqual([undefined, 'ready']);
        return;
      }
      const { host, port } = places.find(({ name }) => name === at) ?? {};
      expect(found.reason?.replace(`${host ?? ''}:${String(port)}`, 'AT')).toMatch(says);
      expect([found.reached, found.readiness]).toEqual([false, 'unknown']);
      expect(new Set(found.findings.map(({ status }) => status))).toEqual(new Set(['unknown']));
      if (next !== undefined) expect(found.findings[0]?.toKnow).toMatch(next);
    },
  );

  test('the healthy node beside them is ready, and the fleet is not: 2', () => {
    expect(nodeOf(report, 'healthy')).toMatchObject({ reached: true, readiness: 'ready' });
    expect([report.readiness, ran.code]).toEqual(['unknown', 2]);
  });

  test('B12/34 a dead node in ten: each is tried once, and holds up nobody', () => {
    const judged = fleet.map((name) => nodeOf(report, name));
    for (const [index, { readiness, reason }] of judged.entries())
      expect([readiness, reason?.split(':')[0]]).toEqual(
        isDead(index) ? ['unknown', 'timed-out'] : ['ready', undefined],
      );
    expect(knocks).toBe(FLEET / 10);
  });

  test('B12/13 nothing is saved of a key that was not proven, nor of one that an authority should vouch for', () => {
    const kept = readFileSync(known, 'utf8');
    const lineOf = (name: string): string =>
      `\n[127.0.0.1]:${String(places.find((place) => place.name === name)?.port)} `;
    expect(kept).not.toContain(lineOf('n0'));
    expect(kept).not.toContain(lineOf('n3'));
    expect(kept).toContain(lineOf('healthy'));
  });

  test('B12/14 B12/18 the operator hears of twins and of weak keys', () => {
    expect(ran.stderr).toMatch(/n1, n2 show one host key \(SHA256:\S+\): the same machine twice/);
    expect(ran.stderr).toMatch(
      /n4 has an RSA host key of 1024 bits|has an RSA host key below 2048 bits/,
    );
    expect(nodeOf(report, 'n1').facts['host-key-shared-with']).toBe('n2');
    expect(nodeOf(report, 'n4').facts['host-key-bits']).toBe('1024');
    expect(nodeOf(report, 'healthy').facts['host-key-shared-with']).toBeUndefined();
  });
});
