import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { firewalld } from '../../../checks/firewall/firewalld.js';
import { admits, needsOf } from '../../../checks/firewall/needs.js';
import type { FirewalldZone } from '../../../checks/probes/support/firewalld-zones.js';
import { DEFAULT_INTENT } from '../../../src/domain/intent.js';
import { judged, pasted, testCheck } from '../../helpers/check-tester.js';

const recorded = (name: string): string =>
  readFileSync(new URL(`recorded/${name}.txt`, import.meta.url), 'utf8');

const show = (active: string, file: string, load = 'loaded'): string =>
  `Id=firewalld.service\nNames=firewalld.service\nLoadState=${load}\nActiveState=${active}\nSubState=x\nUnitFileState=${file}\n`;
const UP = { 'systemd-units': show('active', 'enabled') };

// Composed by hand after `systemctl status` of systemd 252.
const STATUS = `○ firewalld.service - firewalld - dynamic firewall daemon
     Loaded: loaded (/lib/systemd/system/firewalld.service; enabled; preset: enabled)
     Active: inactive (dead) since Sun 2026-11-22 03:18:18 UTC; 2min ago
`;

testCheck(firewalld, [
  {
    name: 'running fails',
    says: UP,
    expect: { status: 'fail' },
    fixes: ['disable', 'handover'],
  },
  {
    name: 'running as installed fails and says what it keeps out',
    says: { ...UP, 'firewall-cmd-list-all': recorded('running') },
    expect: {
      status: 'fail',
      found: expect.stringContaining('BGP (179/tcp), IP-in-IP (protocol 4)'),
    },
  },
  {
    name: 'open now and after a reboot is a warning',
    says: { ...UP, 'firewall-cmd-list-all': recorded('open') },
    expect: { status: 'warn' },
    fixes: ['disable', 'handover'],
  },
  {
    name: 'open after a reboot only fails',
    says: { ...UP, 'firewall-cmd-list-all': recorded('permanent-only') },
    expect: { status: 'fail' },
  },
  {
    name: 'protocol ipip is not protocol 4',
    says: { ...UP, 'firewall-cmd-list-all': recorded('wrong') },
    expect: { status: 'fail', found: expect.stringContaining('IP-in-IP') },
  },
  {
    name: 'open for BGP and IP-in-IP is not open for VXLAN',
    says: { ...UP, 'firewall-cmd-list-all': recorded('open') },
    intent: { encapsulation: 'vxlan' },
    expect: { status: 'fail', found: expect.stringContaining('VXLAN (4789/udp)') },
  },
  {
    name: 'pods of another range are not forwarded',
    says: { ...UP, 'firewall-cmd-list-all': recorded('open') },
    intent: { podCIDRs: ['10.244.0.0/16'] },
    expect: { status: 'fail', found: expect.stringContaining('10.244.0.0/16') },
  },
  {
    name: 'a control-plane node needs the API server too',
    says: { ...UP, 'firewall-cmd-list-all': recorded('open') },
    node: { roles: ['control-plane'] },
    expect: { status: 'fail', found: expect.stringContaining('6443/tcp') },
  },
  {
    name: 'a pasted zone shows that it runs',
    says: { 'firewall-cmd-list-all': pasted(recorded('pasted')) },
    expect: { status: 'fail' },
  },
  {
    name: 'off but enabled is a warning',
    says: { 'systemd-units': show('inactive', 'enabled') },
    expect: { status: 'warn' },
    fixes: ['disable', 'handover'],
  },
  {
    name: 'a pasted unit that is off but enabled is a warning',
    says: {
      'systemctl-status-firewalld': pasted(STATUS),
      'firewall-cmd-state': pasted('not running\n'),
    },
    expect: { status: 'warn' },
  },
  {
    name: 'off is a pass',
    says: { 'systemd-units': show('inactive', 'disabled') },
    expect: { status: 'pass' },
  },
  {
    name: 'masked is a pass',
    says: { 'systemd-units': show('inactive', 'masked', 'masked') },
    expect: { status: 'pass' },
  },
  {
    name: 'not installed is a pass',
    says: { 'systemd-units': show('inactive', '', 'not-found') },
    expect: { status: 'pass', found: 'firewalld is not installed' },
  },
  {
    name: 'status 252 is a pass',
    says: { 'firewall-cmd-state': { stderr: 'not running\n', exit: 252 } },
    expect: { status: 'pass' },
  },
  {
    name: 'status 251 runs',
    says: { 'firewall-cmd-state': { stdout: 'failed\n', exit: 251 } },
    expect: { status: 'fail' },
  },
  {
    name: 'status 253 tells nothing',
    says: { 'firewall-cmd-state': { stdout: 'Authorization failed.\n', exit: 253 } },
    expect: { status: 'unknown' },
  },
  {
    name: 'pasted running fails',
    says: { 'firewall-cmd-state': pasted('running\n') },
    expect: { status: 'fail' },
  },
  {
    name: 'one witness that sees it run outweighs the others',
    says: { 'systemd-units': show('inactive', 'disabled'), 'firewall-cmd-state': 'running\n' },
    expect: { status: 'fail' },
  },
  {
    name: 'on its way up is unknown',
    says: { 'systemd-units': show('activating', 'enabled') },
    expect: { status: 'unknown' },
  },
  {
    name: 'garbage is unknown',
    says: { 'systemd-units': 'x', 'firewall-cmd-state': 'x', 'firewall-cmd-list-all': 'x' },
    expect: { status: 'unknown', reason: expect.stringMatching(/^garbled: /) },
  },
  {
    name: 'root refused is unknown',
    says: {
      'systemd-units': { exit: 1 },
      'firewall-cmd-state': { exit: 126, stderr: 'as_root: needs root' },
    },
    expect: { status: 'unknown' },
  },
  { name: 'nothing asked is unknown', says: {}, expect: { status: 'unknown' } },
]);

test('the way open keeps the firewall and adds what is missing, with its undo', () => {
  const fixes = judged(firewalld, { ...UP, 'firewall-cmd-list-all': recorded('running') }).fixes;
  expect(fixes.map(({ way, byHandOnly }) => [way, byHandOnly])).toEqual([
    ['disable', undefined],
    ['open', true],
    ['handover', true],
  ]);
  const [, open, handover] = fixes;
  expect(open?.commands).toEqual([
    ...['internal', 'public'].flatMap((zone) =>
      ['port=179/tcp', 'protocol=4', 'port=5473/tcp'].map(
        (what) => `/usr/bin/firewall-cmd --permanent --zone=${zone} --add-${what}`,
      ),
    ),
    '/usr/bin/firewall-cmd --permanent --zone=trusted --add-source=192.168.0.0/16',
    '/usr/bin/firewall-cmd --permanent --zone=trusted --add-source=10.96.0.0/12',
    '/usr/bin/firewall-cmd --reload',
  ]);
  expect(open?.undoCommands).toEqual(
    open?.commands.map((line) => line.replace('--add-', '--remove-')),
  );
  expect(handover?.files[0]?.content).toContain('kind: GlobalNetworkPolicy');
});

test('disabling is agreed to by a typed word, and says what was open', () => {
  const [fix] = judged(firewalld, { ...UP, 'firewall-cmd-list-all': recorded('running') }).fixes;
  expect(fix).toMatchObject({
    way: 'disable',
    kind: 'disruptive',
    consentWord: 'disable',
    units: [{ unit: 'firewalld.service', active: false, enabled: false }],
    files: [],
  });
  expect(fix?.loses.join()).toContain('zone internal: dhcpv6-client mdns samba-client ssh');
});

describe('what a zone admits', () => {
  const zone: FirewalldZone = {
    name: 'public',
    target: 'default',
    interfaces: [],
    sources: [],
    services: [],
    ports: [],
    protocols: [],
    richRules: [],
  };
  const bgp = { what: 'BGP', port: 179, protocol: 'tcp' };
  test.each([
    [{ ports: ['179/tcp'] }, true],
    [{ ports: ['100-200/tcp'] }, true],
    [{ ports: ['179/udp', '1790/tcp', '180-200/tcp'] }, false],
    [{ services: ['bgp'] }, true],
    [{ services: ['ssh'] }, false],
    [{ target: 'ACCEPT' }, true],
    [{ target: 'DROP', ports: ['179/tcp'] }, true],
    [
      { target: 'ACCEPT', richRules: ['rule family="ipv4" source address="10.0.0.0/8" reject'] },
      false,
    ],
  ])('%j admits BGP: %s', (change, expected) => {
    expect(admits({ ...zone, ...change }, bgp)).toBe(expected);
  });
});

test('needs follow the intent and the roles', () => {
  const words = (intent: object, ...roles: ('etcd' | 'control-plane' | 'worker')[]): string =>
    needsOf({ ...DEFAULT_INTENT, ...intent }, roles)
      .map(({ port, protocol }) => `${String(port)}/${protocol}`)
      .join(' ');
  expect(words({})).toBe('179/tcp 4/ip 5473/tcp');
  expect(words({ encapsulation: 'vxlan', bgp: false, typha: false })).toBe('4789/udp');
  expect(words({ encapsulation: 'none', wireguard: 'both' })).toBe(
    '179/tcp 5473/tcp 51820/udp 51821/udp',
  );
  expect(words({ datastore: 'etcd', etcdEndpoints: ['https://10.0.0.1:2390'] }, 'etcd')).toContain(
    '2390/tcp',
  );
  expect(words({ datastore: 'etcd' }, 'worker')).not.toContain('2379');
});
