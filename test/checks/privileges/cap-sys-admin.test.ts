import { expect } from 'vitest';
import { capSysAdmin } from '../../../checks/privileges/cap-sys-admin.js';
import { pasted, testCheck } from '../../helpers/check-tester.js';
import { recorded } from '../../helpers/recorded-node.js';

const of = (name: string): string => recorded('capabilities', name);
/** Composed by hand in the form of libcap before 2.49. */
const oldCapsh = (caps: string, uid: string): string =>
  `Current: = ${caps}+ep\nBounding set =${caps}\nSecurebits: 00/0x0/1'b0\n secure-noroot: no (unlocked)\nuid=${uid}\ngid=0(root)\n`;
const currentOnly = (current: string): string => `Current: ${current}\nuid=0(root)\n`;

testCheck(capSysAdmin, [
  {
    name: 'process 1 has it',
    says: { 'proc-1-status': of('status-full') },
    expect: { status: 'pass', found: expect.stringContaining('000001fffeffffff') },
  },
  {
    name: 'process 1 has dropped it',
    says: { 'proc-1-status': of('status-dropped') },
    expect: { status: 'fail', found: expect.stringContaining('000001fffedfffff') },
  },
  {
    name: "Docker's default mask (mask changed by hand)",
    says: { 'proc-1-status': of('status-full').replaceAll('000001fffeffffff', '00000000a80425fb') },
    expect: { status: 'fail' },
  },
  {
    name: 'process 1 decides over capsh',
    says: { 'proc-1-status': of('status-dropped'), 'capsh-print': of('capsh-root') },
    expect: { status: 'fail' },
  },
  {
    name: 'the status of another process is not read (number changed by hand)',
    says: { 'proc-1-status': of('status-full').replace('Pid:\t1', 'Pid:\t77') },
    expect: { status: 'unknown', reason: expect.stringMatching(/^garbled:.*process 1/) },
  },
  {
    name: 'capsh as root',
    says: { 'capsh-print': pasted(of('capsh-root')) },
    expect: { status: 'pass' },
  },
  {
    name: 'capsh as root that has dropped it',
    says: { 'capsh-print': of('capsh-root-dropped') },
    expect: { status: 'fail' },
  },
  {
    name: 'capsh of nobody, though its bounding set has it',
    says: { 'capsh-print': of('capsh-nobody') },
    expect: {
      status: 'unknown',
      reason: expect.stringMatching(/^no-privilege: capsh ran as uid 65534/),
    },
  },
  {
    name: 'capsh of Debian 11 (libcap 2.44)',
    says: { 'capsh-print': recorded('debian-11-lab-plain', 'capsh-print') },
    expect: { status: 'pass' },
  },
  {
    name: 'older capsh with it',
    says: { 'capsh-print': oldCapsh('cap_chown,cap_sys_admin,cap_bpf', '0(root)') },
    expect: { status: 'pass' },
  },
  {
    name: 'older capsh without it',
    says: { 'capsh-print': oldCapsh('cap_chown,cap_sys_boot', '0(root)') },
    expect: { status: 'fail' },
  },
  {
    name: '=ep means all',
    says: { 'capsh-print': currentOnly('=ep') },
    expect: { status: 'pass' },
  },
  {
    name: '=eip means all',
    says: { 'capsh-print': currentOnly('=eip') },
    expect: { status: 'pass' },
  },
  {
    name: '=ep without one is not all',
    says: { 'capsh-print': currentOnly('=ep cap_sys_admin-ep') },
    expect: { status: 'fail' },
  },
  {
    name: '!cap_sys_admin is a no',
    says: { 'capsh-print': `${currentOnly('=ep')}Current IAB: !cap_sys_admin\n` },
    expect: { status: 'fail' },
  },
  {
    name: 'who ran it is not said',
    says: { 'capsh-print': of('capsh-root').replace(/^uid=.*\n/m, '') },
    expect: { status: 'unknown', reason: expect.stringContaining('an unknown user') },
  },
  {
    name: 'root who lacks it but could get it back is not judged',
    says: {
      'capsh-print': of('capsh-root').replace('Current: =ep', 'Current: =ep cap_sys_admin-ep'),
    },
    expect: { status: 'unknown' },
  },
  {
    name: 'no capsh there, and process 1 hidden',
    says: {
      'capsh-print': { exit: 127, stderr: 'capsh is not installed' },
      'proc-1-status': { exit: 126, stderr: '/proc/1/status may not be read' },
    },
    expect: { status: 'unknown', reason: expect.stringMatching(/^denied:/) },
  },
  {
    name: 'sudo refused',
    says: { 'capsh-print': { exit: 1, stderr: 'sudo: a password is required\n' } },
    expect: { status: 'unknown' },
  },
  {
    name: 'garbage',
    says: { 'proc-1-status': 'CapBnd: all of them\n' },
    expect: { status: 'unknown' },
  },
  { name: 'never asked', says: {}, expect: { status: 'unknown' } },
]);
