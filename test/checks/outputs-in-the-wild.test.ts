import { expect, test } from 'vitest';
import { firewalld } from '../../checks/firewall/firewalld.js';
import { networkmanager } from '../../checks/interfaces/networkmanager.js';
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

testCheck(firewalld, [
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

test('/proc/modules of a kernel that unloads none', () => {
  // Composed by hand after kernel/module/procfs.c: without MODULE_UNLOAD it prints " - -".
  const text = 'xt_set 16384 - - Live 0xffffffffc0a9d000\n';
  const said = { stdout: text, stderr: '', exit: 0, receivedAt: null };
  expect([...procModules.parse(said)]).toEqual(['xt_set']);
  expect(procModules.recognises?.(text)).toBe(true);
});
