import { ACTIVE_UNITS, UNIT_FILES, unitStates, type ReadSos } from './sos-units.js';

export type { ReadSos } from './sos-units.js';

/**
 * Where a sos report keeps what our probes ask, by probe id. The names are those of sos: it makes a command's file name
 * by replacing what is no word character with `_`, and copies files under their own path
 * (https://github.com/sosreport/sos, sos/report/plugins; 4.0 to 4.8). A `*` stands for one part of a path.
 * Several names are alternatives, the first that is there counts.
 */
export type SosSource = {
  readonly probe: string;
  readonly files: readonly string[];
  /** The probe's own form of that text; null when the text does not hold what the probe asks. */
  readonly shape?: (text: string, read: ReadSos) => string | null;
};

const command = (plugin: string, ...names: readonly string[]): readonly string[] =>
  names.map((name) => `sos_commands/${plugin}/${name}`);

const SHOWN_UNITS = command('systemd', 'systemctl_show_service_--all');

// Lines of other tables name theirs.
const mainRoutes = (text: string): string =>
  text
    .split('\n')
    .filter((line) => !/ table \S/.test(line))
    .join('\n');

const PERMANENT = command('firewalld', 'firewall-cmd_--permanent_--list-all-zones');

/** As the probe prints it: the zones now, then those after a reboot, then firewalld's own file. */
function firewalldZones(runtime: string, read: ReadSos): string | null {
  const permanent = read(PERMANENT);
  const conf = read(['etc/firewalld/firewalld.conf']);
  if (/not running/i.test(runtime.slice(0, 200)) || permanent === null || conf === null)
    return runtime;
  return `${runtime.trimEnd()}\n--- permanent\n${permanent.trimEnd()}\n--- firewalld.conf\n${conf}`;
}

const LISTS = ['names', 'matches', 'targets'] as const;
// /proc/net is a link to self/net, and an archive is read without following links.
const listFiles = (list: string): readonly string[] =>
  ['proc/net', 'proc/self/net'].map((folder) => `${folder}/ip_tables_${list}`);

/** As `grep -H .` prints the three lists of iptables. */
function iptablesLists(_text: string, read: ReadSos): string | null {
  const lines = LISTS.flatMap((list) => {
    const names = read(listFiles(list)) ?? '';
    return names
      .split('\n')
      .filter((name) => name !== '')
      .map((name) => `/proc/net/ip_tables_${list}:${name}`);
  });
  return lines.length === 0 ? null : `${lines.join('\n')}\n`;
}

const TRACKING = command('chrony', 'chronyc_tracking', 'chronyc_-n_tracking');

/** As the probe prints it: what timedatectl says, and chrony's line on leap seconds. */
function timeSync(text: string, read: ReadSos): string {
  const leap = /^Leap status.*$/m.exec(read(TRACKING) ?? '')?.[0];
  return leap === undefined || text.includes(leap) ? text : `${text.trimEnd()}\n${leap}\n`;
}

// sos copies what a link leads to, and nothing else copies these; a packed report is read without following links.
const RESOLV = [
  'etc/resolv.conf',
  'run/systemd/resolve/stub-resolv.conf',
  'run/systemd/resolve/resolv.conf',
  'run/NetworkManager/resolv.conf',
];

/**
 * As the probe prints it. sos leaves out the configuration of the kubelet, which may name another list: where there is a
 * kubelet, a loopback address in this one says nothing of what pods get.
 */
function resolvers(text: string, read: ReadSos): string | null {
  const lines = text
    .split('\n')
    .map((line) => /^\s*(nameserver|search|domain)\s+(\S.*)$/.exec(line));
  const said = lines.flatMap((match) =>
    match === null ? [] : [`${match[1] ?? ''} ${match[2] ?? ''}`],
  );
  const loops = said.some((line) => /^nameserver (?:127\.|::1$)/.test(line.trimEnd()));
  const kubelet = /^Id=kubelet\.service$/m.test(read(SHOWN_UNITS) ?? '');
  return loops && kubelet ? null : ['file /etc/resolv.conf', ...said, 'end', ''].join('\n');
}

const nonEmpty = (text: string): string | null => (text.trim() === '' ? null : text);

/** A file that is there in one folder for each kernel: `*` is the release that runs. */
export const RELEASE_FILES: Readonly<Record<string, readonly string[]>> = {
  'boot-config': ['boot/config-*', 'usr/lib/modules/*/config', 'lib/modules/*/config'],
  'modules-dep': ['lib/modules/*/modules.dep', 'usr/lib/modules/*/modules.dep'],
  'modules-builtin': ['lib/modules/*/modules.builtin', 'usr/lib/modules/*/modules.builtin'],
};

export const SOS_SOURCES: readonly SosSource[] = [
  { probe: 'uname-a', files: command('kernel', 'uname_-a') },
  { probe: 'lsmod', files: command('kernel', 'lsmod') },
  { probe: 'proc-modules', files: ['proc/modules'], shape: nonEmpty },
  { probe: 'sysctl-a', files: command('kernel', 'sysctl_-a'), shape: nonEmpty },
  { probe: 'os-release', files: ['etc/os-release', 'usr/lib/os-release'] },
  { probe: 'hostname', files: command('host', 'hostname') },
  { probe: 'hostnamectl', files: command('host', 'hostnamectl_status', 'hostnamectl') },
  { probe: 'proc-1-status', files: ['proc/1/status'] },
  { probe: 'cpuinfo', files: ['proc/cpuinfo'] },
  { probe: 'mounts', files: ['proc/1/mountinfo', 'proc/self/mountinfo'] },
  {
    probe: 'ip-addr',
    files: command('networking', 'ip_-d_address', 'ip_address', 'ip_-o_addr'),
  },
  {
    probe: 'ip-route',
    files: command('networking', 'ip_route_show_table_all'),
    shape: mainRoutes,
  },
  { probe: 'nmcli-device', files: command('networkmanager', 'nmcli_dev', 'nmcli_device') },
  {
    probe: 'networkmanager-print-config',
    files: command('networkmanager', 'NetworkManager_--print-config'),
  },
  { probe: 'firewall-cmd-state', files: command('firewalld', 'firewall-cmd_--state') },
  {
    probe: 'firewall-cmd-list-all',
    files: command('firewalld', 'firewall-cmd_--list-all-zones'),
    shape: firewalldZones,
  },
  {
    probe: 'iptables-save',
    files: [
      ...command('firewall_tables', 'iptables-save'),
      ...command('networking', 'iptables-save'),
    ],
  },
  {
    probe: 'nft-list-ruleset',
    files: ['firewall_tables', 'firewalld', 'networking'].flatMap((plugin) =>
      command(plugin, 'nft_list_ruleset'),
    ),
  },
  {
    probe: 'systemd-units',
    files: SHOWN_UNITS,
    shape: unitStates,
  },
  {
    probe: 'time-sync',
    files: [...command('systemd', 'timedatectl'), ...TRACKING],
    shape: timeSync,
  },
  { probe: 'resolv-conf', files: RESOLV, shape: resolvers },
  { probe: 'proc-net-tables', files: listFiles('matches'), shape: iptablesLists },
];

export const MANIFEST = 'sos_reports/manifest.json';

/** Every path that is read, with `*` for one part. */
export const SOS_PATHS: readonly string[] = [
  ...SOS_SOURCES.flatMap(({ files }) => files),
  ...Object.values(RELEASE_FILES).flat(),
  ...PERMANENT,
  'etc/firewalld/firewalld.conf',
  ...LISTS.flatMap(listFiles),
  ...TRACKING,
  ...UNIT_FILES,
  ...ACTIVE_UNITS,
  MANIFEST,
];
