import { defineCheck, fail, pass, unknown, warn } from '../../src/domain/check.js';
import { reason } from '../../src/domain/reason.js';
import type { UnitStates } from '../probes/support/systemctl.js';
import { systemdUnits } from '../probes/systemd-units.js';

const UNITS = ['nm-cloud-setup.service', 'nm-cloud-setup.timer'];

const live = (units: UnitStates): readonly string[] =>
  UNITS.filter((name) => {
    const unit = units.get(name);
    return unit?.running === true || unit?.enabled === true;
  });

export const nmCloudSetup = defineCheck({
  id: 'interfaces/nm-cloud-setup',
  title: 'nm-cloud-setup is off',
  why: 'nm-cloud-setup writes routing rules and tables of its own for each address of the cloud. They send packets of the node past the routes to pods, and pods and node no longer reach each other.',
  sources: [
    {
      page: 'RKE2 known issues: NetworkManager on RHEL 8.4 and newer',
      url: 'https://docs.rke2.io/known_issues',
      date: '2026-08-21',
      says: 'Disable nm-cloud-setup.service and nm-cloud-setup.timer, and before NetworkManager 1.30.0-11.el8_4 restart the node.',
    },
    {
      page: 'calico issues 4662 and 4659',
      url: 'https://github.com/projectcalico/calico/issues/4662',
      date: '2026-08-23',
      says: 'With nm-cloud-setup the node and its pods do not reach each other.',
    },
  ],
  severity: 'required',
  waivable: true,
  rule: () =>
    'Fails when its service or timer runs or is enabled while NetworkManager runs; warns when NetworkManager does not run; passes when it is off or not installed.',
  needs: { units: systemdUnits },
  breaks: ['traffic between this node and its pods'],
  judge: ({ units }) => {
    const found = live(units);
    if (found.length === 0) {
      const unasked = UNITS.filter((name) => !units.has(name));
      return unasked.length === 0
        ? pass('nm-cloud-setup is off or not installed')
        : unknown(reason('not-run', `systemd was not asked about ${unasked.join(' and ')}`));
    }
    const text = found.map((name) => `${name}: ${units.get(name)?.words ?? ''}`).join('; ');
    const expected = 'nm-cloud-setup.service and nm-cloud-setup.timer disabled and stopped';
    return units.get('NetworkManager.service')?.running === true
      ? fail(text, expected)
      : warn(`${text}; NetworkManager does not run`, expected);
  },
  fixes: ({ units }) => [
    {
      way: 'disable',
      summary: 'Stop nm-cloud-setup and keep it from starting.',
      kind: 'safe',
      loses: [],
      files: [],
      units: UNITS.filter((name) => units.get(name)?.installed === true).map((unit) => ({
        unit,
        active: false,
        enabled: false,
      })),
      commands: [],
      undoCommands: [],
      disturbsNetwork: false,
      needsReboot: true,
      byHandOnly: true,
      byHand:
        'Run systemctl disable --now nm-cloud-setup.service nm-cloud-setup.timer, and restart the node so that its rules go.',
    },
  ],
  example: {
    units: new Map(
      ['NetworkManager.service', ...UNITS].map((unit) => [
        unit,
        { installed: true, running: true, enabled: true, words: 'active, enabled' },
      ]),
    ),
  },
});
