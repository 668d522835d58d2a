import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { networkmanager } from '../../../checks/interfaces/networkmanager.js';
import { FIX_CONTENT, FIX_PATH } from '../../../checks/interfaces/networkmanager-fix.js';
import { judged, pasted, testCheck } from '../../helpers/check-tester.js';

const recorded = (name: string): string =>
  readFileSync(new URL(`recorded/${name}.txt`, import.meta.url), 'utf8');

const show = (active: string, sub: string, file: string, load = 'loaded'): string =>
  `Id=NetworkManager.service\nNames=NetworkManager.service\nLoadState=${load}\nActiveState=${active}\nSubState=${sub}\nUnitFileState=${file}\n`;
const RUNNING = show('active', 'running', 'enabled');

/** As the probe prints it, which probes.test.ts proves. */
const conf = (files: Readonly<Record<string, string>>, end = 'process yes'): string =>
  Object.entries(files)
    .map(([path, text]) => {
      const lines = text.replace(/\n$/, '').split('\n');
      const bars = lines.map((line) => `|${line}\n`).join('');
      return `file ${String(Buffer.byteLength(text))} ${path}\n${bars}\n`;
    })
    .join('') + `${end}\n`;

const ETC = '/etc/NetworkManager/conf.d';
const MAIN = { '/etc/NetworkManager/NetworkManager.conf': '[main]\nplugins=ifupdown,keyfile\n' };
const DOCUMENTED = `[keyfile]
unmanaged-devices=interface-name:cali*;interface-name:tunl*;interface-name:vxlan.calico;interface-name:vxlan-v6.calico;interface-name:wireguard.cali;interface-name:wg-v6.cali
`;
const files = (extra: Readonly<Record<string, string>>): string => conf({ ...MAIN, ...extra });

testCheck(networkmanager, [
  {
    name: 'not installed is a pass',
    says: { 'systemd-units': show('inactive', 'dead', '', 'not-found') },
    expect: { status: 'pass', found: 'NetworkManager is not installed' },
  },
  {
    name: 'stopped and disabled is a pass',
    says: {
      'systemd-units': show('inactive', 'dead', 'disabled'),
      'networkmanager-conf': files({}),
    },
    expect: { status: 'pass' },
    fixes: [],
  },
  {
    name: 'stopped but enabled is a warning',
    says: { 'systemd-units': show('inactive', 'dead', 'enabled') },
    expect: { status: 'warn' },
  },
  {
    name: 'nmcli that finds nobody is a pass',
    says: {
      'nmcli-device': { stdout: '', stderr: 'Error: NetworkManager is not running.\n', exit: 8 },
    },
    expect: { status: 'pass' },
  },
  {
    name: 'running with nothing configured fails, and the fix is offered',
    says: {
      'systemd-units': RUNNING,
      'nmcli-device': recorded('managed-device'),
      'networkmanager-print-config': recorded('default-print'),
      'networkmanager-conf': files({}),
    },
    expect: { status: 'fail', found: expect.stringContaining('cali0123456789a connecting') },
    fixes: ['unmanaged'],
  },
  {
    name: 'running with the file of the fix passes',
    says: {
      'systemd-units': RUNNING,
      'nmcli-device': recorded('fixed-device'),
      'networkmanager-print-config': recorded('fixed-print'),
      'networkmanager-conf': files({ [FIX_PATH]: FIX_CONTENT }),
    },
    expect: { status: 'pass' },
  },
  {
    name: 'the documented file passes',
    says: {
      'systemd-units': RUNNING,
      'networkmanager-conf': files({ [`${ETC}/calico.conf`]: DOCUMENTED }),
    },
    expect: { status: 'pass' },
  },
  {
    name: 'named, but not reloaded, fails',
    says: {
      'systemd-units': RUNNING,
      'nmcli-device': recorded('managed-device'),
      'networkmanager-conf': files({ [`${ETC}/calico.conf`]: DOCUMENTED }),
    },
    expect: { status: 'fail', found: expect.stringContaining('not been taken up') },
    fixes: ['unmanaged'],
  },
  {
    name: 'five of six names fail, and the sixth is named',
    says: {
      'systemd-units': RUNNING,
      'networkmanager-conf': files({
        [`${ETC}/calico.conf`]: DOCUMENTED.replace(';interface-name:wg-v6.cali', ''),
      }),
    },
    expect: { status: 'fail', found: expect.stringMatching(/does not name wg-v6\.cali$/) },
    fixes: ['unmanaged'],
  },
  {
    name: 'some of the workloads are not all of them',
    says: {
      'systemd-units': RUNNING,
      'networkmanager-conf': files({
        [`${ETC}/calico.conf`]: DOCUMENTED.replace('cali*', 'cali[0-9]*;interface-name:cali1*'),
      }),
    },
    expect: { status: 'fail', found: expect.stringContaining('does not name cali*') },
  },
  {
    name: 'a later file that replaces the list drops it, and is mended with consent',
    says: {
      'systemd-units': RUNNING,
      'networkmanager-conf': files({
        [`${ETC}/calico.conf`]: DOCUMENTED,
        [`${ETC}/zzz-site.conf`]:
          '[main]\nunmanaged-devices=x\n[keyfile]\nunmanaged-devices = interface-name:docker0\n',
      }),
    },
    expect: { status: 'fail' },
    fixes: ['later-file'],
  },
  {
    name: 'an exception of the operator cannot be mended by adding',
    says: {
      'systemd-units': RUNNING,
      'networkmanager-conf': files({
        [`${ETC}/a.conf`]: '[keyfile]\nunmanaged-devices=*;except:interface-name:cali*\n',
      }),
    },
    expect: { status: 'fail' },
    fixes: [],
  },
  {
    name: 'files and program that contradict each other are named, the worse counts',
    says: {
      'systemd-units': RUNNING,
      'networkmanager-print-config': recorded('fixed-print'),
      'networkmanager-conf': files({}),
    },
    expect: { status: 'fail', found: expect.stringContaining('contradict') },
  },
  {
    name: 'a file that may not be read leaves it to the program',
    says: {
      'systemd-units': RUNNING,
      'networkmanager-print-config': recorded('fixed-print'),
      'networkmanager-conf': `unreadable ${ETC}/secret.conf\nprocess yes\n`,
    },
    expect: { status: 'pass', found: expect.stringContaining('cannot be read') },
  },
  {
    name: 'a file that may not be read, without the program, is unknown',
    says: {
      'systemd-units': RUNNING,
      'networkmanager-conf': `unreadable ${ETC}/secret.conf\nprocess yes\n`,
    },
    expect: { status: 'unknown', reason: expect.stringContaining('secret.conf') },
  },
  {
    name: 'without systemd a running process counts',
    says: { 'networkmanager-conf': files({}) },
    expect: { status: 'fail' },
  },
  {
    name: 'without systemd and without a process it does not run',
    says: { 'networkmanager-conf': 'process no\n' },
    expect: { status: 'pass' },
  },
  {
    name: 'where processes are hidden nothing is known',
    says: { 'networkmanager-conf': 'process hidden\n' },
    expect: { status: 'unknown' },
  },
  {
    name: 'bpfin.cali is never judged',
    says: {
      'nmcli-device': pasted(
        'DEVICE      TYPE      STATE         CONNECTION \nbpfin.cali  ethernet  disconnected  --         \ntunl0       iptunnel  unmanaged     --         \n',
      ),
    },
    expect: { status: 'pass' },
  },
  {
    name: 'garbage is unknown',
    says: {
      'systemd-units': 'x',
      'systemctl-status-NetworkManager': pasted('x'),
      'nmcli-device': 'x',
      nmcli: 'x',
      'networkmanager-print-config': 'x',
      'networkmanager-conf': 'x',
    },
    expect: { status: 'unknown', reason: expect.stringMatching(/^garbled: /) },
  },
  {
    name: 'no tools are unknown',
    says: {
      'systemd-units': { exit: 127, stderr: 'sh: systemctl: not found' },
      'nmcli-device': { exit: 127, stderr: 'sh: nmcli: not found' },
    },
    expect: { status: 'unknown', reason: expect.stringMatching(/^tool-missing: /) },
  },
  { name: 'nothing asked is unknown', says: {}, expect: { status: 'unknown' } },
]);

test('the fix writes one file with one line, a name an entry, and reloads both ways', () => {
  const [fix] = judged(networkmanager, {
    'systemd-units': RUNNING,
    'networkmanager-conf': files({}),
  }).fixes;
  expect(fix).toMatchObject({
    kind: 'safe',
    units: [],
    needsReboot: false,
    disturbsNetwork: false,
  });
  expect(fix?.files).toEqual([
    {
      path: '/etc/NetworkManager/conf.d/zz-calico-ready.conf',
      mode: '0644',
      expected: null,
      content: FIX_CONTENT,
    },
  ]);
  expect(FIX_CONTENT.split('\n').filter((line) => line !== '' && !line.startsWith('#'))).toEqual([
    '[keyfile]',
    'unmanaged-devices+=interface-name:cali*;interface-name:tunl*;interface-name:vxlan.calico;interface-name:vxlan-v6.calico;interface-name:wireguard.cali;interface-name:wg-v6.cali;interface-name:bpfin.cali;interface-name:bpfout.cali',
  ]);
  expect(fix?.commands).toEqual(fix?.undoCommands);
  expect(fix?.commands.join()).not.toContain('restart');
});

test('the later file keeps every byte but the sign, and what was seen is expected', () => {
  const text = '# mine\r\n[keyfile]\r\n unmanaged-devices = a\r\n[device-x]\nunmanaged-devices=b';
  const [fix] = judged(networkmanager, {
    'systemd-units': RUNNING,
    'networkmanager-conf': files({ [`${ETC}/zzz.conf`]: text, [FIX_PATH]: FIX_CONTENT }),
  }).fixes;
  expect(fix).toMatchObject({ way: 'later-file', kind: 'disruptive', consentWord: 'edit' });
  expect(fix?.files).toEqual([
    {
      path: `${ETC}/zzz.conf`,
      expected: text,
      content: '# mine\r\n[keyfile]\r\n unmanaged-devices+= a\r\n[device-x]\nunmanaged-devices=b',
    },
    { path: FIX_PATH, mode: '0644', expected: FIX_CONTENT, content: FIX_CONTENT },
  ]);
});
