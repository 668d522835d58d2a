import { mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Report } from '../../../src/domain/report.js';
import { runCli, type CliRun } from '../../helpers/built.js';
import { describeAsRoot, describeWith } from '../../helpers/require-tool.js';
import { CLOSED_PORT, makeKey, type Sshd } from '../../helpers/sshd.js';
import { accountRig, nodeOf, type AccountRig, type AccountOptions } from '../ssh/account-rig.js';
import { silentPeer } from './rig.js';

type Row = {
  readonly title: string;
  /** What the report says of the node; null: it is judged like any other. */
  readonly says: RegExp | null;
  /** Of an account at the ordinary server. */
  readonly account?: AccountOptions;
  /** Lines of known_hosts for it; KEY, OTHER and NAME are filled in. Default `NAME KEY`. */
  readonly known?: string;
  /** Something else than an account: host, port and jump host. */
  readonly place?: (at: Places) => Partial<Node>;
};
type Node = { host: string; port: number; user: string; jump: readonly string[] };
type Places = {
  readonly closed: number;
  readonly silent: number;
  readonly web: number;
  /** A server without sessions and forwarding. */
  readonly shut: Node;
};

const hop = ({ user, host, port }: Node): string => `${user}@${host}:${String(port)}`;
const ROWS: readonly Row[] = [
  { title: 'B12/2 an unknown key', known: '', says: /^host-key-unknown: .*SHA256:\S+ is not in/ },
  {
    title: 'B12/3 a changed key',
    known: 'NAME OTHER',
    says: /^host-key-changed: .*SHA256:.*holds/,
  },
  {
    title: 'B12/4 a revoked key',
    known: 'NAME KEY\n@revoked NAME KEY',
    says: /^host-key-revoked: .*known:\d+ marks as revoked/,
  },
  {
    title: 'B12/20 refused',
    place: ({ closed }) => ({ port: closed }),
    says: /^refused: .*nothing listens there/,
  },
  {
    title: 'B12/22 a name that does not resolve',
    place: () => ({ host: 'no-such-host.invalid' }),
    says: /^no-route: .*the name does not resolve/,
  },
  {
    title: 'B12/23 a silent peer',
    place: ({ silent }) => ({ host: '127.0.0.1', port: silent }),
    says: /^timed-out: /,
  },
  {
    title: 'B12/25 a web server',
    place: ({ web }) => ({ host: '127.0.0.1', port: web }),
    says: /^not-ssh: .* but says HTTP\/1\.1 400 Bad Request/,
  },
  {
    title: 'B12/31 a jump host that is down',
    place: ({ shut, closed }) => ({ jump: [hop({ ...shut, port: closed })] }),
    says: /^refused: jump host 127\.\S+: nothing listens there/,
  },
  {
    title: 'B12/31 a jump host that forbids forwarding',
    place: ({ shut }) => ({ jump: [hop(shut)] }),
    says: /^no-route: .*the jump host 127\.\S+ did not connect to it/,
  },
  {
    title: 'B12/54 a login shell that is nologin',
    account: { shell: '/usr/sbin/nologin' },
    says: /^no-login: .*not available/,
  },
  {
    title: 'a key that is not let in',
    account: { keyOptions: 'from="192.0.2.1"' },
    says: /^auth-failed: /,
  },
  {
    title: 'a server without sessions (MaxSessions 0)',
    place: ({ shut }) => shut,
    says: /^refused: .*the server refused to run a shell/,
  },
  {
    title: 'B12/64 a shell that is killed before it began',
    account: { bashrc: 'kill -KILL $$' },
    says: /^lost: .*killed by (SIGKILL|a signal without a name)/,
  },
  {
    title: 'B12/67 a connection that breaks',
    account: { bashrc: 'kill -KILL $PPID' },
    says: /^lost: .*the connection was lost/,
  },
  {
    title: 'B12/70 output that never ends',
    account: { bashrc: 'yes' },
    says: /^(truncated|garbled|no-login): .*(printed too much|start-up file)/,
  },
  {
    title: 'B12/72 five megabytes on standard error',
    account: { bashrc: 'head -c 5000000 /dev/zero >&2' },
    says: /^truncated: the node printed too much/,
  },
  { title: 'one that is healthy', says: null },
];

describeWith(['sshd', 'useradd', 'ssh', 'bash'], 'the same fleet in an audit', () => {
  describeAsRoot('by either transport', () => {
    let rig: AccountRig;
    const ends: (() => void)[] = [];
    let folder = '';
    let nodes: readonly (Node & { readonly name: string })[];
    beforeAll(async () => {
      rig = accountRig();
      folder = mkdtempSync(join(rig.folder, 'fleet-'));
      const [one, two] = await Promise.all([rig.sshd(), rig.sshd()]);
      const shut = await rig.sshd(['MaxSessions 0', 'AllowTcpForwarding no']);
      const [silent, web] = await Promise.all([
        silentPeer(''),
        silentPeer('HTTP/1.1 400 Bad Request\r\n\r\n'.padEnd(200, 'x\r\n')),
      ]);
      ends.push(silent.stop, web.stop);
      const places: Places = {
        closed: CLOSED_PORT,
        silent: silent.port,
        web: web.port,
        shut: { ...rig.account('shut', shut), jump: [] },
      };
      const other = makeKey(join(folder, 'other'), 'ed25519');
      const known: string[] = [line(places.shut, shut)];
      nodes = ROWS.map(({ title, account = {}, known: lines = 'NAME KEY', place }, index) => {
        const sshd = index % 2 === 0 ? one : two;
        const made: Node = { ...rig.account(title, sshd, account), jump: [] };
        known.push(
          lines
            .replaceAll('NAME KEY', line(made, sshd))
            .replaceAll('NAME OTHER', `[${made.host}]:${String(made.port)} ${other}`),
        );
        return { ...made, ...place?.(places), name: nameOf(index) };
      });
      writeFileSync(join(folder, 'known'), `${known.join('\n')}\n`);
      // Those that are no server; no account has this address.
      writeFileSync(join(folder, 'config'), 'Host 127.0.0.1\n  ConnectTimeout 4\n');
    }, 120_000);
    afterAll(async () => {
      for (const end of ends) end();
      await rig.stop();
    });

    const audit = (which: readonly number[], ...args: readonly string[]): Promise<CliRun> => {
      const inventory = join(mkdtempSync(join(folder, 'run-')), 'nodes.yaml');
      const chosen = nodes
        .filter((_, index) => which.includes(index))
        .map(({ name, host, port, user, jump }) => ({ name, host, port, user, jump }));
      writeFileSync(inventory, JSON.stringify({ nodes: chosen }));
      const access = ['--identity', rig.identity, '--known-hosts', join(folder, 'known')];
      const words = ['--inventory', inventory, '--config', join(folder, 'config')];
      return runCli(
        ['audit', ...words, ...access, '--host-key', 'strict', '--format', 'json', ...args],
        { env: { XDG_RUNTIME_DIR: folder } },
      );
    };

    /** Both at once, for most of their time is waiting. */
    let runs: Promise<Record<'ssh2' | 'openssh', CliRun>> | undefined;
    const both = async (): Promise<Record<'ssh2' | 'openssh', CliRun>> => {
      const all = [...ROWS.keys()];
      const [ssh2, openssh] = await Promise.all([
        audit(all, '--transport', 'ssh2'),
        audit(all, '--transport', 'openssh'),
      ]);
      return { ssh2, openssh };
    };

    describe.each(['ssh2', 'openssh'] as const)('%s', (kind) => {
      let ran: CliRun;
      let report: Report;
      beforeAll(async () => {
        ran = (await (runs ??= both()))[kind];
        report = JSON.parse(ran.stdout) as Report;
      }, 120_000);

      const isJudged = (index: number): void => {
        const node = nodeOf(report, nameOf(index));
        expect([node.reached, node.facts['transport']]).toEqual([true, kind]);
        expect(node.findings.some(({ status }) => status === 'pass')).toBe(true);
      };
      test.each(ROWS.map(({ title, says }, index) => [title, says, index] as const))(
        '%s',
        (_, says, index) => {
          if (says === null) isJudged(index);
          else {
            const node = nodeOf(report, nameOf(index));
            expect(node.reason).toMatch(says);
            expect([node.reached, node.readiness]).toEqual([false, 'unknown']);
            expect(new Set(node.findings.map(({ status }) => status))).toEqual(
              new Set(['unknown']),
            );
            expect(node.findings[0]?.toKnow).toMatch(/\w/);
          }
          isJudged(ROWS.length - 1);
          expect(ran.code).toBe(report.readiness === 'not-ready' ? 1 : 2);
        },
      );

      test('where none was reached nothing is ready or failed: the code is 2, and nothing is left behind', async () => {
        const alone = await audit([0, 3, 4], '--transport', kind);
        expect(alone.code).toBe(2);
        expect(readdirSync(folder).filter((name) => name.startsWith('calico-ready-ssh-'))).toEqual(
          [],
        );
      });

      test('B12/85 an interrupt while it connects: 130, and nothing is left behind', async () => {
        const inventory = await interrupted(kind);
        expect(inventory.code).toBe(130);
        expect(readdirSync(folder).filter((name) => name.startsWith('calico-ready-ssh-'))).toEqual(
          [],
        );
      });

      /** An audit of a silent peer alone, interrupted once it has connected. */
      async function interrupted(transport: string): Promise<CliRun> {
        const peer = await silentPeer('');
        const target = `root@127.0.0.1:${String(peer.port)}`;
        const args = ['audit', target, '--transport', transport, '--config', '/dev/null'];
        const ended = runCli(args, {
          env: { XDG_RUNTIME_DIR: folder },
          onStarted: (signal) => {
            void peer.connected.then(() => {
              signal('SIGINT');
            });
          },
        });
        return ended.finally(peer.stop);
      }
    });
  });
});

const nameOf = (index: number): string => `node-${String(index)}`;
const line = ({ host, port }: Node, sshd: Sshd): string =>
  `[${host}]:${String(port)} ${sshd.hostKeys.ed25519}`;
