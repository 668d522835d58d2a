import { expect, test } from 'vitest';
import { firewalld } from '../../checks/firewall/firewalld.js';
import { nftablesService } from '../../checks/firewall/nftables-service.js';
import { networkmanager } from '../../checks/interfaces/networkmanager.js';
import { capSysAdmin } from '../../checks/privileges/cap-sys-admin.js';
import { procModules } from '../../checks/probes/proc-modules.js';
import { pasted, testCheck } from '../helpers/check-tester.js';

// Short pieces of what people pasted in public; where no page is named, composed by hand in that form.

// poseidon/typhoon pull request 1007 (https://github.com/poseidon/typhoon/pull/1007), after the fix.
const LEFT_ALONE = `cali1a81d481534: unmanaged
        "cali1a81d481534"
        ethernet (veth), EE:EE:EE:EE:EE:EE, sw, mtu 1480
`;
const TUNNEL = `tunl0: disconnected
        "tunl0"
        iptunnel (ipip), 00:00:00:00, sw, mtu 1440
`;

// Composed by hand: Wi-Fi Direct and Bluetooth devices have longer names than interfaces may have.
const LAPTOP = (
  cali: string,
): string => `DEVICE             TYPE      STATE                   CONNECTION
eno1               ethernet  connected               eno1
cali1f95c111389    ethernet  ${cali.padEnd(24)}--
p2p-dev-wlp0s20f3  wifi-p2p  disconnected            --
60:AB:67:12:34:56  bt        disconnected            --
lo                 loopback  unmanaged               --
`;

testCheck(networkmanager, [
  {
    name: 'nmcli of typhoon 1007: workloads are left alone',
    says: { nmcli: pasted(LEFT_ALONE) },
    expect: { status: 'pass' },
  },
  {
    name: 'nmcli of typhoon 1007: the tunnel is not',
    says: { nmcli: pasted(`${LEFT_ALONE}\n${TUNNEL}`) },
    expect: { status: 'fail', found: expect.stringContaining('tunl0 disconnected') },
  },
  {
    name: 'a node with Wi-Fi Direct and Bluetooth, left alone',
    says: { 'nmcli-device': pasted(LAPTOP('unmanaged')) },
    expect: { status: 'pass' },
  },
  {
    name: 'a node with Wi-Fi Direct and Bluetooth, taken',
    says: { 'nmcli-device': pasted(LAPTOP('connected (externally)')) },
    expect: { status: 'fail' },
  },
  {
    name: 'the same through ansible, which names the node in front',
    says: { 'nmcli-device': pasted(`n1 | CHANGED | rc=0 >>\n${LAPTOP('unmanaged')}`) },
    expect: { status: 'pass' },
  },
  {
    name: 'nmcli with a device of a long name',
    says: {
      nmcli: pasted(`${LEFT_ALONE}\np2p-dev-wlp0s20f3: disconnected\n        wifi-p2p, hw\n`),
    },
    expect: { status: 'pass' },
  },
]);

// Composed by hand after systemctl of systemd 239 through less on a terminal of 90 columns, which cuts the line.
const CUT = (state: string): string => `● firewalld.service - firewalld - dynamic firewall daemon
   Loaded: loaded (/usr/lib/systemd/system/firewalld.service; ${state}; vendor preset: enabl>
   Active: inactive (dead)
`;

// FusionInventory issue 2 (https://github.com/fusioninventory/FusionInventory/issues/2), Fedora 40, in part.
const FEDORA = `● firewalld.service - firewalld - dynamic firewall daemon
     Loaded: loaded (/usr/lib/systemd/system/firewalld.service; enabled; preset: enabled)
    Drop-In: /usr/lib/systemd/system/service.d
             └─10-timeout-abort.conf
     Active: active (running) since Tue 2024-08-13 15:17:30 CEST; 2 days ago
     CGroup: /system.slice/firewalld.service
`;
// Composed by hand in the same form.
const OTHER = `○ iptables.service - IPv4 firewall with iptables
     Loaded: loaded (/usr/lib/systemd/system/iptables.service; disabled; preset: disabled)
     Active: inactive (dead)

`;
const STOPPED = FEDORA.replace('active (running)', 'inactive (dead)');

testCheck(firewalld, [
  ...(
    [
      ['a status with a drop-in', FEDORA, 'fail'],
      ['the status of two units, the other one in front', OTHER + FEDORA, 'fail'],
      ['the status of two units, the other one behind', STOPPED + OTHER, 'warn'],
      ['the status of another unit alone', OTHER, 'unknown'],
      ['a status before and after a change', FEDORA + STOPPED, 'unknown'],
      ['another unit that is not there', 'Unit iptables.service could not be found.\n', 'unknown'],
      ['a spoilt dot', FEDORA.replace('●', 'â—'), 'fail'],
    ] as const
  ).map(([name, status, expected]) => ({
    name,
    says: { 'systemctl-status-firewalld': pasted(status) },
    expect: { status: expected },
  })),
  {
    name: 'the state before and after a change',
    says: { 'firewall-cmd-state': pasted('running\nsuccess\nnot running\n') },
    expect: { status: 'unknown' },
  },
  {
    name: 'zones before a change, and the refusal behind it',
    says: {
      'firewall-cmd-list-all': pasted(
        'public (active)\n  target: default\n  services: ssh\nFirewallD is not running\n',
      ),
    },
    expect: { status: 'unknown' },
  },
  {
    name: 'the state in the words of every other firewall-cmd',
    says: { 'firewall-cmd-state': pasted('FirewallD is not running\n') },
    expect: { status: 'pass' },
  },
  {
    name: 'a status that the terminal cut behind enabled',
    says: { 'systemctl-status-firewalld': pasted(CUT('enabled')) },
    expect: { status: 'warn' },
  },
  {
    name: 'a status that the terminal cut behind disabled',
    says: { 'systemctl-status-firewalld': pasted(CUT('disabled')) },
    expect: { status: 'pass', found: 'firewalld is off: inactive (dead), disabled' },
  },
  {
    // kubernetes/kubernetes issue 44816 (https://github.com/kubernetes/kubernetes/issues/44816), CentOS 7.
    name: 'the status of a unit that systemd 219 does not know',
    says: {
      'systemctl-status-firewalld': pasted(
        ' firewalld.service\n   Loaded: not-found (Reason: No such file or directory)\n   Active: inactive (dead)\n',
      ),
    },
    expect: { status: 'pass', found: 'firewalld is not installed' },
  },
]);

// Composed by hand after systemctl of systemd 252.
const NFTABLES = pasted(`● nftables.service - nftables
     Loaded: loaded (/lib/systemd/system/nftables.service; enabled; preset: enabled)
     Active: active (exited) since Sun 2026-11-22 03:18:18 UTC; 2min ago
`);

// evilsocket/opensnitch pull request 1423 (https://github.com/evilsocket/opensnitch/pull/1423), in part.
const OPENSNITCH = (input: string, also = ''): string => `table inet filter {
	chain input {
		${input}type filter hook input priority filter; policy drop;
		ct state invalid drop comment "early drop of invalid connections"
		ct state { established, related } accept comment "allow tracked connections"
		iif "lo" accept comment "allow from loopback"
		ip protocol icmp accept comment "allow icmp"
		meta l4proto ipv6-icmp accept comment "allow icmp v6"
		tcp dport 22 accept comment "allow sshd"
		${also}meta pkttype host limit rate 5/second burst 5 packets counter packets 0 bytes 0 reject with icmpx admin-prohibited
		counter packets 0 bytes 0
	}
}
`;

testCheck(nftablesService, [
  {
    name: 'the rules of opensnitch 1423 keep out all but ssh',
    says: {
      'systemctl-status-nftables': NFTABLES,
      'nft-list-ruleset': pasted(OPENSNITCH('')),
    },
    expect: { status: 'fail', found: expect.stringContaining('BGP (179/tcp)') },
  },
  ...(
    [
      ['a comment of the chain changes nothing', 'comment "site rules"\n\t\t', '', 'fail'],
      [
        'a verdict map for answers changes nothing',
        '',
        'ct state vmap { invalid : drop, established : accept }\n\t\t',
        'fail',
      ],
      [
        'new connections to another port are not let in',
        '',
        'ct state new tcp dport { 80, 443 } counter packets 1 bytes 60 accept\n\t\t',
        'fail',
      ],
      [
        'one state among others is new',
        '',
        'ct state { established, new } accept\n\t\t',
        'unknown',
      ],
      [
        'a name of a service may be any port',
        '',
        'tcp dport { ssh, bgp } accept\n\t\tudp dport 4789 accept\n\t\t',
        'unknown',
      ],
      [
        'icmp with other protocols may let them in',
        '',
        'meta l4proto { icmp, tcp } accept\n\t\t',
        'unknown',
      ],
    ] as const
  ).map(([name, input, also, status]) => ({
    name,
    says: {
      'systemctl-status-nftables': NFTABLES,
      'nft-list-ruleset': pasted(OPENSNITCH(input, also)),
    },
    // Composed by hand: those rules, changed in one line.
    intent: { typha: false, encapsulation: 'none' as const },
    expect: { status },
  })),
]);

// Composed by hand after cap_to_text(3), which may write two signs in one clause.
const capsh = (current: string): string =>
  `WARNING: libcap needs an update (cap=40 should have a name).\nCurrent: ${current}\nBounding set =cap_chown,cap_sys_admin\nuid=0(root) euid=0(root)\n`;

testCheck(
  capSysAdmin,
  (
    [
      ['=ep', 'pass'],
      ['= cap_chown,cap_sys_admin+ep', 'pass'],
      ['cap_chown,cap_sys_admin=eip', 'pass'],
      ['=ep cap_sys_admin-ep', 'unknown'],
      ['=eip cap_sys_admin+i-ep', 'unknown'],
      ['=i cap_sys_admin-i+ep', 'pass'],
    ] as const
  ).map(([current, status]) => ({
    name: `capsh of root with ${current}`,
    says: { 'capsh-print': pasted(capsh(current)) },
    expect: { status },
  })),
);

test('/proc/modules of a kernel that unloads none', () => {
  // Composed by hand after kernel/module/procfs.c: without MODULE_UNLOAD it prints " - -".
  const text = 'xt_set 16384 - - Live 0xffffffffc0a9d000\n';
  const said = { stdout: text, stderr: '', exit: 0, receivedAt: null };
  expect([...procModules.parse(said)]).toEqual(['xt_set']);
  expect(procModules.recognises?.(text)).toBe(true);
});
