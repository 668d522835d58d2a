import { reason, reasonCode, REASON_CODES, type Reason } from '../domain/reason.js';
import type { RunEnd } from '../domain/transport.js';
import { visibleLine } from '../domain/visible.js';
import { endWords } from './settle.js';
import { ANNOUNCEMENT } from './shell-parts.js';

// What login shells that run nothing print (nologin of util-linux and of shadow, pam_nologin).
const NO_LOGIN = /account is (?:currently )?not available|account is disabled|nologin/i;
const RESTRICTED = /: restricted\b|restricted:|restricted shell|cannot specify `\/' in command/i;

const ANNOUNCED = ANNOUNCEMENT.trim();

/** What to do about a login whose start-up files are in the way; undefined for everything else. */
export const adviceForSilence = (why: Reason): string | undefined =>
  /start-up file/.test(why)
    ? 'Let the start-up files of the login shell (.bashrc, .profile, .cshrc) return at once when the shell is not interactive; if they are only slow, give more time with --timeout.'
    : undefined;

/** Why a node that let us in ran nothing of the collector. */
export function classifySilence(stdout: string, stderr: string, end: RunEnd): Reason {
  const said = `${stderr}\n${stdout}`;
  const quoted = visibleLine(said.trim(), 120);
  const tail = quoted === '' ? '' : ` (it said: ${quoted})`;
  if (end.kind === 'refused') return refused(end.why);
  if (NO_LOGIN.test(said)) return reason('no-login', `the account may not log in${tail}`);
  if (RESTRICTED.test(said))
    return reason('restricted-shell', `the login shell is restricted${tail}`);
  if (end.kind === 'deadline')
    return reason(
      'timed-out',
      `the login shell did not start the collector in time: a start-up file of it may wait for something${tail}`,
    );
  if (end.kind === 'limit')
    return reason('truncated', `the node printed too much before the collector began${tail}`);
  if (end.kind !== 'exited')
    return reason('lost', `${endWords(end)} before the collector began${tail}`);
  return exited(end.code, stdout, tail);
}

function exited(code: number, stdout: string, tail: string): Reason {
  if (code === 126 || code === 127)
    return reason('restricted-shell', `the login shell could not start /bin/sh${tail}`);
  if (stdout.includes(ANNOUNCED))
    return reason('garbled', 'a start-up file of the login reads the first line of what is sent');
  if (code === 0 && stdout.trim() === '')
    return reason(
      'no-login',
      `the login shell ended with status 0 and ran nothing: a start-up file of it may read what is sent${tail}`,
    );
  if (stdout.trim() !== '')
    return reason('forced-command', `another command answered in place of the shell${tail}`);
  return reason(
    'no-login',
    `the login shell ended with status ${String(code)} and ran nothing${tail}`,
  );
}

/** A transport's own words, when they begin with a reason code; else it is the channel that was refused. */
function refused(why: string): Reason {
  const text = visibleLine(why);
  const known = REASON_CODES.some((code) => text.startsWith(`${code}: `));
  return known
    ? reason(reasonCode(text), text.slice(text.indexOf(': ') + 2))
    : reason('refused', text);
}
