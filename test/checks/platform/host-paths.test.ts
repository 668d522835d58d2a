import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import { dockerSwarmVxlan } from '../../../checks/platform/docker-swarm-vxlan.js';
import { noexecCni } from '../../../checks/platform/noexec-cni.js';
import { selinux } from '../../../checks/platform/selinux.js';
import { testCheck } from '../../helpers/check-tester.js';

const real = (name: string): string =>
  readFileSync(new URL(`recorded/${name}.txt`, import.meta.url), 'utf8');
const ofCni = (name: string): string =>
  readFileSync(new URL(`../cni/recorded/${name}.txt`, import.meta.url), 'utf8');
const FILES = real('host-files-mended');
/** The recorded answer with one path changed by hand. */
const withPath = (path: string, kind: string): string =>
  FILES.replace(`missing ${path}\n`, `${kind} ${path}\n`);
const POLICY = '/usr/share/selinux/packages/container.pp.bz2';
const STORE = '/var/lib/selinux/targeted/active/modules/200/container';
const SWARM = '/var/lib/docker/swarm/docker-state.json';
const VXLAN = { encapsulation: 'vxlan' } as const;
// Composed by hand: neither an enforcing kernel nor a swarm can be had on the machine of these recordings.
const ENFORCING = 'enforce 1\nconfig enforcing\nend\n';
const GOSSIP =
  '# calico-ready: named\ntcp LISTEN 0 4096 *:7946 *:* users:(("dockerd",pid=812,fd=31))\n';
const SSHD = '# calico-ready: unnamed\ntcp LISTEN 0 128 0.0.0.0:22 0.0.0.0:*\n';

testCheck(noexecCni, [
  {
    name: 'a node with both directories passes',
    says: { 'cni-directories': ofCni('directories-there'), 'host-files': FILES },
    expect: { status: 'pass' },
    fixes: [],
  },
  {
    name: 'a fresh node passes by the file system that they will lie on',
    says: { 'cni-directories': ofCni('directories-fresh') },
    expect: { status: 'pass' },
  },
  {
    name: 'a mount with noexec fails',
    says: { 'cni-directories': ofCni('directories-noexec') },
    expect: { status: 'fail', found: expect.stringContaining('noexec') },
  },
  {
    name: 'a lock that is a directory fails',
    says: {
      'cni-directories': ofCni('directories-there'),
      'host-files': real('host-files-lock-is-directory'),
    },
    expect: { status: 'fail', found: '/run/xtables.lock is a directory' },
    fixes: ['lock-file'],
  },
  {
    // Composed by hand after proc_pid_mountinfo(5).
    name: 'a read-only /var fails',
    says: {
      'cni-directories': ofCni('directories-there'),
      mounts:
        '20 1 8:1 / / rw,relatime shared:1 - ext4 none rw\n21 20 8:2 / /var ro,relatime shared:2 - ext4 none ro\n',
    },
    expect: { status: 'fail', found: expect.stringContaining('/var, which is mounted read-only') },
  },
  {
    name: 'nobody looked is unknown',
    says: { 'host-files': FILES },
    expect: { status: 'unknown' },
  },
]);

testCheck(selinux, [
  {
    name: 'a kernel without SELinux passes',
    says: { selinux: 'absent\nend\n', 'host-files': FILES },
    expect: { status: 'pass' },
  },
  {
    name: 'enforcing without the policy warns',
    says: { selinux: ENFORCING, 'host-files': FILES },
    expect: { status: 'warn', found: expect.stringContaining('container-selinux') },
    fixes: ['policy'],
  },
  {
    name: 'enforcing with it passes',
    says: { selinux: ENFORCING, 'host-files': withPath(POLICY, 'file') },
    expect: { status: 'pass' },
  },
  {
    name: 'enforcing with a store that may not be read is unknown',
    says: { selinux: ENFORCING, 'host-files': withPath(STORE, 'hidden') },
    expect: { status: 'unknown' },
  },
  {
    name: 'permissive now and enforcing at the next start is judged as enforcing',
    says: { selinux: 'enforce 0\nconfig enforcing\nend\n', 'host-files': FILES },
    expect: { found: expect.stringContaining('next start'), status: 'warn' },
  },
  {
    name: 'permissive passes',
    says: { selinux: 'enforce 0\nconfig permissive\nend\n', 'host-files': FILES },
    expect: { status: 'pass' },
  },
]);

testCheck(dockerSwarmVxlan, [
  { name: 'without VXLAN it does not apply', says: {}, expect: { status: 'not-applicable' } },
  {
    name: 'no Docker passes',
    says: { 'host-files': FILES },
    intent: VXLAN,
    expect: { status: 'pass' },
  },
  {
    name: 'a swarm on the same port warns',
    says: { 'host-files': withPath(SWARM, 'hidden'), 'listening-sockets': GOSSIP },
    intent: VXLAN,
    expect: { status: 'warn', found: expect.stringContaining('swarm runs here') },
  },
  {
    name: 'another port passes',
    says: { 'host-files': withPath(SWARM, 'file'), 'listening-sockets': GOSSIP },
    intent: { ...VXLAN, vxlanPort: 4799 },
    expect: { status: 'pass' },
  },
  {
    name: 'files of a swarm that is gone pass',
    says: { 'host-files': withPath(SWARM, 'file'), 'listening-sockets': SSHD },
    intent: VXLAN,
    expect: { status: 'pass' },
  },
  {
    name: 'files that may not be seen are unknown',
    says: { 'host-files': withPath(SWARM, 'hidden') },
    intent: VXLAN,
    expect: { status: 'unknown' },
  },
]);
