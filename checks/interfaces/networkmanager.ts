import {
  defineCheck,
  fail,
  pass,
  unknown,
  warn,
  type Source,
  type Verdict,
} from '../../src/domain/check.js';
import type { Fix } from '../../src/domain/fix.js';
import { reason } from '../../src/domain/reason.js';
import { someOf } from '../../src/domain/some-of.js';
import { networkmanagerConf, type NmConfFile } from '../probes/networkmanager-conf.js';
import { networkmanagerPrintConfig } from '../probes/networkmanager-print-config.js';
import { nmcliDevice } from '../probes/nmcli-device.js';
import { nmcli } from '../probes/nmcli.js';
import type { NmDevice } from '../probes/support/nm-devices.js';
import { firstUnit, type UnitStates } from '../probes/support/systemctl.js';
import { systemdUnits } from '../probes/systemd-units.js';
import { systemctlStatusNetworkManager } from '../probes/systemctl-status-networkmanager.js';
import {
  calicoDevices,
  configOfFiles,
  isRunning,
  missingNames,
  tornDevices,
  viewConfig,
  type ConfigView,
  type NmFacts,
} from './networkmanager-evidence.js';
import { laterFileFix, laterFiles, unmanagedFix } from './networkmanager-fix.js';

const SOURCES: readonly [Source, ...Source[]] = [
  {
    page: 'B5',
    url: 'https://docs.tigera.io/calico/3.29/getting-started/kubernetes/requirements#node-requirements',
    date: '2024-10-29',
    says: 'Where NetworkManager runs, it must be told not to manage the interfaces of Calico before Calico is installed.',
  },
  {
    page: 'Troubleshooting: configure NetworkManager',
    url: 'https://docs.tigera.io/calico/latest/operations/troubleshoot/troubleshooting#configure-networkmanager',
    date: '2026-08-21',
    says: 'NetworkManager changes the routing table for interfaces in the default network namespace; [keyfile] unmanaged-devices names cali*, tunl*, vxlan.calico, vxlan-v6.calico, wireguard.cali and wg-v6.cali.',
  },
  {
    page: 'NetworkManager.conf(5)',
    url: 'https://networkmanager.dev/docs/api/latest/NetworkManager.conf.html',
    date: '2023-03-30',
    says: 'How files, sections, += and -=, and device specs make the list of unmanaged devices.',
  },
];

const EXPECTED =
  'NetworkManager leaves cali*, tunl*, vxlan.calico, vxlan-v6.calico, wireguard.cali and wg-v6.cali unmanaged';

const listed = (devices: readonly NmDevice[]): string =>
  someOf(devices.map(({ name, state }) => `${name} ${state}`));

const withNote = (text: string, { note }: ConfigView): string =>
  note === undefined ? text : `${text} (${note})`;

function judgeStopped(facts: NmFacts, view: ConfigView): Verdict {
  const unit = firstUnit(facts.unit, facts.status);
  if (unit?.installed === false) return pass('NetworkManager is not installed');
  const found = `NetworkManager does not run${unit === undefined ? '' : `: ${unit.words}`}`;
  if (unit?.enabled !== true) return pass(found);
  const ready = view.missing?.length === 0;
  return warn(
    `${found}; it starts at the next boot${ready ? ', configured to leave the interfaces of Calico alone' : ''}`,
    'NetworkManager is disabled, or masked, when it is not used',
  );
}

/** The configuration decides; what NetworkManager does with existing interfaces can only contradict it. */
function judgeConfig(
  view: ConfigView,
  missing: readonly string[],
  taken: readonly NmDevice[],
): Verdict {
  const actual = taken.length === 0 ? '' : `; nmcli shows ${listed(taken)}`;
  const text = (words: string): string =>
    withNote(`the configuration of NetworkManager ${words}${actual}`, view);
  if (missing.length > 0) return fail(text(`does not name ${missing.join(', ')}`), EXPECTED);
  if (taken.length === 0) return pass(text('leaves all six names alone'));
  const found = text('leaves all six names alone, but it has not been taken up');
  return fail(found, `${EXPECTED}; its configuration is reloaded`);
}

/** Without a configuration only interfaces that exist can tell. */
function judgeDevices(devices: readonly NmDevice[], view: ConfigView): Verdict {
  const toKnow = 'Run NetworkManager --print-config on the node.';
  const taken = devices.filter(({ managed }) => managed === true);
  if (taken.length > 0) return fail(`NetworkManager manages ${listed(taken)}`, EXPECTED);
  const foreign = devices.filter(({ managed }) => managed === null);
  if (foreign.length > 0) {
    return unknown(
      reason('garbled', `nmcli speaks a language that is not known: ${listed(foreign)}`),
      toKnow,
    );
  }
  if (devices.length > 0) {
    return pass(`nmcli lists ${listed(devices)}; the configuration was not read`);
  }
  const why = view.note ?? 'neither the configuration nor an interface of Calico was seen';
  return unknown(reason(view.cut === true ? 'truncated' : 'not-run', why), toKnow);
}

/** Two tables that contradict each other: nobody can tell which of them is the newer one. */
const judgeTorn = (torn: readonly NmDevice[]): Verdict =>
  unknown(
    reason('garbled', `nmcli is said to show both: ${listed(torn)}`),
    'Give the output of one nmcli device, the newest.',
  );

function judge(facts: NmFacts): Verdict {
  const view = viewConfig(facts);
  const running = isRunning(facts);
  if (running === false) return judgeStopped(facts, view);
  const devices = calicoDevices(facts);
  const torn = tornDevices(devices);
  // What the configuration lacks fails whatever nmcli shows.
  if (torn.length > 0 && (view.missing === null || view.missing.length === 0))
    return judgeTorn(torn);
  if (view.missing === null) return judgeDevices(devices, view);
  // Files alone do not show that there is a NetworkManager at all.
  if (running === null && facts.printed === undefined && view.missing.length > 0) {
    return unknown(
      reason('not-run', 'it is not known whether NetworkManager runs'),
      'Run nmcli device on the node.',
    );
  }
  const taken = devices.filter(({ managed }) => managed === true);
  return judgeConfig(view, view.missing, taken);
}

function fixes(facts: NmFacts): readonly Fix[] {
  const files = facts.conf?.files ?? [];
  // A stopped NetworkManager is the operator's to disable or to use; no file of ours changes that warning.
  if (isRunning(facts) === false) return [];
  const later = laterFiles(files);
  const candidates = [
    unmanagedFix(files),
    ...(later.length === 0 ? [] : [laterFileFix(later, files)]),
  ];
  return candidates.filter((fix) => closes(fix, files)).slice(0, 1);
}

/** Whether the configuration names all six once the files are written; taken on trust where files were not seen. */
function closes(fix: Fix, files: readonly NmConfFile[]): boolean {
  const changed = new Map(fix.files.map(({ path, content }) => [path, content]));
  const after = [
    ...files.filter(({ path }) => !changed.has(path)),
    ...[...changed].map(([path, text]) => ({ path, text })),
  ];
  const config = configOfFiles(after);
  return 'undecided' in config || missingNames(config).length === 0;
}

type Said = Omit<NmFacts, 'unit'> & { readonly units?: UnitStates };

const withUnit = ({ units, ...rest }: Said): NmFacts => {
  const unit = units?.get('NetworkManager.service');
  return unit === undefined ? rest : { ...rest, unit };
};

export const networkmanager = defineCheck({
  id: 'interfaces/networkmanager',
  title: 'NetworkManager leaves the interfaces of Calico alone',
  why: 'NetworkManager changes the routes of the interfaces it manages. Taking one of Calico, it removes the routes to pods or brings the interface down, and traffic stops.',
  sources: SOURCES,
  severity: 'required',
  waivable: true,
  rule: () =>
    'Passes when NetworkManager is neither running nor enabled, or when its configuration leaves all six documented names unmanaged and no existing interface contradicts. Fails when a name is missing or an interface of Calico is managed; warns when it is stopped but enabled.',
  needs: {},
  witnesses: {
    units: systemdUnits,
    status: systemctlStatusNetworkManager,
    devices: nmcliDevice,
    overview: nmcli,
    printed: networkmanagerPrintConfig,
    conf: networkmanagerConf,
  },
  breaks: ['routes to the pods of this node', 'IP-in-IP, VXLAN and WireGuard between nodes'],
  judge: (facts) => judge(withUnit(facts)),
  fixes: (facts) => fixes(withUnit(facts)),
});
