import { ProbeParseError } from '../../../src/domain/errors.js';
import type { DataClass } from '../../../src/domain/probe.js';
import { BOOLEAN_FLAGS, FLAGS, type Flag } from '../../requirements/kubernetes-daemons.js';

/** Flags by name without dashes. A flag without a value is `true`, as the programs themselves read it. */
export type Flags = ReadonlyMap<Flag, string>;

const isFlag = (name: string): name is Flag => FLAGS.some((flag) => flag === name);

const LONGEST = 400;

/**
 * Reads `NAME=VALUE` into the flags; the last one counts. A boolean flag may stand alone; of another one that does the
 * value is out of sight (on the next line), and nothing is noted. Throws for a flag that nobody asked for.
 */
export function readFlag(into: Map<Flag, string>, text: string): void {
  const equals = text.indexOf('=');
  const name = equals < 0 ? text : text.slice(0, equals);
  if (!isFlag(name)) throw new ProbeParseError('a flag that was not asked for');
  if (equals < 0 && !BOOLEAN_FLAGS.some((flag) => flag === name)) return;
  into.set(name, equals < 0 ? 'true' : unquoted(text.slice(equals + 1)).slice(0, LONGEST));
}

/** A YAML or shell value without the quotes around it and without blanks at its ends. */
export function unquoted(text: string): string {
  const bare = text.trim();
  const first = bare[0];
  return (first === '"' || first === "'") && bare.length > 1 && bare.endsWith(first)
    ? bare.slice(1, -1)
    : bare;
}

const CLASSES: Readonly<Partial<Record<Flag, DataClass>>> = {
  'advertise-client-urls': 'net-address',
  'cluster-cidr': 'net-address',
  'hostname-override': 'hostname',
  'listen-client-urls': 'net-address',
  'metrics-bind-address': 'net-address',
  'node-ip': 'net-address',
  'service-cluster-ip-range': 'net-address',
};

/** The class of each flag below a field of an answer. */
export const flagFields = (path: string): Readonly<Record<string, DataClass>> =>
  Object.fromEntries(FLAGS.map((flag) => [`${path}.${flag}`, CLASSES[flag] ?? 'plain']));

/** A boolean as Go's flag and YAML libraries read the common spellings; null when it is none. */
export function booleanOf(text: string | undefined): boolean | null {
  if (text === undefined) return null;
  if (/^(?:true|t|1|yes|on)$/i.test(text)) return true;
  return /^(?:false|f|0|no|off)$/i.test(text) ? false : null;
}
