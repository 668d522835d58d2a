import { homedir, userInfo } from 'node:os';
import { join } from 'node:path';
import type { SecretBroker, Transport, UnknownHostKey } from '../../domain/transport.js';
import { guardAgainstLockOut } from '../../transport/lock-out-guard.js';
import type { HostKeyPins } from '../../transport/ssh/host-key-pins.js';
import { createSshTransport } from '../../transport/ssh/ssh-transport.js';
import { note } from '../io.js';
import type { CommonOptions } from '../options.js';
import { absolutePath, DEFAULT_KEYS } from './access-files.js';
import { sshConfigResolver } from './ssh-config/resolver.js';

export type AccessOptions = Pick<
  CommonOptions,
  'identity' | 'config' | 'knownHosts' | 'hostKey' | 'become'
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

/** ssh2 behind our interface, with the user's keys, agent, configuration and known hosts. */
export async function sshTransport(options: AccessOptions, wiring: SshWiring): Promise<Transport> {
  const home = homedir();
  const ssh = (name: string): string => join(home, '.ssh', name);
  const user = wiring.defaultUser ?? userInfo().username;
  const own = options.knownHosts === undefined ? undefined : absolutePath(options.knownHosts);
  const policy = options.hostKey === 'ask' && !wiring.interactive ? 'strict' : options.hostKey;
  const identities = options.identity.map(absolutePath);
  const resolver = await sshConfigResolver({
    config: options.config === undefined ? undefined : absolutePath(options.config),
    identities,
    home,
    defaultUser: user,
    given: { knownHosts: own !== undefined, hostKey: options.hostKey !== 'ask' },
  });
  const transport = createSshTransport({
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
  });
  return guardAgainstLockOut(transport, wiring.broker);
}
