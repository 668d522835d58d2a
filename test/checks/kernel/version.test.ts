import { expect } from 'vitest';
import { version } from '../../../checks/kernel/version.js';
import { pasted, testCheck } from '../../helpers/check-tester.js';
import { recorded } from '../../helpers/recorded-node.js';

const HERE = 'shared-kernel-without-modules';
const unameA = recorded(HERE, 'uname-a');
const debian12 = recorded(HERE, 'os-release');
const kernel = (release: string): string => unameA.replace('6.18.44-fc-v445', release);
const rhel8 = 'NAME="Red Hat Enterprise Linux"\nID="rhel"\nVERSION_ID="8.10"\n'; // composed by hand
const suse12 = 'NAME="SLES"\nID="sles"\nVERSION_ID="12.5"\n'; // composed by hand

testCheck(version, [
  {
    name: 'this machine',
    says: { 'uname-r': recorded(HERE, 'uname-r'), 'uname-a': unameA, 'os-release': debian12 },
    expect: { status: 'pass', found: '6.18.44-fc-v445' },
  },
  {
    name: 'uname -a alone, pasted',
    says: { 'uname-a': pasted(unameA) },
    expect: { status: 'pass' },
  },
  { name: 'exactly 5.10', says: { 'uname-r': '5.10.0-32-amd64\n' }, expect: { status: 'pass' } },
  {
    name: '5.9 of a distribution that nobody named',
    says: { 'uname-a': kernel('5.9.0-1-amd64') },
    expect: { status: 'warn', expected: expect.stringContaining('5.10 or later') },
  },
  {
    name: '4.18 of RHEL 8, which is listed',
    says: { 'uname-r': '4.18.0-553.el8_10.x86_64\n', 'os-release': rhel8 },
    expect: { status: 'pass', found: expect.stringContaining('RHEL 8+') },
  },
  {
    name: '4.12 of a distribution that is not listed',
    says: { 'uname-r': '4.12.14-122.54-default\n', 'os-release': suse12 },
    expect: { status: 'warn' },
  },
  {
    name: '3.10 by the older text, without a distribution',
    says: { 'uname-r': '3.10.0-1062.1.2.el7.x86_64\n' },
    intent: { calico: '3.28' },
    expect: { status: 'pass' },
  },
  {
    name: '3.10 by the text of today',
    says: { 'uname-r': '3.10.0-1062.1.2.el7.x86_64\n' },
    expect: { status: 'warn' },
  },
  ...(['3.0', '3.25', '3.29-page-B', '3.32'] as const).map((calico) => ({
    name: `2.6.32 by Calico ${calico}, even on a listed distribution`,
    says: { 'uname-a': kernel('2.6.32-754.el6.x86_64'), 'os-release': rhel8 },
    intent: { calico },
    expect: { status: 'fail' as const, found: '2.6.32-754.el6.x86_64' },
  })),
  {
    name: 'hostnamectl alone, pasted (composed by hand)',
    says: {
      hostnamectl: pasted(
        ' Operating System: Ubuntu 20.04.3 LTS\n           Kernel: Linux 5.4.0-88-generic\n',
      ),
    },
    expect: { status: 'pass', found: expect.stringContaining('Ubuntu 20.04+') },
  },
  {
    name: 'outputs of two nodes are no answer',
    says: { 'uname-r': '6.1.0-50-amd64\n', 'uname-a': unameA },
    expect: {
      status: 'unknown',
      reason: expect.stringMatching(/^garbled: .* two running kernels/),
    },
  },
  { name: 'garbage', says: { 'uname-r': 'Password: \n' }, expect: { status: 'unknown' } },
  {
    name: 'the head of the configuration, where nothing else names the kernel (composed by hand)',
    says: {
      'boot-config': pasted(
        '#\n# Automatically generated file; DO NOT EDIT.\n# Linux/x86 5.15.0-1051-azure Kernel Configuration\n#\nCONFIG_MODULES=y\n',
      ),
    },
    expect: { status: 'pass', found: expect.stringContaining('5.15.0-1051-azure') },
  },
  {
    name: 'a distribution is no kernel',
    says: { 'os-release': debian12 },
    expect: { status: 'unknown' },
  },
  {
    name: 'lost in transfer',
    says: { 'uname-r': { stdout: '6.1.0\n', problem: 'lost: the connection ended' } },
    expect: { status: 'unknown', reason: 'lost: the connection ended' },
  },
  { name: 'never asked', says: {}, expect: { status: 'unknown' } },
]);
