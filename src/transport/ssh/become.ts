import { reasonCode } from '../../domain/reason.js';
import type { RunEnd, RunRequest } from '../../domain/transport.js';
import type { Ask } from './key-ring.js';
import type { SshOptions } from './options.js';
import { runAsLogin, type Runner } from './run.js';
import {
  hasNoDoas,
  learnUid,
  noPrivilege,
  refusal,
  runSudoPassword,
  runWithout,
  wantsPassword,
  wasWrongPassword,
  type Privilege,
} from './sudo.js';

/** Learning the login user's uid; a profile that hangs is found here. */
const UID_LIMIT_MS = 30_000;

export type Become = NonNullable<SshOptions['become']>;

export type RootState = {
  readonly become: Become;
  readonly ask: Ask;
  /** `user at node`, for the prompt. */
  readonly who: string;
  /** What worked before on this connection. */
  readonly privilege: Privilege | undefined;
};

export type RootRun = { readonly end: RunEnd; readonly privilege?: Privilege };

/**
 * Runs a script as root: as the login user when that is root, else by `sudo -n`, by sudo with the broker's password, by
 * `doas -n`, in this order and as `become` allows. What worked once is used again. Rejects only with CancelledError.
 */
export async function runAsRoot(
  run: Runner,
  request: RunRequest,
  signal: AbortSignal,
  state: RootState,
): Promise<RootRun> {
  const again = state.privilege;
  if (again !== undefined) return runAgain(again, run, request, signal, state);
  const learned = await learnUid(run, Math.min(UID_LIMIT_MS, request.deadlineMs), signal);
  if ('end' in learned) return { end: learned.end };
  if (learned.uid === 0) {
    return { end: await runAsLogin(run, request, signal), privilege: 'root-login' };
  }
  if (state.become === 'none') {
    return { end: refusal(noPrivilege('the login user is not root and --become is none')) };
  }
  if (state.become === 'doas') return byDoas(run, request, signal);
  const bySudo = await trySudo(run, request, signal, state);
  if (bySudo.privilege !== undefined || state.become === 'sudo') return bySudo;
  if (!mayTryDoas(bySudo.end)) return bySudo;
  const other = await byDoas(run, request, signal);
  if (other.privilege !== undefined) return other;
  return hasNoDoas(other.end) ? bySudo : { end: both(bySudo.end, other.end) };
}

/** After a wrong password, or when the time is over, nothing else is tried. */
const mayTryDoas = (end: RunEnd): boolean =>
  end.kind === 'refused' && reasonCode(end.why) === 'no-privilege' && !wasWrongPassword(end);

async function runAgain(
  privilege: Privilege,
  run: Runner,
  request: RunRequest,
  signal: AbortSignal,
  state: RootState,
): Promise<RootRun> {
  if (privilege === 'root-login') return { end: await runAsLogin(run, request, signal) };
  if (privilege === 'doas') return byDoas(run, request, signal);
  return privilege === 'sudo'
    ? trySudo(run, request, signal, state)
    : withPassword(run, request, signal, state);
}

async function trySudo(
  run: Runner,
  request: RunRequest,
  signal: AbortSignal,
  state: RootState,
): Promise<RootRun> {
  const end = await runWithout('sudo', run, request, signal);
  if (end.kind !== 'refused') return { end, privilege: 'sudo' };
  return wantsPassword(end) ? withPassword(run, request, signal, state) : { end };
}

async function withPassword(
  run: Runner,
  request: RunRequest,
  signal: AbortSignal,
  { ask, who }: RootState,
): Promise<RootRun> {
  const end = await runSudoPassword(run, request, signal, ask, who);
  return end.kind === 'refused' ? { end } : { end, privilege: 'sudo-password' };
}

async function byDoas(run: Runner, request: RunRequest, signal: AbortSignal): Promise<RootRun> {
  const end = await runWithout('doas', run, request, signal);
  return end.kind === 'refused' ? { end } : { end, privilege: 'doas' };
}

function both(first: RunEnd, second: RunEnd): RunEnd {
  if (first.kind !== 'refused' || second.kind !== 'refused') return first;
  const [, also = ''] = /^[a-z-]+: (.*)$/s.exec(second.why) ?? [];
  return { kind: 'refused', why: `${first.why}; ${also}` };
}
