import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import { networkmanager } from '../../../checks/interfaces/networkmanager.js';
import { pasted, testCheck } from '../../helpers/check-tester.js';

const recorded = (name: string): string =>
  readFileSync(new URL(`recorded/${name}.txt`, import.meta.url), 'utf8');

// Composed by hand after `systemctl status` of systemd 252 and 219.
const STATUS_RUNNING = `● NetworkManager.service - Network Manager
     Loaded: loaded (/lib/systemd/system/NetworkManager.service; enabled; preset: enabled)
     Active: active (running) since Sun 2026-11-22 03:18:18 UTC; 2min ago
`;
const STATUS_STOPPED = `● NetworkManager.service - Network Manager
   Loaded: loaded (/usr/lib/systemd/system/NetworkManager.service; disabled; vendor preset: enabled)
   Active: inactive (dead)
`;

// Composed by hand: what NetworkManager 1.42 prints around the list was left out.
const LIST = '[main]\nplugins=keyfile\n\n[keyfile]\nunmanaged-devices=interface-name:cali*';
const REST =
  ',interface-name:tunl*,interface-name:vxlan.calico,interface-name:vxlan-v6.calico,interface-name:wireguard.cali,interface-name:wg-v6.cali';

testCheck(networkmanager, [
  {
    name: 'a pasted configuration that ends within the list does not tell',
    says: { 'networkmanager-print-config': pasted(`${LIST},interface-`) },
    expect: { status: 'unknown', reason: expect.stringMatching(/^truncated: /) },
  },
  {
    name: 'the same list with its line ended fails',
    says: { 'networkmanager-print-config': pasted(`${LIST}\n`) },
    expect: { status: 'fail' },
  },
  {
    name: 'a list with all six names passes without the end of its line',
    says: { 'networkmanager-print-config': pasted(LIST + REST) },
    expect: { status: 'pass' },
  },
  {
    name: 'a pasted stopped unit is a pass',
    says: { 'systemctl-status-NetworkManager': pasted(STATUS_STOPPED) },
    expect: { status: 'pass' },
  },
  {
    name: 'pasted nmcli device with a managed interface fails',
    says: { 'nmcli-device': pasted(recorded('managed-device')) },
    expect: {
      status: 'fail',
      found: expect.stringContaining('vxlan.calico connected (externally)'),
    },
    fixes: ['unmanaged'],
  },
  {
    name: 'the same in Russian fails',
    says: { 'nmcli-device': pasted(recorded('managed-device-ru')) },
    expect: { status: 'fail' },
  },
  {
    name: 'pasted nmcli with a managed interface fails',
    says: { nmcli: pasted(recorded('managed-nmcli')) },
    expect: { status: 'fail' },
  },
  {
    name: 'the same in Japanese fails',
    says: { nmcli: pasted(recorded('managed-nmcli-ja')) },
    expect: { status: 'fail' },
  },
  {
    name: 'pasted nmcli device with unmanaged interfaces passes',
    says: { 'nmcli-device': pasted(recorded('fixed-device')) },
    expect: { status: 'pass' },
  },
  {
    name: 'the same in German passes',
    says: { 'nmcli-device': pasted(recorded('fixed-device-de')) },
    expect: { status: 'pass' },
  },
  {
    name: 'nmcli in Japanese with unmanaged interfaces passes',
    says: { nmcli: pasted(recorded('fixed-nmcli-ja')) },
    expect: { status: 'pass' },
  },
  {
    name: 'a language that nobody knows is unknown',
    says: {
      'nmcli-device': pasted(recorded('fixed-device').replaceAll('unmanaged', 'xyzzygarbl')),
    },
    expect: { status: 'unknown', reason: expect.stringContaining('language') },
  },
  {
    name: 'no configuration and no interface of Calico is unknown',
    says: {
      'nmcli-device': pasted(
        'DEVICE  TYPE      STATE      CONNECTION \nens33   ethernet  connected  ens33      \n',
      ),
      'systemctl-status-NetworkManager': pasted(STATUS_RUNNING),
    },
    expect: { status: 'unknown', toKnow: expect.stringContaining('--print-config') },
  },
  {
    name: 'a pasted --print-config alone decides',
    says: { 'networkmanager-print-config': pasted(recorded('default-print')) },
    expect: { status: 'fail' },
  },
  {
    name: 'two tables of two moments that contradict each other are unknown',
    says: { 'nmcli-device': pasted(`${recorded('managed-device')}\n${recorded('fixed-device')}`) },
    expect: {
      status: 'unknown',
      reason: expect.stringMatching(
        /^garbled: .*vxlan\.calico connected .*vxlan\.calico unmanaged/,
      ),
    },
  },
  {
    name: 'the same the other way round',
    says: { 'nmcli-device': pasted(`${recorded('fixed-device')}\n${recorded('managed-device')}`) },
    expect: { status: 'unknown', toKnow: expect.stringContaining('the newest') },
  },
  {
    name: 'so are nmcli and nmcli device, beside a configuration that names all six too',
    says: {
      'nmcli-device': pasted(recorded('fixed-device')),
      nmcli: pasted(recorded('managed-nmcli')),
      'networkmanager-print-config': pasted(recorded('fixed-print')),
    },
    expect: { status: 'unknown' },
  },
  {
    name: 'a configuration without the names fails all the same',
    says: {
      'nmcli-device': pasted(`${recorded('fixed-device')}\n${recorded('managed-device')}`),
      'networkmanager-print-config': pasted(recorded('default-print')),
    },
    expect: { status: 'fail' },
  },
  {
    name: 'two tables that agree on the interfaces of Calico pass',
    says: {
      'nmcli-device': pasted(
        `${recorded('fixed-device')}\n${recorded('fixed-device').replaceAll('connecting (getting IP configuration)', 'connected')}`,
      ),
    },
    expect: { status: 'pass' },
  },
  {
    name: 'not running, and a table behind it, is neither (composed by hand)',
    says: {
      'nmcli-device': pasted(
        `Error: NetworkManager is not running.\n${recorded('managed-device')}`,
      ),
    },
    expect: { status: 'unknown', reason: expect.stringMatching(/^garbled: /) },
  },
  {
    name: 'nor is it behind a plain nmcli',
    says: {
      nmcli: pasted(`${recorded('managed-nmcli')}\nError: NetworkManager is not running.\n`),
    },
    expect: { status: 'unknown' },
  },
  {
    name: 'not running alone is a pass',
    says: { 'nmcli-device': pasted('Error: NetworkManager is not running.\n') },
    expect: { status: 'pass' },
  },
]);
