import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { checksumOffload } from '../../../checks/interfaces/checksum-offload.js';
import { leftovers } from '../../../checks/interfaces/leftovers.js';
import { macPolicy } from '../../../checks/interfaces/mac-policy.js';
import { manageable } from '../../../checks/interfaces/manageable.js';
import { nmCloudSetup } from '../../../checks/interfaces/nm-cloud-setup.js';
import { systemdNetworkd } from '../../../checks/interfaces/systemd-networkd.js';
import { judged, pasted, testCheck } from '../../helpers/check-tester.js';

const recorded = (name: string): string =>
  readFileSync(new URL(`recorded/${name}.txt`, import.meta.url), 'utf8');
const TAKEN = recorded('taken-ip-addr');

testCheck(manageable, [
  {
    name: 'a clean node passes',
    says: { 'ip-addr': recorded('clean-ip-addr') },
    expect: { status: 'pass', found: 'no interface has a name of Calico yet' },
  },
  {
    name: 'a port of a bridge and a bridge under the name of a tunnel fail',
    says: { 'ip-addr': TAKEN },
    expect: {
      status: 'fail',
      found: 'cali0123456789a is a port of br0; vxlan.calico is a device of another kind: bridge',
    },
    fixes: ['release'],
  },
  {
    name: 'the kernel says the same',
    says: { 'net-devices': recorded('taken-net-devices') },
    expect: { status: 'fail', found: expect.stringContaining('cali0123456789a is a port of br0') },
  },
  {
    name: 'released and of the right kind they pass',
    says: { 'ip-addr': recorded('flannel-ip-addr') },
    expect: { status: 'pass', found: expect.stringContaining('2 interfaces') },
  },
  {
    name: 'a pasted list without details still shows the bridge',
    says: { 'ip-addr': pasted(TAKEN.replaceAll(/ promiscuity.*$/gm, '')) },
    expect: { status: 'fail', found: 'cali0123456789a is a port of br0' },
  },
  {
    name: 'dhcpcd for all interfaces warns',
    // Composed by hand.
    says: { 'ip-addr': recorded('clean-ip-addr'), 'network-managers': 'runs dhcpcd\nend\n' },
    expect: { status: 'warn' },
  },
  {
    name: 'dhcpcd that is told to leave them passes',
    says: {
      'ip-addr': recorded('clean-ip-addr'),
      'network-managers': 'runs dhcpcd\n|denyinterfaces cali* tunl* vxlan.calico\nend\n',
    },
    expect: { status: 'pass' },
  },
  {
    name: 'a daemon alone is unknown',
    says: { 'network-managers': 'end\n' },
    expect: { status: 'unknown' },
  },
  { name: 'nothing asked is unknown', says: {}, expect: { status: 'unknown' } },
]);

// Cut by hand out of the recorded answer.
const without = (name: string, unit: string): string =>
  recorded(name)
    .split('\n\n')
    .filter((block) => !block.includes(unit))
    .join('\n\n');
testCheck(leftovers, [
  {
    name: 'a clean node passes',
    says: { 'ip-addr': recorded('clean-ip-addr') },
    expect: { status: 'pass' },
  },
  {
    name: 'flannel.1 warns; vxlan.calico may be in use',
    says: { 'ip-addr': recorded('flannel-ip-addr') },
    expect: { status: 'warn', found: 'flannel.1 of flannel' },
    fixes: ['delete'],
  },
  {
    name: 'without a kubelet vxlan.calico is a leftover too',
    says: {
      'ip-addr': recorded('flannel-ip-addr'),
      'systemd-units': recorded('units-nm-cloud-setup-off'),
    },
    expect: { status: 'warn', found: expect.stringContaining('vxlan.calico of an earlier Calico') },
  },
  {
    name: 'nor with the units that a node is asked for today: no process of a kubelet is there',
    says: { 'ip-addr': recorded('taken-ip-addr'), processes: 'end\n' },
    expect: { status: 'warn', found: expect.stringContaining('of an earlier Calico') },
  },
  {
    name: 'beside an rke2 that runs they may be in use',
    says: { 'ip-addr': recorded('taken-ip-addr'), processes: 'process 812 rke2-server\nend\n' },
    expect: { status: 'pass' },
  },
  {
    name: 'interfaces of Calico, and nobody told whether it runs, are unknown',
    says: {
      'ip-addr': recorded('taken-ip-addr'),
      'systemd-units': without('units-nm-cloud-setup-off', 'rke2'),
    },
    expect: { status: 'unknown', reason: expect.stringContaining('whether Calico') },
  },
  {
    name: 'flannel that is wanted passes',
    says: { 'ip-addr': recorded('flannel-ip-addr'), processes: 'process 812 kubelet\nend\n' },
    intent: { network: 'flannel' },
    expect: { status: 'pass' },
  },
  { name: 'nothing asked is unknown', says: {}, expect: { status: 'unknown' } },
]);

// Composed by hand after the recorded answer.
const NOT_THERE =
  'Id=nm-cloud-setup.service\nNames=nm-cloud-setup.service\nLoadState=not-found\nActiveState=inactive\nSubState=dead\nUnitFileState=\n\n';
const nm = (state: string): string =>
  `Id=nm-cloud-setup.timer\nNames=nm-cloud-setup.timer\nLoadState=loaded\nActiveState=${state}\nSubState=waiting\nUnitFileState=${state === 'active' ? 'enabled' : 'disabled'}\n\nId=NetworkManager.service\nNames=NetworkManager.service\nLoadState=loaded\nActiveState=active\nSubState=running\nUnitFileState=enabled\n`;

testCheck(nmCloudSetup, [
  {
    name: 'switched off passes',
    says: { 'systemd-units': recorded('units-nm-cloud-setup-off') },
    expect: { status: 'pass' },
  },
  {
    name: 'a timer that runs beside NetworkManager fails',
    says: { 'systemd-units': recorded('units-nm-cloud-setup') },
    expect: { status: 'fail', found: expect.stringContaining('nm-cloud-setup.timer: active') },
    fixes: ['disable'],
  },
  {
    name: 'without NetworkManager it warns',
    says: {
      'systemd-units': nm('active').replace(
        'ActiveState=active\nSubState=running',
        'ActiveState=inactive\nSubState=dead',
      ),
    },
    expect: { status: 'warn' },
  },
  {
    name: 'stopped passes',
    says: { 'systemd-units': `${NOT_THERE}${nm('inactive')}` },
    expect: { status: 'pass' },
  },
  {
    name: 'systemd that was not asked about the service is unknown',
    says: { 'systemd-units': nm('inactive') },
    expect: { status: 'unknown', reason: expect.stringContaining('nm-cloud-setup.service') },
  },
  {
    name: 'systemd that was asked about neither is unknown',
    says: { 'systemd-units': without('units-networkd', 'nm-cloud-setup') },
    expect: { status: 'unknown' },
  },
  { name: 'nothing asked is unknown', says: {}, expect: { status: 'unknown' } },
]);

const NETWORKD = { 'systemd-units': recorded('units-networkd') };
testCheck(systemdNetworkd, [
  {
    name: 'systemd that was not asked about it is unknown',
    says: {
      'systemd-units': without('units-networkd', 'systemd-networkd.service'),
      'networkd-files': recorded('networkd-wide'),
    },
    expect: { status: 'unknown' },
  },
  {
    name: 'off passes',
    says: {
      'systemd-units': recorded('units-nm-cloud-setup-off'),
      'networkd-files': recorded('networkd-wide'),
    },
    expect: { status: 'pass' },
  },
  {
    name: 'the files of Debian 12 take no interface of Calico',
    says: { ...NETWORKD, 'networkd-files': recorded('networkd-debian-12') },
    intent: { bgp: false },
    expect: { status: 'pass' },
  },
  {
    name: 'BGP needs its routes left alone',
    says: { ...NETWORKD, 'networkd-files': recorded('networkd-debian-12') },
    expect: { status: 'warn', found: 'ManageForeignRoutes is not switched off' },
    fixes: ['unmanaged'],
  },
  {
    name: 'a file that takes all of Ethernet takes cali* too',
    says: { ...NETWORKD, 'networkd-files': recorded('networkd-wide') },
    intent: { bgp: false },
    expect: { status: 'warn', found: '/etc/systemd/network/20-wired.network takes cali*' },
  },
  {
    name: 'the mended node passes with BGP and WireGuard',
    says: { ...NETWORKD, 'networkd-files': recorded('networkd-mended') },
    intent: { wireguard: 'ipv4' },
    expect: { status: 'pass' },
  },
  { name: 'without the files it is unknown', says: NETWORKD, expect: { status: 'unknown' } },
]);

const VXLAN = { encapsulation: 'vxlan', calico: '3.29' } as const;
testCheck(macPolicy, [
  {
    name: "Debian's own file warns up to 3.29",
    says: { 'networkd-files': recorded('networkd-debian-12') },
    intent: VXLAN,
    expect: { status: 'warn', found: expect.stringContaining('99-default.link') },
    fixes: ['keep'],
  },
  {
    name: 'mended it passes',
    says: { 'networkd-files': recorded('networkd-mended') },
    intent: VXLAN,
    expect: { status: 'pass' },
  },
  {
    name: '3.30 needs nothing',
    says: { 'networkd-files': recorded('networkd-debian-12') },
    intent: { ...VXLAN, calico: '3.30' },
    expect: { status: 'not-applicable' },
  },
  { name: 'nothing asked is unknown', says: {}, intent: VXLAN, expect: { status: 'unknown' } },
]);

// Composed by hand after a recorded line: the driver is another.
const card = (driver: string): string =>
  recorded('taken-net-devices').replace(/(eth0 .*driver=)/, `$1${driver}`);
testCheck(checksumOffload, [
  {
    name: 'vmxnet3 warns from 3.28',
    says: { 'uname-r': '6.1.0-18-amd64\n', 'net-devices': card('vmxnet3') },
    intent: { encapsulation: 'vxlan' },
    expect: { status: 'warn', found: expect.stringContaining('eth0 is a vmxnet3 adapter') },
  },
  {
    name: 'up to 3.27 Calico switches it off',
    says: { 'uname-r': '6.1.0-18-amd64\n', 'net-devices': card('vmxnet3') },
    intent: { encapsulation: 'vxlan', calico: '3.27' },
    expect: { status: 'pass' },
  },
  {
    name: 'below 5.7 Calico switches it off',
    says: { 'uname-r': '4.18.0-553.el8_10.x86_64\n' },
    intent: { encapsulation: 'vxlan' },
    expect: { status: 'pass' },
  },
  {
    name: 'another adapter passes',
    says: { 'uname-r': '6.1.0-18-amd64\n', 'net-devices': card('virtio_net') },
    intent: { encapsulation: 'vxlan' },
    expect: { status: 'pass' },
  },
  {
    name: 'without the adapters it is unknown',
    says: { 'uname-r': '6.1.0-18-amd64\n' },
    intent: { encapsulation: 'vxlan' },
    expect: { status: 'unknown' },
  },
  {
    name: 'without VXLAN it is not needed',
    says: {},
    expect: { status: 'not-applicable' },
  },
]);

test('a bad adapter asks for an override of Felix', () => {
  const says = { 'uname-r': '6.1.0\n', 'net-devices': card('vmxnet3') };
  expect(judged(checksumOffload, says, { encapsulation: 'vxlan' }).settings).toMatchObject([
    { installation: null, value: 'ChecksumOffloadBroken=true' },
  ]);
});
