import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { cpuinfo } from '../../../checks/probes/cpuinfo.js';
import { kernelState } from '../../../checks/probes/kernel-state.js';
import { mountAt, mountOf, mounts } from '../../../checks/probes/mounts.js';
import { sysctlA } from '../../../checks/probes/sysctl-a.js';
import { sysctlFiles } from '../../../checks/probes/sysctl-files.js';
import { ProbeParseError } from '../../../src/domain/errors.js';
import type { AnyProbe } from '../../../src/domain/probe.js';
import { processorMs } from '../../helpers/processor-time.js';

const recorded = (name: string): string =>
  readFileSync(new URL(`../kernel/recorded/${name}.txt`, import.meta.url), 'utf8');
const raw = (stdout: string) => ({ stdout, stderr: '', exit: 0, receivedAt: null });
const PROBES: readonly AnyProbe[] = [sysctlA, sysctlFiles, mounts, cpuinfo, kernelState];

const SHELLS = [['dash'], ['bash', '--posix'], ['busybox', 'sh']].filter(
  ([name = '']) => spawnSync(name, [name === 'busybox' ? 'true' : '-c', ':']).error === undefined,
);
describe.each(SHELLS.map((shell) => ({ name: shell.join(' '), shell })))('$name', ({ shell }) => {
  const [command = '', ...args] = shell;
  test.each(PROBES)('$id answers on this machine', (probe) => {
    const stdout = execFileSync(command, [...args, '-c', probe.script ?? ''], {
      env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C' },
      stdio: ['ignore', 'pipe', 'ignore'],
      encoding: 'utf8',
    });
    expect(() => probe.parse(raw(stdout)) as unknown).not.toThrow();
  });
});

// dash reads /proc/sys byte by byte and gets one digit: the script must not use its `read`.
test('a number of several digits arrives whole', () => {
  const stdout = execFileSync('/bin/sh', ['-c', sysctlA.script ?? ''], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const here = readFileSync('/proc/sys/fs/inotify/max_user_watches', 'utf8').trim();
  expect(sysctlA.parse(raw(stdout)).get('fs.inotify.max_user_watches')).toBe(here);
});

describe('sysctl -a', () => {
  const keys = (text: string): readonly string[] =>
    [...sysctlA.parse(raw(text))].map(([key, value]) => `${key}=${value}`);
  test('a live and a pasted answer of one node agree', () => {
    const live = sysctlA.parse(raw(recorded('lab-sysctl-a')));
    const whole = sysctlA.parse(raw(recorded('lab-sysctl-a-pasted')));
    for (const key of [
      'net.ipv4.ip_forward',
      'fs.inotify.max_user_instances',
      'net.ipv4.conf.eth0.rp_filter',
    ])
      expect([key, whole.get(key)]).toEqual([key, live.get(key)]);
    expect(whole.has('kernel.hostname')).toBe(false);
  });
  test.each([
    [
      'prompts, CRLF and denied lines',
      "[root@n1 ~]# sysctl -a\r\nsysctl: permission denied on key 'kernel.cad_pid'\r\nnet.ipv4.ip_forward = 1\r\n",
      ['net.ipv4.ip_forward=1'],
    ],
    [
      'a VLAN as sysctl writes it',
      'net.ipv4.conf.eth0/100.rp_filter = 1\n',
      ['net.ipv4.conf.eth0/100.rp_filter=1'],
    ],
    [
      'a VLAN as a path',
      'net/ipv4/conf/eth0.100/rp_filter:1\n',
      ['net.ipv4.conf.eth0/100.rp_filter=1'],
    ],
    [
      'a VLAN as BusyBox writes it',
      'net.ipv4.conf.eth0.100.rp_filter = 1\n',
      ['net.ipv4.conf.eth0/100.rp_filter=1'],
    ],
    ['a path of /proc/sys', '/proc/sys/net/ipv4/ip_forward:1\n', ['net.ipv4.ip_forward=1']],
    ['two values of one key', 'net.ipv4.ip_forward = 1\nnet.ipv4.ip_forward = 0\n', []],
    ['the name of the node stays behind', 'kernel.hostname = secret\n', []],
  ])('%s', (_, text, expected) => {
    expect(keys(text)).toEqual(expected);
  });
});

test('the files of sysctl.d are read by name, the first directory wins, /etc/sysctl.conf is last', () => {
  const text = `files of sysctl:
file /etc/sysctl.d/50-a.conf
file /etc/sysctl.d/90-mask.conf
file /usr/lib/sysctl.d/90-mask.conf
file /usr/lib/sysctl.d/60-b.conf
file /etc/sysctl.conf
/etc/sysctl.conf:net.ipv4.ip_forward=1
/etc/sysctl.d/50-a.conf:net/ipv4/ip_forward = 0
/usr/lib/sysctl.d/90-mask.conf:net.ipv4.ip_forward = 7
/usr/lib/sysctl.d/60-b.conf:-net.ipv4.conf.all.forwarding=0
`; // composed by hand
  expect(sysctlFiles.parse(raw(text)).map(({ file, value }) => `${file} ${value}`)).toEqual([
    '/etc/sysctl.d/50-a.conf 0',
    '/usr/lib/sysctl.d/60-b.conf 0',
    '/etc/sysctl.conf 1',
  ]);
});

describe('mounts', () => {
  const list = mounts.parse(raw(recorded('lab-mounts')));
  test.each([
    ['/sys/fs/bpf', '/sys'],
    ['/sys/fs/cgroup/x', '/sys/fs/cgroup'],
    ['/run/calico', '/run'],
    ['/opt/cni/bin', '/'],
  ])('%s lies on %s', (path, point) => {
    expect(mountOf(list, path)?.point).toBe(point);
  });
  test('what is mounted later covers what is below', () => {
    const text =
      '1 0 8:1 / / rw - ext4 /dev/sda1 ro\n2 1 0:5 / /mnt\\040x rw shared:7 - tmpfs none rw\n3 1 0:6 / /mnt\\040x rw,noexec - xfs none rw\n'; // composed by hand
    const two = mounts.parse(raw(text));
    expect(mountAt(two, '/mnt x')).toMatchObject({ type: 'xfs', shared: false });
    expect(mountOf(two, '/etc')?.options.has('ro')).toBe(true);
  });
});

describe.each(PROBES)('$id', (probe) => {
  test.each([
    ['nothing', ''],
    ['noise', 'x'.repeat(1000)],
    ['zero bytes', '\0\0\0'],
    ['one line of 10 MB', '1 2 3:4 / a=b '.repeat(715_000)],
    ['10 MB of blanks', ' '.repeat(10_000_000)],
    ['10 MB of line ends', '\n'.repeat(10_000_000)],
    ['10 MB of numbers', '1'.repeat(10_000_000)],
  ])('%s is parsed or refused in good time', (_, text) => {
    const parse = (): void => {
      try {
        probe.parse(raw(text));
      } catch (error) {
        expect(error).toBeInstanceOf(ProbeParseError);
      }
    };
    expect(processorMs(parse)).toBeLessThan(2000);
  });
});
