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

testCheck(networkmanager, [
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
]);
