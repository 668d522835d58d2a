import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { networkmanager } from '../../checks/interfaces/networkmanager.js';
import { autodetection } from '../../checks/addresses/autodetection.js';
import { ipip } from '../../checks/kernel/ipip.js';
import { architecture } from '../../checks/platform/architecture.js';
import { distribution } from '../../checks/platform/distribution.js';
import { capSysAdmin } from '../../checks/privileges/cap-sys-admin.js';
import { lsmod } from '../../checks/probes/lsmod.js';
import { modulesDep } from '../../checks/probes/modules-dep.js';
import { mounts } from '../../checks/probes/mounts.js';
import { procModules } from '../../checks/probes/proc-modules.js';
import { systemdUnits } from '../../checks/probes/systemd-units.js';
import { ProbeParseError } from '../../src/domain/errors.js';
import { pasted, testCheck } from '../helpers/check-tester.js';
import { recorded } from '../helpers/recorded-node.js';

// Two outputs of one command pasted after one another: recorded texts put together by hand.
const nm = (name: string): string =>
  readFileSync(new URL(`interfaces/recorded/${name}.txt`, import.meta.url), 'utf8');
const garbled = {
  status: 'unknown' as const,
  reason: expect.stringMatching(/^garbled: /) as string,
};
const both = (one: string, other: string) => [`${one}\n${other}`, `${other}\n${one}`] as const;

const CONFIG = recorded('debian-trixie-amd64', 'boot-config');
const NOT_SET = CONFIG.replace(/^CONFIG_NET_IPIP=m$/m, '# CONFIG_NET_IPIP is not set');
const LEFT_OUT = CONFIG.replace(/^CONFIG_NET_IPIP=m\n/m, '').replaceAll('6.12', '6.11');
testCheck(ipip, [
  ...both(CONFIG, NOT_SET).map((text) => ({
    name: 'configurations of two kernels',
    says: { 'boot-config': pasted(text) },
    expect: garbled,
  })),
  ...both(CONFIG, LEFT_OUT).map((text) => ({
    name: 'one of them leaves it out',
    says: { 'boot-config': pasted(text) },
    expect: garbled,
  })),
  {
    name: 'the same configuration twice',
    says: { 'boot-config': pasted(`${CONFIG}\n${CONFIG}`) },
    expect: { status: 'pass' },
  },
  {
    name: 'lines that were picked twice',
    says: { 'boot-config': pasted('CONFIG_NET_IPIP=m\nCONFIG_VXLAN=m\nCONFIG_NET_IPIP=m\n') },
    expect: { status: 'pass' },
  },
]);

const DEBIAN = recorded('debian-12-lab-plain', 'os-release');
const SID = recorded('debian-sid-lab-plain', 'os-release');
testCheck(
  distribution,
  both(DEBIAN, SID).map((text) => ({
    name: 'os-release of two nodes',
    says: { 'os-release': pasted(text) },
    expect: garbled,
  })),
);

const HOST = (machine: string): string =>
  ` Static hostname: n1\nOperating System: Debian GNU/Linux 12 (bookworm)\n          Kernel: Linux 6.1.0-18-amd64\n    Architecture: ${machine}\n`;
testCheck(architecture, [
  {
    name: 'hostnamectl of two nodes',
    says: { hostnamectl: pasted(HOST('x86') + HOST('x86-64')) },
    expect: garbled,
  },
  {
    name: 'hostnamectl of one node twice',
    says: { hostnamectl: pasted(HOST('x86-64') + HOST('x86-64')) },
    expect: { status: 'pass' },
  },
]);

const CAPSH = (set: string): string =>
  `Current: =ep\nBounding set =${set}\nuid=0(root) euid=0(root)\ngid=0(root)\n`;
testCheck(
  capSysAdmin,
  both(CAPSH('cap_chown'), CAPSH('cap_chown,cap_sys_admin')).map((text) => ({
    name: 'capsh of two shells',
    says: { 'capsh-print': pasted(text) },
    expect: garbled,
  })),
);

const ADDRESSES = recorded('debian-12-lab-plain', 'ip-addr');
testCheck(autodetection, [
  {
    name: 'the addresses of two nodes',
    says: { 'ip-addr': pasted(`${ADDRESSES}\n${ADDRESSES.replaceAll('eth0', 'eth7')}`) },
    expect: garbled,
  },
]);

testCheck(networkmanager, [
  ...both(nm('default-print'), nm('fixed-print')).map((text) => ({
    name: 'a configuration before and after a change',
    says: { 'networkmanager-print-config': pasted(text) },
    expect: garbled,
  })),
  {
    name: 'the same configuration twice',
    says: { 'networkmanager-print-config': pasted(`${nm('fixed-print')}\n${nm('fixed-print')}`) },
    expect: { status: 'pass' },
  },
]);

const raw = (stdout: string) => ({ stdout, stderr: '', exit: null, receivedAt: null });
test('of two lists of modules what both have counts', () => {
  const head = 'Module                  Size  Used by\n';
  const [a, b] = ['ipip 16384 0\nvxlan 90112 0\n', 'vxlan 90112 0\nip_set 57344 0\n'];
  expect([...lsmod.parse(raw(`${head}${a}\n${head}${b}`))]).toEqual(['vxlan']);
  expect([...lsmod.parse(raw(`${head}${a}`))]).toEqual(['ipip', 'vxlan']);
});

test('of two lists of /proc/modules too, and a list of files of two kernels is none', () => {
  const line = (name: string): string => `${name} 16384 0 - Live 0x0000000000000000\n`;
  const two = raw(line('ipip') + line('vxlan') + line('vxlan') + line('ip_set'));
  expect([...procModules.parse(two)]).toEqual(['vxlan']);
  const dep = (name: string): string => `kernel/net/${name}.ko: \n`;
  expect(() => modulesDep.parse(raw(dep('ipip') + dep('vxlan') + dep('vxlan')))).toThrow(
    ProbeParseError,
  );
  const same = raw((dep('ipip') + dep('vxlan')).repeat(2));
  expect([...modulesDep.parse(same).modules]).toEqual(['ipip', 'vxlan']);
});

test('mounts of two nodes are none', () => {
  const root = '22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw\n';
  expect(mounts.parse(raw(root))).toHaveLength(1);
  expect(() => mounts.parse(raw(root + root.replace(' shared:1', '')))).toThrow(ProbeParseError);
});

const block = (state: string): string =>
  `Id=firewalld.service\nNames=firewalld.service\nLoadState=loaded\nActiveState=${state}\nSubState=x\nUnitFileState=enabled\n`;
test('a unit of two states is none, of one state twice it is', () => {
  expect(() => systemdUnits.parse(raw(`${block('active')}\n${block('inactive')}`))).toThrow(
    ProbeParseError,
  );
  const twice = systemdUnits.parse(raw(`${block('active')}\n${block('active')}`));
  expect(twice.get('firewalld.service')?.running).toBe(true);
});
