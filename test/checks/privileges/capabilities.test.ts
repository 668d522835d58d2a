import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import { capabilities } from '../../../checks/privileges/capabilities.js';
import { testCheck } from '../../helpers/check-tester.js';
import { recorded } from '../../helpers/recorded-node.js';

const real = (name: string): string =>
  readFileSync(new URL(`recorded/${name}.txt`, import.meta.url), 'utf8');
const LAB = recorded('debian-12-lab-plain', 'proc-1-status');
/** The recorded file with another mask: changed by hand. */
const withMask = (mask: string): string => LAB.replace(/^CapBnd:.*$/m, `CapBnd:\t${mask}`);

testCheck(capabilities, [
  {
    name: 'a lab node without a runtime passes',
    says: { 'proc-1-status': LAB, 'runtime-capabilities': real('runtime-none') },
    expect: { status: 'pass', found: expect.stringContaining('process 1') },
  },
  {
    name: 'a containerd as packaged passes',
    says: { 'proc-1-status': LAB, 'runtime-capabilities': real('runtime-containerd') },
    expect: { status: 'pass', found: expect.stringContaining('containerd') },
  },
  {
    name: 'a containerd that its unit confines fails',
    says: { 'proc-1-status': LAB, 'runtime-capabilities': real('runtime-confined') },
    expect: { status: 'fail', found: 'containerd may not have CAP_SYS_ADMIN, CAP_NET_ADMIN' },
  },
  {
    // The bounding set of a container of Docker, as capsh --decode has it.
    name: 'an unprivileged container fails',
    says: { 'proc-1-status': withMask('00000000a80425fb') },
    expect: { status: 'fail', found: 'process 1 may not have CAP_NET_ADMIN' },
  },
  {
    name: 'without SYS_MODULE it is a warning: modules may be loaded already',
    says: { 'proc-1-status': withMask('000001fffffeffff') },
    expect: { status: 'warn', found: 'process 1 may not have CAP_SYS_MODULE' },
  },
  {
    name: 'ebpf asks for CAP_SYS_RESOURCE too, which the lab node lacks',
    says: { 'proc-1-status': LAB },
    intent: { dataplane: 'ebpf' },
    expect: { status: 'warn', found: 'process 1 may not have CAP_SYS_RESOURCE' },
  },
  {
    name: 'no process 1 and no runtime is unknown',
    says: { 'runtime-capabilities': real('runtime-none') },
    expect: { status: 'unknown' },
  },
  { name: 'nothing asked is unknown', says: {}, expect: { status: 'unknown' } },
]);
