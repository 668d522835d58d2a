import type { NmConf, NmConfFile } from '../probes/networkmanager-conf.js';
import type { NmDevice, NmDevices } from '../probes/support/nm-devices.js';
import type { UnitState } from '../probes/support/systemctl.js';
import { CALICO_NAMES, isCalicoName } from './calico-interfaces.js';
import {
  leavesAlone,
  mergeFiles,
  readPrinted,
  type ConfFile,
  type NmConfig,
  type Undecided,
} from './networkmanager-config.js';

/** What the witnesses said, as far as they answered. */
export type NmFacts = {
  readonly unit?: UnitState;
  readonly status?: UnitState;
  readonly devices?: NmDevices;
  readonly overview?: NmDevices;
  readonly printed?: { readonly text: string };
  readonly conf?: NmConf;
};

/** Whether NetworkManager runs: yes when any witness saw it, no when one denies it, else null. */
export function isRunning({ unit, status, devices, overview, conf }: NmFacts): boolean | null {
  const said = [unit, status, devices, overview].map((witness) => witness?.running);
  if (said.includes(true)) return true;
  if (said.includes(false)) return false;
  // A process counts only without systemd: a host also sees the processes of its containers.
  return unit === undefined && status === undefined ? (conf?.process ?? null) : null;
}

const BASE = [
  '/etc/NetworkManager/nm-system-settings.conf',
  '/etc/NetworkManager/NetworkManager.conf',
];
const FOLDERS = [
  '/usr/lib/NetworkManager/conf.d',
  '/run/NetworkManager/conf.d',
  '/etc/NetworkManager/conf.d',
] as const;

const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
const byBytes = (a: NmConfFile, b: NmConfFile): number => (a.path < b.path ? -1 : 1);

/** The files that count, in the order in which NetworkManager reads them: a name in a later folder shadows. */
export function readingOrder(files: readonly NmConfFile[]): readonly NmConfFile[] {
  const inFolder = (folder: string): readonly NmConfFile[] =>
    files.filter(({ path }) => path === `${folder}/${nameOf(path)}`).toSorted(byBytes);
  const [lib, run, etc] = [inFolder(FOLDERS[0]), inFolder(FOLDERS[1]), inFolder(FOLDERS[2])];
  const shown = (own: readonly NmConfFile[], ...above: readonly (readonly NmConfFile[])[]) =>
    own.filter(({ path }) => !above.flat().some((other) => nameOf(other.path) === nameOf(path)));
  // The old main file, where there is one, is read instead of the new one.
  const main = BASE.flatMap((path) => files.filter((file) => file.path === path)).slice(0, 1);
  return [...shown(lib, run, etc), ...shown(run, etc), ...main, ...etc];
}

/** What the files on disk make together. */
export function configOfFiles(files: readonly NmConfFile[]): NmConfig | Undecided {
  const ordered = readingOrder(files);
  const hidden = files.find(({ text }) => text === null);
  if (hidden !== undefined) return { undecided: `${hidden.path} cannot be read` };
  return mergeFiles(
    ordered.map(({ path, text }): ConfFile => ({ path, text: text ?? '' })),
    (path) => BASE.includes(path),
  );
}

/** The patterns that a configuration does not cover. */
export function missingNames(config: NmConfig): readonly string[] {
  const isAlone = leavesAlone(config);
  return CALICO_NAMES.filter(({ devices }) => !devices.every(isAlone)).map(
    ({ pattern }) => pattern,
  );
}

export type ConfigView = {
  /** Patterns left to NetworkManager; null when no configuration is known. */
  readonly missing: readonly string[] | null;
  /** Set when the files and `--print-config` do not agree, or the files could not be judged. */
  readonly note?: string;
  /** Set when the text of `--print-config` was cut. */
  readonly cut?: true;
};

/** NetworkManager prints [logging] with its defaults behind [keyfile] and ends every line (nm_config_data_log). */
const isCut = (text: string): boolean => !text.endsWith('\n') && !/^\[logging\]/m.test(text);
const NOTE_CUT = 'the text of NetworkManager --print-config was cut';

function viewPrinted(missing: readonly string[] | null, text: string): ConfigView {
  return missing !== null && missing.length > 0 && isCut(text)
    ? { missing: null, note: NOTE_CUT, cut: true }
    : { missing };
}

/** The files and `--print-config` together: where they differ, what either leaves out is missing, and it is said. */
export function viewConfig({ conf, printed }: NmFacts): ConfigView {
  const fromFiles = conf === undefined ? null : configOfFiles(conf.files);
  const fromProgram = printed === undefined ? null : readPrinted(printed.text);
  const program = fromProgram === null ? null : missingNames(fromProgram);
  if (fromFiles === null) return viewPrinted(program, printed?.text ?? '');
  if ('undecided' in fromFiles) return { missing: program, note: fromFiles.undecided };
  const files = missingNames(fromFiles);
  if (program === null || program.join() === files.join()) return { missing: files };
  const both = new Set([...program, ...files]);
  return {
    missing: CALICO_NAMES.map(({ pattern }) => pattern).filter((pattern) => both.has(pattern)),
    note: 'the files and NetworkManager --print-config contradict each other',
  };
}

/** Interfaces of Calico that exist on the node, as NetworkManager lists them; each state of a name once. */
export function calicoDevices({ devices, overview }: NmFacts): readonly NmDevice[] {
  const all = [devices, overview].flatMap((said) => said?.devices ?? []);
  const seen = new Map(all.map((device) => [`${device.name} ${device.state}`, device]));
  return [...seen.values()].filter(({ name }) => isCalicoName(name));
}

/** Of these devices those that are managed by one row and unmanaged by another: texts of two moments, or of two nodes. */
export function tornDevices(devices: readonly NmDevice[]): readonly NmDevice[] {
  const names = (managed: boolean): ReadonlySet<string> =>
    new Set(devices.filter((device) => device.managed === managed).map(({ name }) => name));
  const [taken, alone] = [names(true), names(false)];
  return devices.filter(({ name }) => taken.has(name) && alone.has(name));
}
