import { readFileSync, writeFileSync } from 'node:fs';
import type { ConnectError } from '../../domain/errors.js';
import type { HostKeyGuard } from '../ssh/host-keys.js';
import { keyTypeOf } from '../ssh/wire.js';
import { filesIn } from './command-line.js';

/**
 * ssh runs this as its KnownHostsCommand for each look-up of a host key: it writes down what the server shows, for ssh
 * itself tells a fingerprint alone, and answers with the key that the operator has accepted in this session. $2 is the name
 * that is looked up.
 */
const SCRIPT = `printf '%s\\n' "$*" >>"\${0%/*}/keys"
while read -r type key; do printf '%s %s %s\\n' "$2" "$type" "$key"; done <"\${0%/*}/pinned"
`;

/** Puts the script and the accepted key where ssh finds them. */
export function writeKeyScript(folder: string, pinned: string | undefined): void {
  const files = filesIn(folder);
  const type = pinned === undefined ? null : keyTypeOf(Buffer.from(pinned, 'base64'));
  writeFileSync(files.keyScript, SCRIPT, { mode: 0o600 });
  writeFileSync(files.pinned, type === null ? '' : `${type} ${pinned ?? ''}\n`, { mode: 0o600 });
}

/** The plain key that the server showed last; null when it showed none, or a certificate. */
export function shownKey(folder: string): Buffer | null {
  const lines = readText(filesIn(folder).keys).trim().split('\n');
  const base64 = lines
    .map((line) => /^(?:HOSTNAME|ADDRESS) \S+ [a-z0-9@.-]+ ([A-Za-z0-9+/=]+)$/.exec(line)?.[1])
    .filter((found) => found !== undefined)
    .at(-1);
  if (base64 === undefined) return null;
  const key = Buffer.from(base64, 'base64');
  return keyTypeOf(key)?.includes('-cert-') === false ? key : null;
}

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
