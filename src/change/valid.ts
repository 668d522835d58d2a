import { InputError } from '../domain/errors.js';
import type { FileChange } from '../domain/fix.js';
import { visibleLine } from '../domain/visible.js';
import type { Change, Prelude } from './types.js';

export const JOURNAL = '/var/lib/calico-ready';

export const CHANGE_ID = /^[A-Za-z0-9][A-Za-z0-9-]{0,63}$/;
export const CHECK_ID = /^[a-z0-9-]{1,60}\/[a-z0-9-]{1,60}$/;
export const WAY = /^[a-z0-9][a-z0-9-]{0,40}$/;
export const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;
const NONCE = /^[0-9a-f]{16,64}$/;
const VERSION = /^[0-9A-Za-z.+-]{1,40}$/;
// Narrow on purpose: paths may come from a node's own listing, and they stand in the journal one a line.
const PATH = /^(?:\/[A-Za-z0-9._@+:,=~-]{1,200}){1,20}$/;
const UNIT =
  /^[A-Za-z0-9][A-Za-z0-9:_.@-]{0,200}\.(?:service|socket|timer|target|path|mount|slice)$/;
const MODE = /^0[0-7]{3}$/;
const COMMAND = /^\/[\u0020-\u007e]{1,2000}$/;

function must(good: boolean, what: string, value: string): void {
  if (good) return;
  throw new InputError(
    `${what} ${JSON.stringify(visibleLine(value, 120))} cannot be used in a change.`,
    'Make this change by hand, as the fix describes it.',
  );
}

function mustBePath(path: string): void {
  const plain = PATH.test(path) && !path.split('/').some((part) => part === '.' || part === '..');
  must(plain && path !== JOURNAL && !path.startsWith(`${JOURNAL}/`), 'The path', path);
}

function mustBeFile(file: FileChange): void {
  mustBePath(file.path);
  must(file.mode === undefined || MODE.test(file.mode), 'The mode', file.mode ?? '');
  must(file.expected !== null || file.content !== null, 'The removal of a missing file', file.path);
}

/** A unit's full name: systemd takes a bare name for a service. */
export const unitName = (unit: string): string => (unit.includes('.') ? unit : `${unit}.service`);

/** Throws InputError for anything that the script cannot carry out exactly. */
export function mustBeChange(change: Change): void {
  const { check, fix } = change;
  must(CHECK_ID.test(check), 'The check', check);
  must(WAY.test(fix.way), 'The way', fix.way);
  must(fix.byHandOnly !== true, 'A way that is only shown,', fix.way);
  fix.files.forEach(mustBeFile);
  const paths = fix.files.map((file) => file.path);
  must(new Set(paths).size === paths.length, 'The same file twice in', fix.way);
  for (const { unit } of fix.units) must(UNIT.test(unitName(unit)), 'The unit', unit);
  for (const command of [...fix.commands, ...fix.undoCommands])
    must(COMMAND.test(command), 'The command', command);
}

/** The line in front of a script. Throws InputError when a value is not of its kind. */
export function preludeLine(prelude: Prelude): string {
  const { nonce, changeId, time, version } = prelude;
  must(NONCE.test(nonce), 'The nonce', nonce);
  must(changeId === '' || CHANGE_ID.test(changeId), 'The change id', changeId);
  must(TIME.test(time), 'The time', time);
  must(VERSION.test(version), 'The version', version);
  return `N=${nonce};C=${changeId};T=${time};V=${version}\n`;
}
