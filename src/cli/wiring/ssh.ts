import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SecretBroker, Transport, UnknownHostKey } from '../../domain/transport.js';
import { because, choosing } from '../../transport/choosing.js';
import { guardAgainstLockOut } from '../../transport/lock-out-guard.js';
import type { HostKeyPins } from '../../transport/ssh/host-key-pins.js';
import { createOpenSshTransport } from '../../transport/openssh/openssh-transport.js';
import type { SshOptions } from '../../transport/ssh/options.js';
import { createSshTransport } from '../../transport/ssh/ssh-transport.js';
import { note } from '../io.js';
import type { CommonOptions } from '../options.js';
import { absolutePath, DEFAULT_KEYS, findProgram, noSsh } from './access-files.js';
import { homeFolder, localUser } from './ssh-config/local-user.js';
import { sshConfigResolver } from './ssh-config/resolver.js';

export type AccessOptions = Pick<
  CommonOptions,
  'identity' | 'config' | 'knownHosts' | 'hostKey' | 'become' | 'transport'
>;

export type SshWiring = {
  readonly pins: HostKeyPins;
  readonly broker: SecretBroker;
  readonly onUnknownHostKey: (key: UnknownHostKey) => void;
  /** False: nobody can be asked, and `ask` is `strict`. */
  readonly interactive: boolean;
  /** The wizard draws on the terminal. */
  readonly screens?: boolean;
  readonly defaultUser?: string;
};

/**
 * Nodes over SSH with the user's keys, agent, configuration and known hosts: by ssh2, and by the user's own ssh where only
 * that can or `--transport` says so. Rejects with InputError when it is asked for and there is none.
 */
export async function sshTransport(options: AccessOptions, wiring: SshWiring): Promise<Transport> {
  const home = homeFolder();
  const ssh = (name: string): string => join(home, '.ssh', name);
  const user = wiring.defaultUser ?? localUser().username;
  const own = options.knownHosts === undefined ? undefined : absolutePath(options.knownHosts);
  const policy = options.hostKey === 'ask' && !wiring.interactive ? 'strict' : options.hostKey;
  const identities = options.identity.map(absolutePath);
  const config = options.config === undefined ? undefined : absolutePath(options.config);
  const resolver = await sshConfigResolver({
    config,
    identities,
    home,
    defaultUser: user,
    given: { knownHosts: own !== undefined, hostKey: options.hostKey !== 'ask' },
  });
  const settings: SshOptions = {
    defaultUser: user,
    identityFiles: identities.length > 0 ? identities : DEFAULT_KEYS.map(ssh),
    agentSocket: process.env['SSH_AUTH_SOCK'],
    knownHostsFiles:
      own === undefined
        ? {
            user: [ssh('known_hosts'), ssh('known_hosts2')],
            system: ['/etc/ssh/ssh_known_hosts', '/etc/ssh/ssh_known_hosts2'],
            write: ssh('known_hosts'),
          }
        : { user: [own], system: [], write: policy === 'strict' ? null : own },
    hostKeyPolicy: policy,
    pins: wiring.pins,
    onUnknownHostKey: wiring.onUnknownHostKey,
    broker: wiring.broker,
    become: options.become,
    onWarning: (text) => {
      // On a terminal that the wizard draws on, a line of text would tear the screen.
      if (wiring.screens !== true) note(`note: ${text}`);
    },
    ...(resolver === undefined ? {} : { resolve: resolver }),
  };
  const transport = transportOf(options.transport, settings, () =>
    openSshTransport(settings, { config, identities }),
  );
  return guardAgainstLockOut(transport, wiring.broker);
}

function transportOf(
  asked: AccessOptions['transport'],
  settings: SshOptions,
  bySsh: () => Transport | null,
): Transport {
  if (asked === 'ssh2') return createSshTransport(settings);
  const openssh = bySsh();
  if (asked === undefined) {
    const onWarning = settings.onWarning ?? (() => undefined);
    const ssh2 = createSshTransport({ ...settings, sshStandsBy: openssh !== null });
    return choosing({ ssh2, openssh, onWarning });
  }
  if (openssh === null) throw noSsh();
  return because(openssh, '--transport openssh');
}

/** The user's own ssh; null where there is none. */
function openSshTransport(
  settings: SshOptions,
  given: { readonly config: string | undefined; readonly identities: readonly string[] },
): Transport | null {
  const ssh = findProgram('ssh');
  if (ssh === null) return null;
  const runtime = process.env['XDG_RUNTIME_DIR'];
  // /tmp has the shortest name of all, for the path of a socket has room for some hundred bytes.
  const runtimeFolders = [...(runtime ? [runtime] : []), tmpdir(), '/tmp'];
  return createOpenSshTransport({
    ...settings,
    ...given,
    ssh,
    runtimeFolders,
    environment: process.env,
  });
}
