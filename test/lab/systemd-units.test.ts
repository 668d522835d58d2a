import { beforeAll, expect, test } from 'vitest';
import { systemdUnits } from '../../checks/probes/systemd-units.js';
import { parseShow, SHOWN, type UnitStates } from '../../checks/probes/support/systemctl.js';
import { UNITS } from '../../checks/requirements/units.js';
import { describeLab } from './lab-helper.js';

const VENDOR = '/usr/lib/systemd/system';
const unitFile = (path: string, exec: string, install = ''): string =>
  `printf '[Service]\\nType=oneshot\\nRemainAfterExit=yes\\nExecStart=${exec}\\n${install}' >${path}`;
const WANTED = '[Install]\\nWantedBy=multi-user.target\\n';

/** Shell text of root that brings units into a state, and a part of what systemd then says of one of them. */
const STATES: readonly (readonly [what: string, script: string, unit: string, says: string])[] = [
  ['as Debian brings them', ':', 'nftables.service', 'inactive (dead), disabled'],
  ['enabled', 'systemctl enable nftables', 'nftables.service', 'inactive (dead), enabled'],
  [
    'enabled until the next boot',
    'systemctl disable nftables; systemctl enable --runtime nftables',
    'nftables.service',
    'inactive (dead), enabled-runtime',
  ],
  [
    'masked',
    'systemctl disable --runtime nftables; systemctl mask nftables',
    'nftables.service',
    'inactive (dead), masked',
  ],
  [
    'started and not enabled',
    'systemctl unmask nftables; systemctl start nftables',
    'nftables.service',
    'active (exited), disabled',
  ],
  [
    'with settings of its own',
    `systemctl stop nftables; mkdir -p /etc/systemd/system/nftables.service.d; printf '[Install]\\nWantedBy=basic.target\\n' >/etc/systemd/system/nftables.service.d/x.conf; systemctl daemon-reload`,
    'nftables.service',
    'inactive (dead)',
  ],
  [
    'with another name in /etc',
    `rm -r /etc/systemd/system/nftables.service.d; ln -s ${VENDOR}/nftables.service /etc/systemd/system/own-name.service; systemctl daemon-reload`,
    'nftables.service',
    'inactive (dead), indirect',
  ],
  [
    'with another name of its package',
    `rm /etc/systemd/system/own-name.service; ln -s nftables.service ${VENDOR}/iptables.service; systemctl daemon-reload`,
    'iptables.service',
    'inactive (dead)',
  ],
  [
    'static and stopped',
    `${unitFile(`${VENDOR}/frr.service`, '/bin/true')}; systemctl daemon-reload`,
    'frr.service',
    'inactive (dead), static',
  ],
  ['static and started', 'systemctl start frr', 'frr.service', 'active (exited), static'],
  [
    'enabled by its package alone',
    `${unitFile(`${VENDOR}/bird.service`, '/bin/true', WANTED)}; mkdir -p ${VENDOR}/multi-user.target.wants; ln -s ../bird.service ${VENDOR}/multi-user.target.wants/; systemctl daemon-reload; systemctl start multi-user.target bird`,
    'bird.service',
    'active (exited)',
  ],
  [
    'only together with another unit',
    `${unitFile(`${VENDOR}/gobgpd.service`, '/bin/true', '[Install]\\nAlso=bird.service\\n')}; systemctl daemon-reload`,
    'gobgpd.service',
    'inactive (dead), indirect',
  ],
  [
    'masked by its package',
    `ln -s /dev/null ${VENDOR}/ufw.service; systemctl daemon-reload`,
    'ufw.service',
    'inactive (dead), masked',
  ],
  [
    'failed',
    `${unitFile(`${VENDOR}/ipset.service`, '/bin/false', WANTED)}; systemctl daemon-reload; systemctl start ipset || :`,
    'ipset.service',
    'failed (failed), disabled',
  ],
  [
    'an init script',
    `printf '#!/bin/sh\\n### BEGIN INIT INFO\\n# Provides: apf\\n# Required-Start:\\n# Required-Stop:\\n# Default-Start: 3 5\\n# Default-Stop:\\n### END INIT INFO\\nexit 0\\n' >/etc/init.d/apf; chmod +x /etc/init.d/apf; systemctl daemon-reload`,
    'apf.service',
    'inactive (dead), generated',
  ],
  [
    'removed while it runs',
    `${unitFile(`${VENDOR}/csf.service`, '/bin/true')}; sed -i -e s/oneshot/simple/ -e 's%/bin/true%/bin/sleep 900%' ${VENDOR}/csf.service; systemctl daemon-reload; systemctl start csf; rm ${VENDOR}/csf.service; systemctl daemon-reload`,
    'csf.service',
    'active (running)',
  ],
];

const told = (states: UnitStates): readonly string[] =>
  UNITS.map((unit) => `${unit}: ${states.get(unit)?.words ?? 'nothing is said'}`);

describeLab('units that systemd was not asked for one by one', { nodes: 1 }, (lab) => {
  let node = '';
  beforeAll(() => {
    node = lab().nodes[0]?.name ?? '';
  });

  test.each(STATES)('%s', async (_what, script, unit, says) => {
    await lab().ssh(node, script, { user: 'root' });
    const probe = await lab().ssh(node, 'LC_ALL=C sh -s', { input: systemdUnits.script ?? '' });
    const peer = await lab().ssh(node, `LC_ALL=C systemctl show -p ${SHOWN} ${UNITS.join(' ')}`);
    const states = parseShow(peer.stdout, 0);
    expect(states.get(unit)?.words).toContain(says);
    expect(told(parseShow(probe.stdout, 0))).toEqual(told(states));
  });
});
