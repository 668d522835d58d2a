import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { firewalld } from '../../../checks/firewall/firewalld.js';
import { iptablesService } from '../../../checks/firewall/iptables-service.js';
import { nftablesService } from '../../../checks/firewall/nftables-service.js';
import { others } from '../../../checks/firewall/others.js';
import { staleSavedRules } from '../../../checks/firewall/stale-saved-rules.js';
import { networkmanager } from '../../../checks/interfaces/networkmanager.js';
import { nmCloudSetup } from '../../../checks/interfaces/nm-cloud-setup.js';
import { systemdUnits } from '../../../checks/probes/systemd-units.js';
import { ProbeParseError } from '../../../src/domain/errors.js';
import { testCheck, type Said } from '../../helpers/check-tester.js';

const text = (name: string): string =>
  readFileSync(new URL(`recorded/${name}.txt`, import.meta.url), 'utf8');
const has = (part: string): unknown => expect.stringContaining(part);
const units = (name: string): Readonly<Record<string, Said>> => ({
  'systemd-units': text(`${name}-units`),
});

testCheck(nftablesService, [
  {
    name: 'a container without an init system has no such service',
    says: units('container'),
    expect: { status: 'pass', found: 'nftables.service is not installed' },
  },
  {
    name: 'a service of OpenRC that runs and flushes fails',
    says: { ...units('openrc'), 'saved-firewall-rules': text('openrc-saved') },
    expect: {
      status: 'fail',
      found: has('nftables.service is started, in a runlevel (no systemd), and its file begins'),
    },
    fixes: ['disable', 'handover'],
  },
  {
    name: 'one that starts at the next boot fails too',
    says: { ...units('openrc-enabled'), 'saved-firewall-rules': text('openrc-saved') },
    expect: { status: 'fail', found: has('stopped, in a runlevel') },
  },
  {
    name: 'one that runs whose file cannot be read is unknown',
    says: units('openrc'),
    expect: { status: 'unknown' },
  },
  {
    name: 'one that is stopped and in no runlevel passes',
    says: units('openrc-off'),
    expect: { status: 'pass', found: has('stopped, in no runlevel') },
  },
  {
    name: 'a script of SysV init does not tell whether it was run',
    says: units('sysv'),
    expect: { status: 'unknown', reason: has('an init script, in no runlevel') },
  },
]);

testCheck(iptablesService, [
  { name: 'none in a container passes', says: units('container'), expect: { status: 'pass' } },
  {
    name: 'enabled with OpenRC fails',
    says: units('openrc'),
    expect: {
      status: 'fail',
      found: 'iptables.service is stopped, in a runlevel (no systemd)',
    },
  },
  { name: 'off with OpenRC passes', says: units('openrc-off'), expect: { status: 'pass' } },
  { name: 'a SysV script is unknown', says: units('sysv'), expect: { status: 'unknown' } },
]);

testCheck(others, [
  { name: 'none in a container passes', says: units('container'), expect: { status: 'pass' } },
  {
    name: 'fail2ban of OpenRC is a warning',
    says: units('openrc'),
    expect: { status: 'warn', found: has('fail2ban.service is started') },
  },
  { name: 'a SysV script is unknown', says: units('sysv'), expect: { status: 'unknown' } },
]);

testCheck(staleSavedRules, [
  {
    name: 'rules that OpenRC saved are found',
    says: { 'saved-firewall-rules': text('openrc-saved') },
    expect: { status: 'warn', found: has('/etc/iptables/rules-save holds 2 lines') },
  },
]);

testCheck(firewalld, [
  { name: 'none in a container passes', says: units('container'), expect: { status: 'pass' } },
]);
testCheck(nmCloudSetup, [
  { name: 'none in a container passes', says: units('container'), expect: { status: 'pass' } },
]);
testCheck(networkmanager, [
  {
    name: 'of NetworkManager an init system without units tells nothing',
    says: units('container'),
    expect: { status: 'unknown' },
  },
]);

test.each([
  'no systemd\n',
  'no systemd\nscript x\nend\n',
  'no systemd\nscript a.service up boot\nend\n',
])('a cut or strange list is refused: %j', (stdout) => {
  const raw = { stdout, stderr: '', exit: 0, receivedAt: null };
  expect(() => systemdUnits.parse(raw)).toThrow(ProbeParseError);
});
