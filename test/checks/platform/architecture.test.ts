import { expect } from 'vitest';
import { architecture } from '../../../checks/platform/architecture.js';
import { pasted, testCheck } from '../../helpers/check-tester.js';
import { recorded } from '../../helpers/recorded-node.js';

const unameA = recorded('shared-kernel-without-modules', 'uname-a');
const as = (machine: string): string => unameA.replace('x86_64', machine);

testCheck(architecture, [
  {
    name: 'this machine',
    says: { 'uname-a': unameA },
    expect: { status: 'pass', found: 'x86_64' },
  },
  ...['aarch64', 'ppc64le', 's390x'].map((machine) => ({
    name: `machine changed to ${machine}`,
    says: { 'uname-a': as(machine) },
    expect: { status: 'pass' as const, found: machine },
  })),
  ...['armv7l', 'i686', 'riscv64', 'ppc64'].map((machine) => ({
    name: `machine changed to ${machine}`,
    says: { 'uname-a': as(machine) },
    expect: {
      status: 'fail' as const,
      found: machine,
      expected: 'one of x86_64, aarch64, ppc64le, s390x',
    },
  })),
  {
    name: 'a processor name with blanks behind the machine (composed by hand)',
    says: { 'uname-a': as('x86_64 Intel(R) Core(TM) i7-4790 CPU @ 3.60GHz GenuineIntel') },
    expect: { status: 'pass' },
  },
  {
    name: 'hostnamectl alone, pasted (composed by hand)',
    says: { hostnamectl: pasted('   Static hostname: a\n      Architecture: ppc64-le\n') },
    expect: { status: 'pass', found: 'ppc64le' },
  },
  ...(
    [
      ['CONFIG_64BIT=y\nCONFIG_X86_64=y\n', 'pass', 'x86_64'],
      ['CONFIG_64BIT=y\nCONFIG_ARM64=y\n', 'pass', 'aarch64'],
      ['CONFIG_PPC64=y\nCONFIG_CPU_LITTLE_ENDIAN=y\n', 'pass', 'ppc64le'],
      ['CONFIG_64BIT=y\nCONFIG_S390=y\n', 'pass', 's390x'],
      ['# CONFIG_64BIT is not set\nCONFIG_X86_32=y\n', 'fail', 'i686'],
      ['CONFIG_PPC64=y\nCONFIG_CPU_BIG_ENDIAN=y\n', 'fail', 'ppc64'],
    ] as const
  ).map(([text, status, found]) => ({
    name: `the configuration of a kernel for ${found} beside an empty hostnamectl (composed by hand)`,
    says: { 'boot-config': pasted(text), hostnamectl: pasted('\n') },
    expect: { status, found },
  })),
  {
    name: 'uname judges where the configuration is that of another machine (composed by hand)',
    says: { 'uname-a': unameA, 'boot-config': pasted('CONFIG_ARM64=y\n') },
    expect: { status: 'pass', found: 'x86_64' },
  },
  {
    name: 'a configuration that does not tell (composed by hand)',
    says: { 'boot-config': pasted('CONFIG_MODULES=y\n') },
    expect: { status: 'unknown' },
  },
  {
    name: 'outputs of two nodes are no answer',
    says: { 'uname-a': unameA, hostnamectl: pasted('Architecture: s390x\n') },
    expect: { status: 'unknown', reason: expect.stringMatching(/^garbled: uname says x86_64/) },
  },
  {
    name: 'a machine that nobody knows is unknown, not failed',
    says: { 'uname-a': as('q9000') },
    expect: { status: 'unknown' },
  },
  { name: 'garbage', says: { 'uname-a': 'bash: uname: ok\n' }, expect: { status: 'unknown' } },
  {
    name: 'no uname there',
    says: { 'uname-a': { exit: 127, stderr: 'sh: 1: uname: not found' } },
    expect: { status: 'unknown', reason: expect.stringMatching(/^tool-missing:/) },
  },
  { name: 'never asked', says: {}, expect: { status: 'unknown' } },
]);
