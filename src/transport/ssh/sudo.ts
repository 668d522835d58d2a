import { randomBytes } from 'node:crypto';
import { reason, type Reason } from '../../domain/reason.js';
import type { RunEnd, RunRequest } from '../../domain/transport.js';
import { visibleLine } from '../../domain/visible.js';
import type { Ask } from './key-ring.js';
import { runAsLogin, SHELL, type RemoteInput, type Runner } from './run.js';

/** How the login user becomes root. */
export type Privilege = 'root-login' | 'sudo' | 'sudo-password' | 'doas';

const WANTS_PASSWORD = 'sudo wants a password';
const WRONG_PASSWORD = 'the password for sudo is wrong';
const NO_DOAS = 'doas is not installed';

/**
 * Messages in the C locale of sudo 1.8 and 1.9, of sudo-rs (the sudo of Ubuntu 25.10) and of doas 6.8, the first that
 * matches.
 */
const REFUSALS: readonly (readonly [RegExp, string])[] = [
  [
    /account validation failure|[Aa]ccount (?:or password is |has )?expired/,
    'the account is locked or expired',
  ],
  [/incorrect (?:password|authentication) attempt|Sorry, try again/, WRONG_PASSWORD],
  [
    /a password is required|a terminal is required to read|no tty present|interactive authentication is required/,
    WANTS_PASSWORD,
  ],
  [
    /must have a tty/,
    'sudo wants a terminal (requiretty): exempt this user in sudoers with Defaults:USER !requiretty',
  ],
  [/is not in the sudoers file|afraid I can't do that/, 'the user is not in sudoers'],
  [
    /not allowed to execute|may not run sudo/,
    'sudoers does not let the user run /bin/sh as root, perhaps other commands only',
  ],
  [/doas.*No such file|doas.*not found/, NO_DOAS],
  [/sudo.*No such file|sudo.*not found/, 'sudo is not installed'],
  [/must be owned by uid 0|effective uid is not 0/, 'sudo has lost its set-user-id bit here'],
  [/doas: Operation not permitted/, 'doas.conf does not let the user run /bin/sh as root'],
  [/doas: (?:Authentication|Authorization) required/, 'doas wants a password (nopass is not set)'],
];

/** Enough for a lecture and a message, before sudo has let us in. */
const MAX_PREAMBLE = 64 * 1024;

/** The uid of the login user, or why no shell told it. Costs one channel of a few milliseconds. */
export async function learnUid(
  run: Runner,
  deadlineMs: number,
  signal: AbortSignal,
): Promise<{ readonly uid: number } | { readonly end: RunEnd }> {
  const nonce = randomBytes(16).toString('hex');
  const text: string[] = [];
  const keep = (chunk: Uint8Array): void => {
    text.push(Buffer.from(chunk).toString('latin1'));
  };
  const end = await runAsLogin(
    run,
    {
      script: `echo "${nonce} $(PATH=/usr/bin:/bin id -u)"\n`,
      deadlineMs,
      maxStdout: MAX_PREAMBLE,
      maxStderr: MAX_PREAMBLE,
      runAs: 'login',
      onStdout: keep,
      onStderr: keep,
    },
    signal,
  );
  const uid = new RegExp(`${nonce} (\\d{1,10})`).exec(text.join(''))?.[1];
  if (uid !== undefined) return { uid: Number(uid) };
  return { end: end.kind === 'exited' ? refusal(shellProblem(text.join(''))) : end };
}

/** Why a login gave no POSIX shell, by what was printed in its place. */
export function shellProblem(text: string): Reason {
  const shown = visibleLine(text.trim().split('\n', 1)[0] ?? '', 120);
  if (/account is currently not available|nologin/i.test(text)) {
    return reason('no-login', `the login shell turns everybody away (${shown})`);
  }
  return /restricted/i.test(text)
    ? reason('restricted-shell', `the login shell is restricted (${shown})`)
    : reason('forced-command', `the login runs something else than a shell (${shown})`);
}

/**
 * The script under `sudo -n` or `doas -n`. A refusal is `refused` with no-privilege, the script has then not begun. doas
 * takes a password from a terminal only, so it is never given one.
 */
export function runWithout(
  tool: 'sudo' | 'doas',
  run: Runner,
  request: RunRequest,
  signal: AbortSignal,
): Promise<RunEnd> {
  const marker = randomBytes(16).toString('hex');
  const gate = createGate(marker, null, request);
  const command = `exec env LC_ALL=C ${tool} -n -- /bin/sh -s`;
  return guarded(run, command, request, signal, gate, (channel) => {
    channel.end(`${sayMarker(marker)}\n${request.script}`);
  });
}

/**
 * The script under sudo with a password. The password is written once, only after sudo's own prompt (a nonce) was
 * seen on standard error; a second prompt means it is wrong. The script follows only when the root shell has said so.
 * Nothing secret is on the command line, and the prompt and all before it are kept from the output.
 */
export async function runSudoPassword(
  run: Runner,
  request: RunRequest,
  signal: AbortSignal,
  ask: Ask,
  who: string,
): Promise<RunEnd> {
  const prompt = visibleLine(`Password of ${who} for sudo`);
  const password = await ask({ kind: 'sudo-password', prompt, echo: false });
  if (password === null) return refusal(noPrivilege(`${WANTS_PASSWORD} and none was given`));
  const marker = randomBytes(16).toString('hex');
  const nonce = `[${randomBytes(16).toString('hex')}]`;
  const gate = createGate(marker, nonce, request);
  const command = `exec env LC_ALL=C sudo -k -S -p '${nonce}' -- /bin/sh -c '${sayMarker(marker)}; ${SHELL}'`;
  return guarded(run, command, request, signal, gate, (channel, end) => {
    gate.onPrompt = (count) => {
      if (count > 1) end(refusal(noPrivilege(WRONG_PASSWORD)));
      else writeSecret(channel, password);
    };
    gate.onEntered = () => {
      channel.end(request.script);
    };
  });
}

/** In two halves, for a refusal of sudo repeats the command and must not look like the marker. */
const sayMarker = (marker: string): string =>
  `printf %s%s ${marker.slice(0, 16)} ${marker.slice(16)} >&2`;

/** True when asking for a password can help. */
export const wantsPassword = (end: RunEnd): boolean =>
  end.kind === 'refused' && end.why.includes(WANTS_PASSWORD);

/** True when sudo was given a password that it did not take: nothing else is tried then. */
export const wasWrongPassword = (end: RunEnd): boolean =>
  end.kind === 'refused' && end.why.includes(WRONG_PASSWORD);

/** True when the node has no doas. */
export const hasNoDoas = (end: RunEnd): boolean =>
  end.kind === 'refused' && end.why.includes(NO_DOAS);

export const noPrivilege = (text: string): Reason => reason('no-privilege', text);
export const refusal = (why: Reason): RunEnd => ({ kind: 'refused', why });

function writeSecret(input: RemoteInput, secret: string): void {
  const bytes = Buffer.from(`${secret}\n`);
  input.write(bytes, () => {
    bytes.fill(0);
  });
}

async function guarded(
  run: Runner,
  command: string,
  request: RunRequest,
  signal: AbortSignal,
  gate: Gate,
  onOpen: (input: RemoteInput, end: (how: RunEnd) => void) => void,
): Promise<RunEnd> {
  const maxStderr = request.maxStderr + MAX_PREAMBLE;
  const hooks = { ...request, maxStderr, onStderr: gate.onStderr, onOpen };
  const end = await run(command, hooks, signal);
  if (gate.entered()) return end;
  if (end.kind === 'deadline') return refusal(tooSlow(command, request.deadlineMs));
  return end.kind === 'exited' ? refusal(refusalReason(gate.preamble())) : end;
}

const tooSlow = (command: string, ms: number): Reason =>
  reason(
    'timed-out',
    `${/doas -n/.test(command) ? 'doas' : 'sudo'} let no shell begin within ${String(Math.round(ms / 1000))} s (it may wait for a directory service or a second factor)`,
  );

function refusalReason(text: string): Reason {
  const known = REFUSALS.find(([pattern]) => pattern.test(text))?.[1];
  if (known !== undefined) return noPrivilege(known);
  const shown = visibleLine(text.trim().split('\n', 1)[0] ?? '', 120);
  return noPrivilege(`sudo did not start a shell (${shown === '' ? 'it said nothing' : shown})`);
}

type Gate = {
  readonly onStderr: (chunk: Uint8Array) => void;
  readonly entered: () => boolean;
  readonly preamble: () => string;
  onPrompt: (count: number) => void;
  onEntered: () => void;
};

/** Holds back standard error until the marker of the root shell was seen; then hands it on. */
function createGate(marker: string, prompt: string | null, request: RunRequest): Gate {
  let held = Buffer.alloc(0);
  let entered = false;
  let prompts = 0;
  const gate: Gate = {
    onPrompt: () => undefined,
    onEntered: () => undefined,
    entered: () => entered,
    preamble: () => held.toString('latin1'),
    onStderr: (chunk) => {
      if (entered) {
        request.onStderr(chunk);
        return;
      }
      held = Buffer.concat([held, chunk]).subarray(0, MAX_PREAMBLE);
      const at = held.indexOf(marker);
      const seen = prompt === null ? 0 : countOf(held, prompt);
      while (prompts < seen) gate.onPrompt((prompts += 1));
      if (at < 0) return;
      entered = true;
      const rest = new Uint8Array(held.subarray(at + marker.length));
      gate.onEntered();
      if (rest.length > 0) request.onStderr(rest);
    },
  };
  return gate;
}

function countOf(bytes: Buffer, word: string): number {
  let count = 0;
  for (let at = bytes.indexOf(word); at >= 0; at = bytes.indexOf(word, at + word.length))
    count += 1;
  return count;
}
