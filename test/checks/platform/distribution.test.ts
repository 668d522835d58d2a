import { expect } from 'vitest';
import { distribution } from '../../../checks/platform/distribution.js';
import { pasted, testCheck } from '../../helpers/check-tester.js';
import { recorded } from '../../helpers/recorded-node.js';

const debian12 = recorded('shared-kernel-without-modules', 'os-release');
/** Composed by hand from the keys of os-release(5). */
const release = (id: string, version: string, more = ''): string =>
  `NAME="${id}"\nID="${id}"\nVERSION_ID="${version}"\nPRETTY_NAME="${id} ${version}"\n${more}`;
const debian = (version: string): string =>
  debian12.replace('VERSION_ID="12"', `VERSION_ID="${version}"`);

testCheck(distribution, [
  {
    name: 'Debian 12 is listed today',
    says: { 'os-release': debian12 },
    expect: { status: 'pass', found: expect.stringContaining('Debian 10+') },
  },
  {
    name: 'Debian 12 is newer than the older text',
    says: { 'os-release': debian12 },
    intent: { calico: '3.28' },
    expect: { status: 'warn', found: expect.stringContaining('newer than the listed Debian 8') },
  },
  {
    name: 'version changed to 10',
    says: { 'os-release': debian('10') },
    expect: { status: 'pass' },
  },
  {
    name: 'version changed to 9',
    says: { 'os-release': debian('9') },
    expect: { status: 'warn', found: expect.stringContaining('older') },
  },
  {
    name: 'version removed (Debian testing has none)',
    says: { 'os-release': debian12.replace(/^VERSION_ID=.*\n/m, '') },
    expect: { status: 'warn', found: expect.stringContaining('cannot be compared') },
  },
  {
    name: 'RHEL 8.10 is an 8',
    says: { 'os-release': release('rhel', '8.10') },
    expect: { status: 'pass' },
  },
  {
    name: 'RHEL 10.0 is later than 8',
    says: { 'os-release': release('rhel', '10.0') },
    expect: { status: 'pass' },
  },
  {
    name: 'Ubuntu 20.04',
    says: { 'os-release': release('ubuntu', '20.04') },
    expect: { status: 'pass' },
  },
  {
    name: 'Ubuntu 18.04',
    says: { 'os-release': release('ubuntu', '18.04') },
    expect: { status: 'warn' },
  },
  {
    name: 'Ubuntu 18.04 by the older text',
    says: { 'os-release': release('ubuntu', '18.04') },
    intent: { calico: '3.29-page-B' },
    expect: { status: 'pass' },
  },
  ...(
    [
      ['v1.7.6', 'pass'],
      ['v1.5.0', 'warn'],
    ] as const
  ).map(([version, status]) => ({
    name: `Talos ${version} (composed by hand)`,
    says: { 'os-release': `NAME="Talos"\nID=talos\nVERSION_ID=${version}\n` },
    expect: { status },
  })),
  {
    name: 'a rebuild is named as what it is',
    says: { 'os-release': release('rocky', '8.9', 'ID_LIKE="rhel centos fedora"\n') },
    expect: {
      status: 'warn',
      found: expect.stringContaining('derived from one that is (RHEL 8+)'),
    },
  },
  {
    name: 'a rebuild of an older release is derived from none that is listed',
    says: { 'os-release': release('centos', '7', 'ID_LIKE="rhel fedora"\n') },
    expect: { status: 'warn', found: expect.stringMatching(/: not listed$/) },
  },
  {
    name: 'Fedora CoreOS by the older text',
    says: { 'os-release': release('fedora', '40', 'VARIANT_ID=coreos\n') },
    intent: { calico: '3.27' },
    expect: { status: 'pass' },
  },
  {
    name: 'Fedora Server is not Fedora CoreOS',
    says: { 'os-release': release('fedora', '40', 'VARIANT_ID=server\n') },
    intent: { calico: '3.27' },
    expect: { status: 'warn' },
  },
  {
    name: 'hostnamectl alone, pasted (composed by hand)',
    says: { hostnamectl: pasted('  Operating System: Red Hat Enterprise Linux 8.1 (Ootpa)\n') },
    expect: { status: 'pass' },
  },
  ...['Red Hat Enterprise Linux CoreOS 411.86.202208031059-0 (Ootpa)', 'Ubuntu Core 22'].map(
    (name) => ({
      name: `${name} is not the distribution it is made of (composed by hand)`,
      says: { hostnamectl: pasted(`  Operating System: ${name}\n`) },
      expect: { status: 'warn' as const, found: expect.stringMatching(/: not listed$/) as unknown },
    }),
  ),
  {
    name: 'page A names none',
    says: {},
    intent: { calico: '3.0' },
    expect: { status: 'not-applicable' },
  },
  { name: 'garbage', says: { 'os-release': 'a directory\n' }, expect: { status: 'unknown' } },
  {
    name: 'no such file',
    says: { 'os-release': { exit: 127, stderr: 'no os-release file' } },
    expect: { status: 'unknown', reason: expect.stringMatching(/^tool-missing:/) },
  },
  { name: 'never asked', says: {}, expect: { status: 'unknown' } },
]);
