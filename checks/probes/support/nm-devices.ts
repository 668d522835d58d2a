import { ProbeParseError } from '../../../src/domain/errors.js';
import type { DataClass } from '../../../src/domain/probe.js';
import { leadingState, managedState } from './nmcli-states.js';

/** What NetworkManager does with one interface; `managed` is null when the state is in a language that is not known. */
export type NmDevice = {
  readonly name: string;
  readonly state: string;
  readonly managed: boolean | null;
};
export type NmDevices = { readonly running: boolean; readonly devices: readonly NmDevice[] };

export const NM_DEVICE_FIELDS: Readonly<Record<string, DataClass>> = {
  running: 'plain',
  'devices.name': 'plain',
  'devices.state': 'plain',
  'devices.managed': 'plain',
};

const NOT_RUNNING = /^Error: NetworkManager is not running\.?\s*$/m;
const MAX_DEVICES = 20_000;
// Beside interfaces it lists what is none and has a longer name: p2p-dev-wlp0s20f3, a Bluetooth address.
const NAME = /^\S{1,64}$/;

type Raw = { readonly stdout: string; readonly stderr: string; readonly exit: number | null };

/** Exit 8 or the message of nmcli: it reached the bus, and NetworkManager was not there (nmcli(1), EXIT STATUS). */
const saysNotRunning = (exit: number | null, text: string): boolean =>
  exit === 8 || NOT_RUNNING.test(text);

/** What nmcli said. Throws ProbeParseError where it says both, as pasted before and after a start of NetworkManager. */
export function readNmcli(
  { stdout, stderr, exit }: Raw,
  parse: (stdout: string) => readonly NmDevice[],
): NmDevices {
  if (!saysNotRunning(exit, `${stdout}\n${stderr}`))
    return { running: true, devices: parse(stdout) };
  if (exit === null && listsDevices(parse, stdout))
    throw new ProbeParseError('it lists devices, and that NetworkManager does not run');
  return { running: false, devices: [] };
}

function listsDevices(parse: (stdout: string) => readonly NmDevice[], stdout: string): boolean {
  const rest = stdout.replaceAll(new RegExp(NOT_RUNNING, 'gm'), '');
  try {
    return parse(rest).length > 0;
  } catch (error) {
    if (error instanceof ProbeParseError) return false;
    throw error;
  }
}

const linesOf = (stdout: string): readonly string[] =>
  stdout.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('Warning: '));

/** The heading of `nmcli device` in English. */
export const DEVICE_HEADING = /^DEVICE +TYPE +STATE +CONNECTION *$/m;

/** Without what stands in front of an English heading, such as the name of the node that ansible asked. */
const fromHeading = (stdout: string): string =>
  stdout.slice(Math.max(0, stdout.search(DEVICE_HEADING)));

/**
 * The table of `nmcli device`. Columns are two blanks apart; a state may hold single ones. Of two tables in one paste all
 * rows are taken, so that a device may stand there with two states. A cut end hides no managed device behind an unmanaged
 * one, because nmcli sorts by state, unmanaged last (compare_devices in its devices.c, 1.0 and newer).
 */
export function parseDeviceTable(stdout: string): readonly NmDevice[] {
  const [header, ...below] = linesOf(fromHeading(stdout)).map((line) => line.trim().split(/ {2,}/));
  const rows = below.filter((row) => row.join() !== header?.join());
  const title = header?.[2] ?? '';
  if (header === undefined || header.length > 4 || title === '' || managedState(title) !== null) {
    throw new ProbeParseError('no header DEVICE TYPE STATE CONNECTION');
  }
  return rows.slice(0, MAX_DEVICES).map(([name = '', , state]) => {
    if (state === undefined || !NAME.test(name)) {
      throw new ProbeParseError('a row without device, type and state');
    }
    return { name, state, managed: managedState(state) };
  });
}

/** The head lines `NAME: STATE` and `NAME: STATE to CONNECTION` of plain `nmcli`; indented lines are details. */
export function parseOverview(stdout: string): readonly NmDevice[] {
  const devices: NmDevice[] = [];
  for (const line of linesOf(stdout)) {
    const head = /^(\S{1,64}): (\S.{0,300})$/.exec(line);
    const [, name, text] = head ?? [];
    if (name === undefined || text === undefined) continue;
    const state = leadingState(text.trim());
    devices.push({
      name,
      state: state ?? text,
      managed: state === null ? null : managedState(state),
    });
  }
  if (devices.length === 0) throw new ProbeParseError('no line "NAME: STATE"');
  return devices.slice(0, MAX_DEVICES);
}
