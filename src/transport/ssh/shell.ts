import { CancelledError } from '../../domain/errors.js';
import type { Session } from '../../domain/transport.js';
import { runAsRoot } from './become.js';
import type { Ask } from './key-ring.js';
import type { SshOptions } from './options.js';
import { runAsLogin, type Runner } from './run.js';
import type { Privilege } from './sudo.js';

/** Runs scripts on one node, as the login user or as root, over whatever connection the runner has. */
export type Shell = {
  readonly run: Session['run'];
  /** How the last run became root. */
  readonly privilege: () => Privilege | undefined;
};

/** `trustedBy`: how the host key was trusted, as in PeerRecord. */
export function createShell(
  options: Pick<SshOptions, 'broker' | 'become'>,
  node: string,
  user: string,
  runner: Runner,
  trustedBy?: string,
): Shell {
  let privilege: Privilege | undefined;
  const trust = trustedBy === 'accept-new' ? { takenOnTrust: true } : {};
  const ask = (signal: AbortSignal): Ask => {
    return (request) =>
      options.broker.ask({ node, ...request, ...trust }, signal).catch(() => {
        if (signal.aborted) throw new CancelledError('cancelled');
        return null;
      });
  };
  return {
    privilege: () => privilege,
    run: async (request, signal) => {
      if (request.runAs === 'login') return runAsLogin(runner, request, signal);
      const ran = await runAsRoot(runner, request, signal, {
        become: options.become ?? 'auto',
        ask: ask(signal),
        who: `${user} at ${node}`,
        privilege,
      });
      privilege = ran.privilege ?? privilege;
      return ran.end;
    },
  };
}
