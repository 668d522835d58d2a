import { defineCheck, pass, unknown, warn, type Verdict } from '../../src/domain/check.js';
import type { Fix } from '../../src/domain/fix.js';
import type { Intent } from '../../src/domain/intent.js';
import { reason } from '../../src/domain/reason.js';
import { networkdFiles, type NetworkdFiles } from '../probes/networkd-files.js';
import type { UnitStates } from '../probes/support/systemctl.js';
import { systemdUnits } from '../probes/systemd-units.js';
import { filesOf, firstTaking, lastValue, linesOfFile, SHAPES } from './networkd-match.js';

type Facts = { readonly units: UnitStates; readonly files: NetworkdFiles };

const isNo = (value: string | undefined): boolean => /^(?:no|false|0|off)$/i.test(value ?? '');
const isYes = (value: string | undefined): boolean => /^(?:yes|true|1|on)$/i.test(value ?? '');

/** Calico's interfaces that a file takes and does not leave alone. */
function taken(files: NetworkdFiles): readonly string[] {
  return SHAPES.flatMap((shape) => {
    const file = firstTaking(files, '.network', shape);
    if (file === null || isYes(lastValue(file.lines, 'Unmanaged'))) return [];
    return [`${file.path} takes ${shape.name.startsWith('cali') ? 'cali*' : shape.name}`];
  });
}

/** Keys of networkd.conf whose defaults remove what Calico writes (systemd 246 and 249). */
function foreign({ files, version }: NetworkdFiles, intent: Intent): readonly string[] {
  const known = version ?? 249;
  const main = files.filter(({ path }) => path.endsWith('/networkd.conf')).slice(0, 1);
  const dropIns = filesOf(
    { version, files: files.filter(({ path }) => path.includes('/networkd.conf.d/')) },
    '.conf',
  );
  const lines = [...main, ...dropIns].flatMap(({ text }) => linesOfFile(text ?? ''));
  const wanted = [
    ...(intent.bgp && known >= 246 ? ['ManageForeignRoutes'] : []),
    ...(intent.wireguard !== 'none' && known >= 249 ? ['ManageForeignRoutingPolicyRules'] : []),
  ];
  return wanted.filter((key) => !isNo(lastValue(lines, key)));
}

const EXPECTED =
  'a .network file with Unmanaged=yes for the interfaces of Calico, and its routes and rules left alone in networkd.conf';

function judge({ units, files }: Facts, intent: Intent): Verdict {
  const unit = units.get('systemd-networkd.service');
  if (unit === undefined)
    return unknown(reason('not-run', 'systemd was not asked about systemd-networkd.service'));
  if (unit.running !== true && unit.enabled !== true)
    return pass(`systemd-networkd is not used: ${unit.words}`);
  const found = [
    ...taken(files),
    ...foreign(files, intent).map((key) => `${key} is not switched off`),
  ];
  return found.length === 0
    ? pass('systemd-networkd leaves interfaces, routes and rules of Calico alone')
    : warn(found.join('; '), EXPECTED);
}

const NETWORK = '/etc/systemd/network/00-calico.network';
const CONF = '/etc/systemd/networkd.conf.d/zz-calico.conf';
const NAMES = 'cali* tunl* vxlan.calico vxlan-v6.calico wireguard.cali wg-v6.cali';
const NETWORK_TEXT = `# systemd-networkd leaves the interfaces of Calico alone.
[Match]
Name=${NAMES}

[Link]
Unmanaged=yes
`;
const CONF_TEXT = `# systemd-networkd leaves the routes and rules of Calico alone.
[Network]
ManageForeignRoutes=no
ManageForeignRoutingPolicyRules=no
`;

function fixes({ files }: Facts): readonly Fix[] {
  // Of a file that is there only the lines that matter were read; it is the operator's to change.
  const there = (path: string): boolean => files.files.some((file) => file.path === path);
  const wanted = [
    { path: NETWORK, content: NETWORK_TEXT },
    { path: CONF, content: CONF_TEXT },
  ].filter(({ path }) => !there(path));
  const reload = '/usr/bin/networkctl reload';
  return [
    {
      way: 'unmanaged',
      summary: `Write ${NETWORK} and ${CONF}, so that systemd-networkd leaves Calico alone.`,
      kind: 'safe',
      loses: [],
      files: wanted.map((file) => ({ ...file, mode: '0644', expected: null })),
      units: [],
      commands: [reload],
      undoCommands: [reload],
      disturbsNetwork: false,
      needsReboot: false,
      byHandOnly: true,
      byHand: `Write ${NETWORK} ([Match] Name=${NAMES} and [Link] Unmanaged=yes) and ${CONF} ([Network] ManageForeignRoutes=no and ManageForeignRoutingPolicyRules=no), then run networkctl reload; networkd.conf counts from the next start of systemd-networkd.`,
    },
  ];
}

export const systemdNetworkd = defineCheck({
  id: 'interfaces/systemd-networkd',
  title: 'systemd-networkd leaves interfaces, routes and rules of Calico alone',
  why: 'A .network file with a wide [Match] takes the interfaces of pods too. And when it starts, systemd-networkd removes routes and rules that it did not write: those of BGP and WireGuard are gone until Calico looks again.',
  sources: [
    {
      page: 'systemd-networkd takes cali*: calico issue 2471',
      url: 'https://github.com/projectcalico/calico/issues/2471',
      date: '2026-08-23',
      says: 'A .network file that matches cali* broke the network of pods; Unmanaged=yes mends it.',
    },
    {
      page: 'networkd.conf(5)',
      url: 'https://www.freedesktop.org/software/systemd/man/latest/networkd.conf.html',
      date: '2026-08-23',
      says: 'ManageForeignRoutes (246) and ManageForeignRoutingPolicyRules (249) are yes by default: what is not configured in .network files is removed.',
    },
  ],
  severity: 'recommended',
  waivable: true,
  rule: ({ bgp, wireguard }) =>
    `Where systemd-networkd runs or is enabled: warns when the first .network file that matches an interface of Calico lacks Unmanaged=yes${bgp ? ', when ManageForeignRoutes is not no (BGP writes routes)' : ''}${wireguard === 'none' ? '' : ', when ManageForeignRoutingPolicyRules is not no (WireGuard needs a rule)'}.`,
  needs: { units: systemdUnits, files: networkdFiles },
  breaks: ['routes to pods whenever systemd-networkd starts', 'WireGuard between nodes'],
  judge: (facts, { intent }) => judge(facts, intent),
  fixes,
  example: {
    units: new Map([
      [
        'systemd-networkd.service',
        { installed: true, running: true, enabled: true, words: 'active (running), enabled' },
      ],
    ]),
    files: {
      version: 252,
      files: [{ path: '/etc/systemd/network/20-wired.network', text: '[Match]\nType=ether' }],
    },
  },
});
