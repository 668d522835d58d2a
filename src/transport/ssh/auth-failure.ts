import { ConnectError } from '../../domain/errors.js';
import { reason } from '../../domain/reason.js';
import { visibleLine } from '../../domain/visible.js';

const MAX_SENTENCE = 900;

/** What a login learned on its way, for the sentence that says why it failed. */
export type LoginLog = {
  readonly tried: string[];
  readonly notes: string[];
  /** Why keys were left out that the user's own ssh could use. */
  readonly needsOpenSsh: string[];
  serverMethods: readonly string[];
  /** Keys that were not tried because the server would have closed the connection. */
  untried: number;
  expired: boolean;
};

/** Why nobody was let in: what was tried, what the server takes, what kept keys out, and what to do next. */
export function loginFailure(where: string, user: string, log: LoginLog): ConnectError {
  const offered = log.tried.length === 0 ? 'nothing could be offered' : log.tried.join(', ');
  const methods = log.serverMethods.join(', ') || 'none that we know';
  const notes = [
    ...(log.untried === 0
      ? []
      : [`stopped after 5 attempts, before the server locks us out; ${stillUntried(log.untried)}`]),
    ...log.notes,
  ];
  const about = [`tried: ${offered}`, `the server takes: ${methods}`, ...notes].join('; ');
  const text = visibleLine(`${where}: no login as ${user} (${about})`, MAX_SENTENCE);
  return new ConnectError(reason('auth-failed', text), nextStep(user, log), log.needsOpenSsh);
}

const stillUntried = (count: number): string =>
  count === 1 ? 'one more was not tried' : `${String(count)} more were not tried`;

function nextStep(user: string, { tried, untried, needsOpenSsh }: LoginLog): string {
  if (untried > 0) {
    return 'Name the right key with --identity, so that it is offered first, or with IdentityFile and IdentitiesOnly yes in ssh_config.';
  }
  if (needsOpenSsh.length > 0) return 'Use --transport openssh, which runs your own ssh.';
  if (tried.some((label) => label === 'password' || label === 'keyboard-interactive')) {
    return `Check the user name and the password, and on the node whether the account is locked or has expired (passwd -S ${user}).`;
  }
  return 'Load the right key with ssh-add or name it with --identity, and check the user name.';
}

export const passwordExpired = (where: string, user: string): ConnectError =>
  new ConnectError(
    reason('auth-failed', `${where}: the password of ${user} has expired`),
    'Log in by hand and change the password; this tool never changes it.',
  );

/** A server that turns somebody away says why in a banner (PAM: expired, nologin), then closes the connection. */
export const turnedAway = (
  { where, target }: { readonly where: string; readonly target: { readonly user: string } },
  said: string,
): ConnectError =>
  new ConnectError(
    reason(
      'no-login',
      `${where}: ${target.user} may not log in now (it said: ${visibleLine(said.trim(), 200)})`,
    ),
    'Ask who runs the node, or name another user.',
  );
