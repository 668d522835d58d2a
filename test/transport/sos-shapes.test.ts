import { expect, test } from 'vitest';
import { others } from '../../checks/firewall/others.js';
import { nmCloudSetup } from '../../checks/interfaces/nm-cloud-setup.js';

import { dnsResolver } from '../../checks/platform/dns-resolver.js';
import { UNITS } from '../../checks/requirements/units.js';
import { synchronised } from '../../checks/time/synchronised.js';
import type { AnyNodeCheck } from '../../src/domain/check.js';
import { DEFAULT_INTENT } from '../../src/domain/intent.js';
import { answersOf } from '../../src/engine/answers.js';
import { judgeNode } from '../../src/engine/judge.js';
import { probesOf } from '../../src/engine/plan.js';
import { sosEvidence } from '../../src/transport/sos-report.js';
import { SOS_UNITS } from '../../src/transport/sos-units.js';

type Files = Readonly<Record<string, string>>;

function verdict(check: AnyNodeCheck, files: Files) {
  const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
  const read = new Map(
    Object.entries(files).map(([path, text]) => [
      path,
      { bytes: bytes(text), cut: false, modified: 0 },
    ]),
  );
  const probes = probesOf(check);
  const node = { name: 'n1', host: 'n1', roles: [] };
  const answers = answersOf(probes, sosEvidence('n1', read, probes));
  return judgeNode(check, answers, { intent: DEFAULT_INTENT, node }).verdict;
}

// Composed by hand in the form of systemd 252: what sos 4 writes of a cloud image with nm-cloud-setup.
const SHOWN = 'sos_commands/systemd/systemctl_show_service_--all';
const FILES = 'sos_commands/systemd/systemctl_list-unit-files';
const ACTIVE = 'sos_commands/systemd/systemctl_list-units';
const show = (unit: string, active: string, sub: string, state: string): string =>
  `Type=simple\nRestart=no\nId=${unit}\nNames=${unit}\nDescription=a service\nLoadState=loaded\nActiveState=${active}\nSubState=${sub}\nUnitFileState=${state}\nUnitFilePreset=disabled\n`;
const shown = [
  show('NetworkManager.service', 'active', 'running', 'enabled'),
  show('nm-cloud-setup.service', 'inactive', 'dead', 'disabled'),
  show('sshd.service', 'active', 'running', 'enabled'),
].join('\n');
const unitFiles = (timer: string): string => `UNIT FILE                     STATE    PRESET
proc-sys-fs-binfmt_misc.mount disabled disabled
fail2ban.service              disabled disabled
NetworkManager.service        enabled  enabled
nm-cloud-setup.service        disabled disabled
systemd-networkd.service      disabled enabled
nm-cloud-setup.timer          ${timer.padEnd(8)} disabled

6 unit files listed.
`;
const activeUnits = (
  more = '',
): string => `  UNIT                   LOAD   ACTIVE SUB     DESCRIPTION
  -.mount                loaded active mounted Root Mount
  NetworkManager.service loaded active running Network Manager
● kdump.service          loaded failed failed  Crash recovery kernel arming
${more}
LOAD   = Reflects whether the unit definition was properly loaded.
ACTIVE = The high-level unit activation state, i.e. generalization of SUB.
SUB    = The low-level unit activation state, values depend on unit type.
4 loaded units listed. Pass --all to see loaded but inactive units, too.
`;
const TIMER =
  '  nm-cloud-setup.timer   loaded active waiting Automatically configure NetworkManager\n';
const all: Files = {
  [SHOWN]: shown,
  [FILES]: unitFiles('disabled'),
  [ACTIVE]: activeUnits(),
};

test('the units of the two lists are the same', () => {
  expect([...SOS_UNITS].sort()).toEqual([...UNITS].sort());
});

test.each<[string, AnyNodeCheck, Files, string, RegExp]>([
  [
    'a timer that runs',
    nmCloudSetup,
    { ...all, [FILES]: unitFiles('enabled'), [ACTIVE]: activeUnits(TIMER) },
    'fail',
    /timer: active \(waiting\), enabled/,
  ],
  [
    'a timer that is only enabled',
    nmCloudSetup,
    { ...all, [FILES]: unitFiles('enabled') },
    'fail',
    /timer: inactive \(dead\), enabled/,
  ],
  ['a timer that is off', nmCloudSetup, all, 'pass', /off/],
  [
    'a report without the lists',
    nmCloudSetup,
    { [SHOWN]: shown },
    'unknown',
    /nm-cloud-setup\.timer/,
  ],
  [
    'a list of files that was cut',
    nmCloudSetup,
    { ...all, [FILES]: unitFiles('enabled').slice(0, 300) },
    'unknown',
    /timer/,
  ],
  [
    'a list of active units that was cut',
    nmCloudSetup,
    { ...all, [ACTIVE]: activeUnits().slice(0, 200) },
    'unknown',
    /timer/,
  ],
  ['other managers that are there and off', others, all, 'pass', /none of 7/],
  [
    'another manager that runs',
    others,
    { ...all, [SHOWN]: `${shown}\n${show('fail2ban.service', 'active', 'running', 'enabled')}` },
    'warn',
    /fail2ban/,
  ],
  ['other managers without the lists', others, { [SHOWN]: shown }, 'unknown', /fail2ban/],
])('units: %s', (_, check, files, status, words) => {
  const found = verdict(check, files);
  expect(found.status).toBe(status);
  expect(JSON.stringify(found)).toMatch(words);
});

// timedatectl of systemd 219 and of newer ones, chronyc 4; composed by hand in their form.
const TIMEDATECTL = 'sos_commands/systemd/timedatectl';
const timedatectl = (said: string): string =>
  `               Local time: Mon 2025-06-16 15:21:46 CEST\n           Universal time: Mon 2025-06-16 13:21:46 UTC\n                 RTC time: Mon 2025-06-16 13:21:46\n                Time zone: Europe/Berlin (CEST, +0200)\n${said}\n              NTP service: active\n          RTC in local TZ: no\n`;
const TRACKING = 'sos_commands/chrony/chronyc_tracking';
const tracking = (leap: string): string =>
  `Reference ID    : B97DBE7B (2.ntp.ubuntu.com)\nStratum         : 3\nUpdate interval : 1032.5 seconds\nLeap status     : ${leap}\n`;
test.each<[string, Files, string, RegExp]>([
  [
    'timedatectl says yes',
    { [TIMEDATECTL]: timedatectl('System clock synchronized: yes') },
    'pass',
    /timedatectl/,
  ],
  [
    'timedatectl of RHEL 7 says yes',
    { [TIMEDATECTL]: timedatectl('         NTP synchronized: yes') },
    'pass',
    /timedatectl/,
  ],
  [
    'timedatectl says no',
    { [TIMEDATECTL]: timedatectl('System clock synchronized: no') },
    'warn',
    /timedatectl/,
  ],
  [
    'chrony knows better',
    {
      [TIMEDATECTL]: timedatectl('System clock synchronized: yes'),
      [TRACKING]: tracking('Not synchronised'),
    },
    'warn',
    /chronyc/,
  ],
  ['chrony alone', { [TRACKING]: tracking('Normal') }, 'pass', /chronyc/],
  [
    'chrony under its other name',
    { 'sos_commands/chrony/chronyc_-n_tracking': tracking('Normal') },
    'pass',
    /chronyc/,
  ],
  [
    'a chrony that does not run',
    {
      [TIMEDATECTL]: timedatectl('System clock synchronized: no'),
      [TRACKING]: '506 Cannot talk to daemon\n',
    },
    'warn',
    /timedatectl/,
  ],
  ['neither', {}, 'unknown', /not run/],
])('time: %s', (_, files, status, words) => {
  const found = verdict(synchronised, files);
  expect(found.status).toBe(status);
  expect(JSON.stringify(found)).toMatch(words);
});

// Composed by hand after resolv.conf(5) and what systemd-resolved writes.
const STUB =
  '# This is /run/systemd/resolve/stub-resolv.conf\nnameserver 127.0.0.53\noptions edns0 trust-ad\nsearch example.org\n';
const REAL = '# Generated by NetworkManager\nsearch example.org\nnameserver 192.0.2.53\n';
const KUBELET = { [SHOWN]: show('kubelet.service', 'active', 'running', 'enabled') };
test.each<[string, Files, string, RegExp]>([
  ['a server of the site', { 'etc/resolv.conf': REAL }, 'pass', /192\.0\.2\.53/],
  ['the same beside a kubelet', { 'etc/resolv.conf': REAL, ...KUBELET }, 'pass', /192\.0\.2\.53/],
  ['the stub', { 'etc/resolv.conf': STUB }, 'warn', /127\.0\.0\.53/],
  [
    'the stub where the link led',
    { 'run/systemd/resolve/stub-resolv.conf': STUB },
    'warn',
    /127\.0\.0\.53/,
  ],
  [
    'the stub beside a kubelet that may have another list',
    { 'etc/resolv.conf': STUB, ...KUBELET },
    'unknown',
    /not run/,
  ],
  ['no file', {}, 'unknown', /not run/],
])('name servers: %s', (_, files, status, words) => {
  const found = verdict(dnsResolver, files);
  expect(found.status).toBe(status);
  expect(JSON.stringify(found)).toMatch(words);
});
