import type { UnknownHostKey } from '../../domain/transport.js';
import { lookupName } from './known-hosts.js';

/** The exact host keys that were accepted, or proven, in this session. */
export type HostKeyPins = {
  /** The operator accepts this key for its host and port; it replaces one accepted before. */
  accept(key: Pick<UnknownHostKey, 'host' | 'port' | 'key'>): void;
  /** The accepted key in base64. */
  keyOf(host: string, port: number): string | undefined;
};

export function createHostKeyPins(): HostKeyPins {
  const keys = new Map<string, string>();
  return {
    accept: ({ host, port, key }) => {
      keys.set(lookupName({ host, port }), key);
    },
    keyOf: (host, port) => keys.get(lookupName({ host, port })),
  };
}
