import {
  defineCheck,
  fail,
  notApplicable,
  pass,
  unknown,
  type Verdict,
} from '../../src/domain/check.js';
import { reason } from '../../src/domain/reason.js';
import { cpuinfo, type Cpuinfo } from '../probes/cpuinfo.js';
import { hostnamectl } from '../probes/hostnamectl.js';
import { unameA } from '../probes/uname-a.js';
import { X86_64_V2_FLAGS, x8664Level } from '../requirements/dataplane-kernels.js';
import { pageB } from '../requirements/sources.js';
import { machinesOf } from './machines.js';

function judgeFlags(cpu: Cpuinfo | undefined): Verdict {
  if (cpu?.isX86 !== true) {
    return unknown(
      reason('not-run', 'no output shows what the processor can do'),
      'Give cpuinfo.txt (cat /proc/cpuinfo), or audit the node itself.',
    );
  }
  const lacking = X86_64_V2_FLAGS.filter((flag) => !cpu.flags.has(flag));
  const model = cpu.model === '' ? 'the processor' : cpu.model;
  return lacking.length === 0
    ? pass(`${model} has all of x86-64-v2`)
    : fail(`${model} lacks ${lacking.join(', ')}`, 'a processor with all of x86-64-v2');
}

/** From 3.31 on Calico's programs are built for x86-64-v2; a processor model of an old hypervisor has less. */
export const cpuLevel = defineCheck({
  id: 'platform/cpu-level',
  title: 'The processor has the level of x86-64 that Calico is built for',
  why: 'Calico 3.31 and later are built for x86-64-v2. On less they stop at once: "This program can only be run on AMD64 processors with v2 microarchitecture support", or "Fatal glibc error: CPU does not support x86-64-v2". Usual causes are virtual machines with a processor model such as kvm64, or with a compatibility mode.',
  sources: [
    {
      page: 'Calico 3.31, how it is built',
      url: 'https://github.com/projectcalico/calico/issues/11352',
      date: '2026-08-22',
      says: 'GOAMD64=v2 (lib.Makefile) and base images of UBI 9 from 3.31.0 on; 3.30 and older run on every x86-64.',
    },
    pageB('B1', 'node-requirements', 'An x86-64, arm64, ppc64le or s390x processor.'),
  ],
  severity: 'required',
  waivable: true,
  skip: ({ calico }) =>
    x8664Level(calico) === null ? 'Calico before 3.31 runs on every level of x86-64' : null,
  rule: ({ calico }) =>
    x8664Level(calico) === null
      ? 'Calico before 3.31 runs on every level of x86-64.'
      : `On x86-64 the processor must have ${X86_64_V2_FLAGS.join(', ')} among its flags (/proc/cpuinfo); one that is missing fails. Other processors have no such levels.`,
  disagreement:
    'The requirements pages of all releases say x86-64 and name no level; the programs of 3.31 and 3.32 need x86-64-v2. The programs judge.',
  breaks: ['everything from Calico 3.31 on: its programs stop as soon as they start'],
  alternatives: () => [
    'calico: "3.30"',
    'another processor model for the virtual machine (host, or x86-64-v2-AES)',
  ],
  needs: {},
  witnesses: { cpuinfo, unameA, hostnamectl },
  judge: ({ cpuinfo: cpu, unameA: uname, hostnamectl: control }) => {
    const [machine] = machinesOf(uname, control);
    const isX86 = machine === undefined ? cpu?.isX86 : machine === 'x86_64';
    if (isX86 === false && cpu?.isX86 !== true) {
      return notApplicable(`${machine ?? 'this processor'} has no levels of x86-64`);
    }
    if (isX86 === false) {
      return machine === 'i686' || machine === 'i386'
        ? notApplicable(`the kernel is one of ${machine}, for which Calico is not built`)
        : unknown(
            reason('garbled', `uname says ${machine ?? ''}, /proc/cpuinfo shows an x86 processor`),
            'Give outputs of one node.',
          );
    }
    return judgeFlags(cpu);
  },
});
