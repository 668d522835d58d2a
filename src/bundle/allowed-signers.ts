import { InputError, VerificationError } from '../domain/errors.js';
import { globMatches } from '../domain/glob.js';
import { visibleLine } from '../domain/visible.js';

/** One line of an allowed_signers file (ssh-keygen(1), ALLOWED SIGNERS). */
export type AllowedSigner = {
  readonly line: number;
  readonly principals: readonly string[];
  /** Undefined: any namespace. */
  readonly namespaces?: readonly string[];
  /** Milliseconds since 1970, UTC. */
  readonly validAfter?: number;
  readonly validBefore?: number;
  readonly certAuthority: boolean;
  readonly publicBlob: Buffer;
};

const LINE =
  /^("[^"]*"|[^\s"]+)\s+(?:((?:[A-Za-z-]+(?:="[^"]*")?)(?:,[A-Za-z-]+(?:="[^"]*")?)*)\s+)?((?:ssh|ecdsa|sk)-[A-Za-z0-9@.-]+)\s+([A-Za-z0-9+/]+=*)(?:\s.*)?$/;

/** Reads the lines that name a key. Throws InputError for a line that ssh-keygen would not understand. */
export function parseAllowedSigners(text: string): readonly AllowedSigner[] {
  return text.split(/\r?\n/).flatMap((raw, index) => {
    const line = raw.trim();
    return line === '' || line.startsWith('#') ? [] : [parseLine(line, index + 1)];
  });
}

function parseLine(text: string, line: number): AllowedSigner {
  const match = text.length > 20_000 ? null : LINE.exec(text);
  if (match === null) {
    throw new InputError(
      `Line ${String(line)} of the allowed signers is not "principals [options] keytype key".`,
      'See ALLOWED SIGNERS in ssh-keygen(1).',
    );
  }
  const [, principals = '', options = '', , key = ''] = match;
  return {
    line,
    principals: principals.replace(/"/g, '').split(','),
    publicBlob: Buffer.from(key, 'base64'),
    ...readOptions(options, line),
  };
}

function readOptions(
  text: string,
  line: number,
): Omit<AllowedSigner, 'line' | 'principals' | 'publicBlob'> {
  const found: {
    certAuthority: boolean;
    namespaces?: readonly string[];
    validAfter?: number;
    validBefore?: number;
  } = { certAuthority: false };
  for (const option of text.match(/[A-Za-z-]+(?:="[^"]*")?/g) ?? []) {
    const [name = '', quoted = ''] = option.split('=');
    const value = quoted.replace(/"/g, '');
    if (name === 'cert-authority') found.certAuthority = true;
    else if (name === 'namespaces') found.namespaces = value.split(',');
    else if (name === 'valid-after') found.validAfter = moment(value, line);
    else if (name === 'valid-before') found.validBefore = moment(value, line);
    else
      throw new InputError(
        `Line ${String(line)} of the allowed signers has the unknown option "${visibleLine(name, 40)}".`,
        'See ALLOWED SIGNERS in ssh-keygen(1).',
      );
  }
  return found;
}

/** YYYYMMDD[Z] or YYYYMMDDHHMM[SS][Z]; without Z it is local time, as ssh-keygen reads it. */
function moment(value: string, line: number): number {
  const match = /^(\d{4})(\d\d)(\d\d)(?:(\d\d)(\d\d)(\d\d)?)?(Z?)$/.exec(value);
  if (match === null)
    throw new InputError(
      `Line ${String(line)} of the allowed signers has a time that is not YYYYMMDD[HHMM[SS]][Z].`,
      'Mend that line.',
    );
  const [, year, month, day, hour = '00', minute = '00', second = '00', zulu = ''] = match;
  return Date.parse(
    `${String(year)}-${String(month)}-${String(day)}T${hour}:${minute}:${second}${zulu}`,
  );
}

/** ssh's match-lists: one positive match, and no negated one. */
const matchesList = (patterns: readonly string[], text: string): boolean =>
  patterns.some((pattern) => !pattern.startsWith('!') && globMatches(pattern, text)) &&
  !patterns.some((pattern) => pattern.startsWith('!') && globMatches(pattern.slice(1), text));

/** The signer's line that allows this key to sign, now. Throws VerificationError with the reason why none does. */
export function findSigner(
  signers: readonly AllowedSigner[],
  who: string,
  publicBlob: Uint8Array,
  namespace: string,
  now: number,
): AllowedSigner {
  const refuse = (why: string): VerificationError =>
    new VerificationError(
      `The signature is not by ${visibleLine(who, 100)}: ${why}.`,
      'Compare the fingerprint with the sender over another channel.',
    );
  const own = signers.filter(({ principals }) => matchesList(principals, who));
  if (own.length === 0) throw refuse('the allowed signers file does not name this signer');
  const withKey = own.filter(
    (signer) => !signer.certAuthority && signer.publicBlob.equals(Buffer.from(publicBlob)),
  );
  if (withKey.length === 0) throw refuse('it was made with another key');
  const forUs = withKey.filter(
    ({ namespaces }) => namespaces === undefined || matchesList(namespaces, namespace),
  );
  if (forUs.length === 0) throw refuse('this key may not sign readiness bundles');
  const valid = forUs.find(
    ({ validAfter = -Infinity, validBefore = Infinity }) => validAfter <= now && now < validBefore,
  );
  if (valid === undefined) throw refuse('this key is outside the time in which it may sign');
  return valid;
}
