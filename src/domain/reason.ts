/** Why there is no answer, or why a node was not reached. A stable surface of reports. */
export const REASON_CODES = [
  'host-key-unknown',
  'host-key-changed',
  'host-key-revoked',
  'auth-failed',
  'refused',
  'timed-out',
  'no-route',
  'no-login',
  'restricted-shell',
  'forced-command',
  'no-privilege',
  'lost',
  'not-ssh',
  'tool-missing',
  'denied',
  'truncated',
  'garbled',
  'not-run',
] as const;

export type ReasonCode = (typeof REASON_CODES)[number];

/** A reason begins with its code and a colon: `tool-missing: nmcli is not installed`. */
export type Reason = `${ReasonCode}: ${string}`;

export const reason = (code: ReasonCode, text: string): Reason => `${code}: ${text}`;

/** The code in front of the colon; `garbled` when the text carries none. */
export function reasonCode(text: string): ReasonCode {
  const code = text.slice(0, Math.max(0, text.indexOf(':')));
  return REASON_CODES.find((known) => known === code) ?? 'garbled';
}
