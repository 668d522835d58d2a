import { readFileSync, writeFileSync } from 'node:fs';
import type { ConnectError } from '../../domain/errors.js';
import type { HostKeyGuard } from '../ssh/host-keys.js';
import { keyTypeOf } from '../ssh/wire.js';
import { filesIn } from './command-line.js';

/**
 * ssh runs this as its KnownHostsCommand for each look-up of a host key. It writes down what the server shows, for ssh
 * itself tells a fingerprint alone, and prints what is known besides the files. $1 says what is looked up (ORDER, HOSTNAME,
 * ADDRESS), $2 the name, $3 and $4 the key.
 */
const WRITE_DOWN = `printf '%s\\n' "$*" >>"\${0%/*}/keys"`;
/** The key that the operator has accepted in this session. */
const SAY_PINNED = `while read -r type key; do printf '%s %s %s\\n' "$2" "$type" "$key"; done <"\${0%/*}/pinned"`;
/** Whatever plain key is shown. Of a certificate ssh goes on to the plain key (sshconnect.c). */
const SAY_SHOWN = `case "$1 $3" in "HOSTNAME "*-cert-*) ;; HOSTNAME*) printf '%s %s %s\\n' "$2" "$3" "$4" ;; esac`;

/** Puts the script and the accepted key where ssh finds them. `takesNew`: our policy takes a key that nobody has seen. */
export function writeKeyScript(
  folder: string,
  pinned: string | undefined,
  takesNew: boolean,
): void {
  const files = filesIn(folder);
  const type = pinned === undefined ? null : keyTypeOf(Buffer.from(pinned, 'base64'));
  const script = `${WRITE_DOWN}\n${takesNew ? SAY_SHOWN : SAY_PINNED}\n`;
  writeFileSync(files.keyScript, script, { mode: 0o600 });
  writeFileSync(files.pinned, type === null ? '' : `${type} ${pinned ?? ''}\n`, { mode: 0o600 });
}

/** The plain key that the server showed last; null when it showed none, or a certificate. */
export function shownKey(folder: string): Buffer | null {
  const { keys, fresh } = filesIn(folder);
  const told = lastKey(keys, /^(?:HOSTNAME|ADDRESS) \S+ [a-z0-9@.-]+ ([A-Za-z0-9+/=]+)$/);
  // Where ssh does not ask us, a key that it took on trust stands in the file that it may write to.
  const base64 = told ?? lastKey(fresh, /^\S+ [a-z0-9@.-]+ ([A-Za-z0-9+/=]+)$/);
  if (base64 === undefined) return null;
  const key = Buffer.from(base64, 'base64');
  return keyTypeOf(key)?.includes('-cert-') === false ? key : null;
}

const lastKey = (path: string, line: RegExp): string | undefined =>
  readText(path)
    .trim()
    .split('\n')
    .map((text) => line.exec(text)?.[1])
    .filter((found) => found !== undefined)
    .at(-1);

/** The sentence of our own policy about a key that ssh refused; null when ours would take it. */
export function refusalOf(guard: HostKeyGuard, folder: string): ConnectError | null {
  const key = shownKey(folder);
  if (key === null || guard.decide(key)) return null;
  return guard.refusal();
}

export function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
