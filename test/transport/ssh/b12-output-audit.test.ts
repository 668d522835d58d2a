import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Report } from '../../../src/domain/report.js';
import { runCli, type CliRun } from '../../helpers/built.js';
import { exitWith, type FakeNode } from '../../helpers/fake-node-server.js';
import { describeWith } from '../../helpers/require-tool.js';
import { nodeOf } from './account-rig.js';
import {
  auditPeers,
  differences,
  sendWhole,
  startPeer,
  type PeerOptions,
} from './recorded-peers.js';

/**
 * One audit by the command as it ships: nodes that play the recording of a ready machine, each with one fault in what
 * it prints, beside the same machine without a fault. The faults are composed by hand.
 */
type Row = {
  /** Number and title of the case. */
  readonly title: string;
  readonly node: PeerOptions;
  /** Why answers are missing; null: nothing is missing. */
  readonly says: RegExp | null;
  /** Nothing but what this probe's answer decides differs from the healthy node; else anything may. */
  readonly only?: string;
};

const HOSTILE = '\u001b]52;c;AAAA\u0007\u001b[2J\rok\u202e\u009b31m';
const device = (alias: string): PeerOptions => ({
  says: { 'ip-addr': (printed) => printed.replaceAll(/eth0(@if\d+)?/g, () => alias) },
});
const bent = (bend: (text: string) => string): PeerOptions => ({
  send: (channel, bytes) => {
    sendWhole(channel, Buffer.from(bend(bytes.toString('latin1')), 'latin1'));
  },
});
const cutAt = (bytes: Buffer): number => bytes.indexOf(' B sysctl-a ') + 400;

const limitIs = (number: string): Row => ({
  title: `B12/78 a limit that is ${JSON.stringify(number)}`,
  node: {
    says: {
      'sysctl-a': (printed) => printed.replace(/(?<=max_user_instances:)\d+/, number),
    },
  },
  says: /^(garbled: sysctl -a|not-run: no output tells fs\.inotify\.max_user_instances$)/,
  only: 'sysctl-a',
});
/** The kernel takes 15 bytes without blanks and colons, so that some of these names can only be lies. */
const deviceNamed = (alias: string): Row => ({
  title: `B12/80 an interface named ${JSON.stringify(alias)}`,
  node: device(alias),
  says: alias.length > 15 ? /^garbled: ip addr: an interface without a name$/ : null,
});

const ROWS: readonly Row[] = [
  {
    // The first: what stands between nodes names the first of them that did not say.
    title: 'B12/78 a clock that says 1e400',
    node: { says: { clock: () => '1e400\n' } },
    says: null,
    only: 'nothing',
  },
  {
    title: 'B12/68 no final newline',
    node: { says: { hostname: (printed) => printed.trimEnd() } },
    says: null,
    only: 'nothing',
  },
  {
    title: 'B12/69 NUL and invalid UTF-8',
    node: { says: { mounts: () => Buffer.from('36 1\0\xff\xfe\n', 'latin1') } },
    says: /^garbled: cat \/proc\/1\/mountinfo: /,
    only: 'mounts',
  },
  {
    title: 'B12/70 output that never ends',
    node: {
      send: (channel, bytes) => {
        channel.write(bytes.subarray(0, cutAt(bytes)));
        const flood = Buffer.alloc(1_000_000, 'x\n');
        const pour = (): void => {
          if (channel.writable) channel.write(flood, pour);
        };
        pour();
      },
    },
    says: /^truncated: sysctl .*: the node printed too much on stdout$/,
  },
  {
    title: 'B12/71 one line of 10 MB',
    node: { says: { mounts: () => 'm'.repeat(10_000_000) } },
    says: /^truncated: cat \/proc\/1\/mountinfo printed more than \d+ bytes$/,
    only: 'mounts',
  },
  {
    title: 'B12/72 5 MB on standard error and nothing else',
    node: {
      send: (channel) => {
        channel.stderr.write(Buffer.alloc(5_000_000, 'e'), () => {
          channel.exit(0);
          channel.end();
        });
      },
    },
    says: /^truncated: the node printed too much before the collector began/,
  },
  {
    title: 'B12/73 a forged end with a wrong nonce is a part of the answer',
    node: { says: { mounts: (printed) => `\n@@${'0'.repeat(32)} E mounts 0 1.00\n${printed}` } },
    says: null,
    only: 'nothing',
  },
  {
    title: 'B12/74 packets of 61 bytes',
    node: {
      send: (channel, bytes, connection) => {
        exitWith(0, bytes, 61)(channel, '', connection);
      },
    },
    says: null,
    only: 'nothing',
  },
  {
    title: 'B12/75 the last end is missing',
    node: bent((text) => text.slice(0, text.indexOf(' E sysctl-a ') - 35)),
    says: /^lost: sysctl -a broke off: the shell ended with status 0$/,
  },
  {
    title: 'B12/76 lines that end with CR LF, as through a terminal',
    node: bent((text) => text.replaceAll('\n', '\r\n')),
    says: null,
    only: 'nothing',
  },
  {
    title: 'B12/77 escapes in the banner and in the host name',
    node: { banner: `${HOSTILE}\r\n`, says: { hostname: () => HOSTILE } },
    says: null,
  },
  {
    title: 'B12/77 escapes in the mounts',
    node: { says: { mounts: () => `36 1 0:32 / ${HOSTILE}\n` } },
    says: /^garbled: cat \/proc\/1\/mountinfo: /,
    only: 'mounts',
  },
  {
    title: 'B12/77 escapes in an interface',
    node: device(HOSTILE),
    says: /^garbled: ip addr: an interface without a name$/,
  },
  {
    title: 'B12/77 escapes in the name of a file',
    node: {
      says: { 'cni-configurations': () => `file /etc/cni/net.d/10-${HOSTILE}.conflist\nend\n` },
    },
    says: null,
  },
  ...['-1', '1e400', '18446744073709551616', '', '0x10'].map(limitIs),
  ...['a b', `a'b"c`, '..', '$(reboot)', '😀'.repeat(15)].map(deviceNamed),
  {
    title: 'B12/82 a read of /proc that was cut',
    node: {
      says: { 'proc-1-status': (printed) => printed.slice(0, printed.indexOf('CapBnd:') + 12) },
    },
    says: /^not-run: neither process 1 nor a container runtime was seen$/,
    only: 'proc-1-status',
  },
  {
    title: 'B12/64 the shell is killed in the middle of an answer',
    node: {
      send: (channel, bytes) => {
        channel.write(bytes.subarray(0, cutAt(bytes)));
        channel.exit('KILL', false, HOSTILE);
        channel.end();
      },
    },
    says: /^lost: sysctl .* broke off: the shell was killed by SIGKILL$/,
  },
  {
    title: 'B12/67 the connection breaks in the middle of an answer',
    node: {
      send: (channel, bytes, connection) => {
        channel.write(bytes.subarray(0, cutAt(bytes)), () => {
          connection.reset();
        });
      },
    },
    says: /^lost: sysctl .* broke off: the connection was lost$/,
  },
];

describeWith(['ssh-keygen'], 'one audit of nodes that print what they should not', () => {
  const folder = mkdtempSync(join(tmpdir(), 'output-'));
  const nodes: FakeNode[] = [];
  const names = ROWS.map((_, index) => `n${String(index)}`);
  let ran: CliRun;
  let rendered: CliRun;
  let report: Report;
  beforeAll(async () => {
    for (const { node } of [...ROWS, { node: {} }]) nodes.push(await startPeer(node));
    const places = nodes.map(({ port }, index) => ({ name: names[index] ?? 'healthy', port }));
    const bundle = join(folder, 'b-UNSIGNED.tar.gz');
    ran = await auditPeers(folder, places, { args: ['--bundle', bundle, '--unsigned'] });
    rendered = await runCli(['report', bundle, '--format', 'json']);
    report = JSON.parse(rendered.stdout) as Report;
  }, 150_000);
  afterAll(async () => {
    for (const node of nodes) await node.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  test.each(ROWS.map((row, index) => [row.title, row, names[index] ?? ''] as const))(
    '%s',
    (_title, { says, only }, at) => {
      const odd = differences(report, at, 'healthy');
      const reasons = odd.flatMap(({ status, reason }) => (status === 'unknown' ? [reason] : []));
      if (says === null) expect(reasons).toEqual([]);
      else expect(reasons).toContainEqual(expect.stringMatching(says));
      if (says !== null && only !== undefined)
        expect([...new Set(reasons)]).toEqual([expect.stringMatching(says)]);
      if (only === 'nothing') expect(odd).toEqual([]);
      // What was not observed is never better than what the healthy node says.
      const usual = new Map(
        nodeOf(report, 'healthy').findings.map((one) => [one.check, one.status]),
      );
      const better = odd.filter(
        ({ check, status }) => status === 'pass' && usual.get(check) !== 'pass',
      );
      expect(better).toEqual([]);
    },
  );

  test('the healthy node beside them is ready, and the fleet is not: 2', () => {
    expect([nodeOf(report, 'healthy').readiness, report.readiness]).toEqual(['ready', 'unknown']);
    expect([ran.code, rendered.code]).toEqual([2, 2]);
  });

  test('B12/78 what stands between nodes says which answer it lacks', () => {
    const skew = report.cluster.findings.find(({ check }) => check === 'time/skew');
    expect([skew?.status, skew?.reason]).toEqual([
      'unknown',
      'garbled: date +%s: that is not a number of seconds',
    ]);
  });

  test('B12/77 nothing of it reaches the terminal or the report', () => {
    for (const text of [ran.stdout, ran.stderr, rendered.stdout, rendered.stderr])
      // eslint-disable-next-line no-control-regex -- that none is there
      expect(text).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202e]/);
  });
});
