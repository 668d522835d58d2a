import { beforeAll, expect, test } from 'vitest';
import { capshPrint } from '../../checks/probes/capsh-print.js';
import { iptablesSave } from '../../checks/probes/iptables-save.js';
import { listeningSockets } from '../../checks/probes/listening-sockets.js';
import { parseIptables, type IptablesRules } from '../../checks/probes/support/iptables-text.js';
import type { AnyProbe } from '../../src/domain/probe.js';
import { describeLab } from './lab-helper.js';

/** Asks a probe as a user with sudo and tells which commands it asked root for, on standard error. */
const asked = ({
  script,
}: AnyProbe): string => `LC_ALL=C PATH=/usr/sbin:/usr/bin; export LC_ALL PATH
as_root() { echo "as root: \${1##*/}" >&3; sudo -n -- "$@"; }
{ { ${script ?? ':'}
} 2>/dev/null; } 3>&2`;
const rootCalls = (stderr: string): readonly string[] =>
  [...stderr.matchAll(/^as root: (\S+)$/gm)].map(([, name = '']) => name);

const SAVES = ['iptables-nft', 'ip6tables-nft', 'iptables-legacy', 'ip6tables-legacy'] as const;
type Save = (typeof SAVES)[number];

const tables = (rules: IptablesRules): readonly string[] =>
  rules.tables
    .filter(({ rules: lines, chains }) => lines.length + chains.length > 0)
    .map(
      (table) =>
        `${table.backend ?? '?'} ${table.family ?? '?'} ${table.name}: ${String(table.rules.length)}`,
    )
    .toSorted();

/** Shell text of root, and which tools are asked after it: never one that has nothing to tell. */
const STATES: readonly (readonly [what: string, script: string, asks: readonly Save[]])[] = [
  ['no rule at all', ':', []],
  ['rules of nft alone', 'nft add table inet own; nft add chain inet own filter', []],
  ['a table of IPv6 alone', 'ip6tables-nft -A INPUT -p tcp --dport 9 -j DROP', ['ip6tables-nft']],
  ['tables of both', 'iptables-nft -t nat -A OUTPUT -j ACCEPT', ['iptables-nft', 'ip6tables-nft']],
  [
    'a table of IPv4 alone',
    'nft flush ruleset; iptables-nft -t raw -A OUTPUT -j ACCEPT',
    ['iptables-nft'],
  ],
  // Last: a legacy table stays until the next boot.
  [
    'legacy tables too',
    'iptables-legacy -A INPUT -p tcp --dport 9 -j DROP',
    ['iptables-nft', 'iptables-legacy', 'ip6tables-legacy'],
  ],
];

describeLab('what root is asked for', { nodes: 1 }, (lab) => {
  let node = '';
  const root = (script: string) => lab().ssh(node, script, { user: 'root' });
  beforeAll(async () => {
    node = lab().nodes[0]?.name ?? '';
    await root('systemctl disable --now firewalld; nft flush ruleset');
  });

  test.each(STATES)('of iptables with %s', async (_what, script, asks) => {
    expect((await root(script)).code).toBe(0);
    const probe = await lab().ssh(node, 'sh -s', { input: asked(iptablesSave) });
    const names = SAVES.map((name) => `/usr/sbin/${name}-save`);
    // Without any table the peers print nothing, which is no answer of iptables-save by itself.
    const peer = await root(`echo '# calico-ready: legacy none'; ${names.join('; ')}`);
    expect(tables(parseIptables(probe.stdout, 0))).toEqual(tables(parseIptables(peer.stdout, 0)));
    expect(rootCalls(probe.stderr)).toEqual(
      expect.arrayContaining(asks.map((name) => `${name}-save`)),
    );
    const others = SAVES.filter((name) => !asks.includes(name)).map((name) => `${name}-save`);
    expect(rootCalls(probe.stderr).filter((name) => others.includes(name))).toEqual([]);
  });

  test('of capabilities: nothing where process 1 shows them', async () => {
    const probe = await lab().ssh(node, 'sh -s', { input: asked(capshPrint) });
    expect(rootCalls(probe.stderr)).toEqual([]);
    expect(probe.stdout).toContain('uid=1000(lab)');
    // hidepid=2 of a node that hides the processes of others (proc(5)).
    await root('mount -o remount,hidepid=2 /proc');
    const hidden = await lab().ssh(node, 'sh -s', { input: asked(capshPrint) });
    await root('mount -o remount,hidepid=0 /proc');
    expect(rootCalls(hidden.stderr)).toEqual(['capsh']);
    expect(hidden.stdout).toContain('uid=0(root)');
  });

  test('of sockets: names only where Calico could want a port', async () => {
    const ask = async () => {
      const probe = await lab().ssh(node, 'sh -s', { input: asked(listeningSockets) });
      const parsed = listeningSockets.parse({
        stdout: probe.stdout,
        stderr: '',
        exit: 0,
        receivedAt: 0,
      });
      return { calls: rootCalls(probe.stderr), ...parsed };
    };
    const before = await ask();
    expect(before).toMatchObject({ calls: [], named: false });
    expect(before.sockets.map(({ port }) => port)).toContain(22);
    await root('systemd-run -q --unit=holder /usr/sbin/sshd -D -p 179');
    await expect.poll(async () => (await ask()).calls).toEqual(['ss']);
    await expect
      .poll(async () => (await ask()).sockets.find(({ port }) => port === 179)?.processes)
      .toEqual(['sshd']);
    await root('systemctl stop holder');
    await expect.poll(async () => (await ask()).calls).toEqual([]);
    await root('systemd-run -q --unit=holder /usr/sbin/sshd -D -p 5473');
    await expect.poll(async () => (await ask()).named).toBe(true);
  });
});
