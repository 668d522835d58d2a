import { ProbeParseError } from '../../../src/domain/errors.js';
import type { DataClass, Probe } from '../../../src/domain/probe.js';
import { defineProbe } from '../../../src/domain/probe.js';

/** A systemd unit as systemd tells it. */
export type UnitState = {
  readonly installed: boolean;
  /** Null while it is on its way up or down, and where an init script does not tell. */
  readonly running: boolean | null;
  /** Whether it starts at the next boot; null when that was not said. */
  readonly enabled: boolean | null;
  /** In systemd's words, such as `active (running), enabled`. */
  readonly words: string;
};

export const UNIT_FIELDS: Readonly<Record<string, DataClass>> = {
  installed: 'plain',
  running: 'plain',
  enabled: 'plain',
  words: 'plain',
};
const RUNNING: Readonly<Record<string, boolean>> = {
  active: true,
  reloading: true,
  inactive: false,
  failed: false,
};
// `static` and `indirect` units start only when something else asks for them, `generated` as their source says.
const ENABLED: Readonly<Record<string, boolean>> = {
  enabled: true,
  'enabled-runtime': true,
  alias: true,
  linked: false,
  disabled: false,
  masked: false,
  'masked-runtime': false,
};
export const ABSENT: UnitState = {
  installed: false,
  running: false,
  enabled: false,
  words: 'not installed',
};

function unitState(load: string, active: string, sub: string, file: string): UnitState {
  if (load === 'not-found') {
    return RUNNING[active] === true
      ? { ...ABSENT, running: true, words: `${active} (${sub})` }
      : ABSENT;
  }
  return {
    installed: true,
    running: RUNNING[active] ?? null,
    enabled: ENABLED[file] ?? null,
    words: [`${active} (${sub})`, file].filter((word) => word !== '').join(', '),
  };
}

const WORD = /^[a-z-]{1,24}$/;

/** States by full unit name, such as `firewalld.service`; an alias stands beside the name it leads to. */
export type UnitStates = ReadonlyMap<string, UnitState>;

export const SHOWN = 'Id,Names,LoadState,ActiveState,SubState,UnitFileState';

/** The answer of `systemctl show -p SHOWN UNIT…`: one block a unit, a blank line between them. */
export function parseShow(stdout: string, exit: number | null): UnitStates {
  const states = new Map<string, UnitState>();
  const words = new Map<string, string>();
  for (const block of stdout.split('\n\n').filter((text) => text.trim() !== '')) {
    const values = valuesOf(block);
    const id = values.get('Id') ?? '';
    const names = [id, ...(values.get('Names') ?? '').split(' ')];
    const state = stateOf(values);
    // Only a text of two moments or two nodes says two things of one unit.
    if ((words.get(id) ?? state.words) !== state.words)
      throw new ProbeParseError('it tells two states of the same unit');
    words.set(id, state.words);
    // UnitFileState stands last: without it a pasted text was cut, and whether the unit starts at boot is not said.
    if (exit === null && state.installed && !values.has('UnitFileState'))
      throw new ProbeParseError('it ends within a unit');
    for (const name of names.filter((word) => UNIT_NAME.test(word))) states.set(name, state);
  }
  if (states.size === 0) throw new ProbeParseError('it names no unit');
  return states;
}

const UNIT_NAME = /^[A-Za-z0-9:_.@\\-]{1,250}\.(?:service|timer|socket)$/;

function valuesOf(block: string): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (const line of block.split('\n')) {
    const equals = line.indexOf('=');
    if (equals > 0) values.set(line.slice(0, equals), line.slice(equals + 1).trim());
  }
  return values;
}

function stateOf(values: ReadonlyMap<string, string>): UnitState {
  const load = values.get('LoadState') ?? '';
  const active = values.get('ActiveState') ?? '';
  const sub = values.get('SubState') ?? '';
  const file = values.get('UnitFileState') ?? '';
  if (![load, active, sub].every((word) => WORD.test(word)) || (file !== '' && !WORD.test(file))) {
    throw new ProbeParseError('no LoadState, ActiveState and SubState');
  }
  return unitState(load, active, sub, file);
}

const NOT_FOUND = /^Unit (\S{1,200}?)(?:\.service)? (?:could not be found|not found)\.?$/gm;
const isMissing = (unit: string, text: string): boolean =>
  [...text.matchAll(NOT_FOUND)].some(([, name]) => name === unit);

// What stands in front is a dot in some colour, whose letter an editor may have spoilt.
const HEAD =
  /^[ \t]{0,8}(?:\S{1,4}[ \t]{1,4})?([A-Za-z0-9:_.@\\-]{1,250})\.service(?: - [^\n]{0,300})?[ \t]*$/gm;

/** Units that may answer under another's name: Debian's netfilter-persistent calls itself iptables and ip6tables too. */
const ALIASES: Readonly<Record<string, string>> = {
  iptables: 'netfilter-persistent',
  ip6tables: 'netfilter-persistent',
};

/** `systemctl status` of several units, and each time it was asked. A text without any heading is a part of one. */
function partsOf(unit: string, text: string): readonly string[] {
  const heads = [...text.matchAll(HEAD)];
  if (heads.length === 0) return [text];
  const own = [unit, ALIASES[unit]];
  return heads.flatMap(({ 1: name, index }, at) =>
    own.includes(name) ? [text.slice(index, heads[at + 1]?.index)] : [],
  );
}

/** A pasted `systemctl status UNIT`. */
function parseStatus(unit: string, text: string): UnitState {
  const [first, ...more] = partsOf(unit, text).map((part) => stateOfPart(unit, part));
  if (first === undefined) {
    if (isMissing(unit, text)) return ABSENT;
    throw new ProbeParseError(`it is not the status of ${unit}`);
  }
  if (more.some(({ words }) => words !== first.words))
    throw new ProbeParseError('it tells two states of the same unit');
  return first;
}

function stateOfPart(unit: string, stdout: string): UnitState {
  const active = /^[ \t]{0,80}Active: ([a-z-]{1,24})(?: \(([a-zA-Z-]{1,24})\))?/m.exec(stdout);
  if (active === null) {
    if (isMissing(unit, stdout)) return ABSENT;
    throw new ProbeParseError('no line "Active:"');
  }
  const { load, file } = loadedLine(stdout);
  const state = unitState(load, active[1] ?? '', active[2] ?? 'dead', file ?? '');
  // systemd always prints that line, in front of this one. What runs now is judged without it.
  if (file === null && state.running !== true)
    throw new ProbeParseError(
      'the end of its line "Loaded:" was lost, which tells whether it starts at boot',
    );
  return state;
}

/**
 * The load state and the state of the unit file: `Loaded: loaded (PATH; enabled; preset: enabled)`. A narrow terminal cuts
 * the line at its end, so what counts is that the state's own end is there; `file` is null where it is not.
 */
function loadedLine(stdout: string): { readonly load: string; readonly file: string | null } {
  const found = /^[ \t]{0,80}Loaded: ([a-z-]{1,24})(?: \(([^)\n]{0,300}\)?))?/m.exec(stdout);
  const [, load, inside] = found ?? [];
  if (load === undefined) return { load: 'loaded', file: null };
  if (load === 'masked') return { load, file: 'masked' };
  const file = /^[^;]*;[ \t]{0,4}([a-z-]{1,24})[;)]/.exec(inside ?? '')?.[1];
  // A unit without a state of its file has the path alone there, and one that is not there a reason.
  return { load, file: file ?? (load !== 'loaded' || inside?.endsWith(')') === true ? '' : null) };
}

/** Pasted only: `systemctl status UNIT`, which exits 3 for a stopped and 4 for an absent unit. */
export const pastedStatusProbe = (unit: string): Probe<UnitState> =>
  defineProbe({
    id: `systemctl-status-${unit}`,
    command: `systemctl status ${unit}`,
    script: null,
    rootCommands: [],
    timeoutSeconds: 10,
    maxBytes: 65536,
    fields: UNIT_FIELDS,
    goodExits: [3, 4],
    recognises: (stdout) =>
      stdout.slice(0, 300).includes(`${unit}.service`) &&
      /^[ \t]{0,80}Active: /m.test(stdout.slice(0, 4000)),
    parse: ({ stdout, stderr }) => parseStatus(unit, `${stdout}\n${stderr}`),
  });

/** Of the live and the pasted answer the first that is there. */
export const firstUnit = (...states: readonly (UnitState | undefined)[]): UnitState | undefined =>
  states.find((state) => state !== undefined);
