import { createKeyRing, type KeyRing, type UnlockedKeys } from './key-ring.js';
import { createKnownHostsReader, type KnownHostsReader } from './known-hosts-files.js';
import type { HostSettings, SshOptions } from './options.js';

/** What one host is connected with: the transport's options with what its configuration says, and where to look things up. */
export type PerHost = {
  readonly options: SshOptions;
  readonly ring: KeyRing;
  readonly knownHosts: KnownHostsReader;
};

/** Hosts with the same settings share their keys and their reading of known_hosts: a fleet reads each file once. */
export function createPerHost(options: SshOptions): (settings?: HostSettings) => PerHost {
  const kept = new Map<string, PerHost>();
  // A passphrase is asked once a file, whichever host needs the key first.
  const unlocked: UnlockedKeys = new Map();
  return (settings = {}) => {
    const { identityFiles, identitiesOnly, agentSocket, knownHostsFiles, hostKeyPolicy } = settings;
    const { connectTimeoutMs, keepalive } = settings;
    const key = JSON.stringify([
      identityFiles,
      identitiesOnly,
      agentSocket,
      knownHostsFiles,
      hostKeyPolicy,
      connectTimeoutMs,
      keepalive,
    ]);
    const known = kept.get(key);
    if (known !== undefined) return known;
    const merged = withSettings(options, settings);
    const { user, system } = merged.knownHostsFiles;
    const made: PerHost = {
      options: merged,
      ring: createKeyRing(merged, unlocked),
      knownHosts: createKnownHostsReader(
        [...user, ...system],
        merged.onWarning ?? (() => undefined),
      ),
    };
    kept.set(key, made);
    return made;
  };
}

function withSettings(options: SshOptions, settings: HostSettings): SshOptions {
  const { identityFiles, identitiesOnly, agentSocket, knownHostsFiles, hostKeyPolicy } = settings;
  const { connectTimeoutMs, keepalive } = settings;
  return {
    ...options,
    ...(identityFiles === undefined ? {} : { identityFiles }),
    ...(identitiesOnly === undefined ? {} : { identitiesOnly }),
    ...(agentSocket === undefined ? {} : { agentSocket: agentSocket ?? undefined }),
    ...(knownHostsFiles === undefined ? {} : { knownHostsFiles }),
    ...(hostKeyPolicy === undefined ? {} : { hostKeyPolicy }),
    ...(connectTimeoutMs === undefined ? {} : { connectTimeoutMs }),
    ...(keepalive === undefined ? {} : { keepalive }),
  };
}
