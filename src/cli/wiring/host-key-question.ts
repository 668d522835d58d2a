import { ConnectError } from '../../domain/errors.js';
import { reasonCode } from '../../domain/reason.js';
import type { Transport, UnknownHostKey } from '../../domain/transport.js';
import { visibleLine } from '../../domain/visible.js';
import type { HostKeyPins } from '../../transport/ssh/host-key-pins.js';
import { askLine } from './question.js';

/** The key that a server showed, by the name of the node that was being opened. */
export type ShownKeys = Map<string, UnknownHostKey>;

const question = ({ node, host, port, type, fingerprint }: UnknownHostKey): string =>
  [
    `${visibleLine(node, 80)}: ${visibleLine(host, 80)} port ${String(port)} shows a host key that known_hosts does not hold:`,
    `  ${visibleLine(type, 40)} ${visibleLine(fingerprint, 80)}`,
    'Accept it? [y]es, [a]ll of this run, anything else leaves the node alone: ',
  ].join('\n');

/**
 * Asks about unknown host keys on the terminal, as ssh does, but never inside a handshake: the connection has ended, and
 * the next one is held to the exact key that was accepted. One question at a time; other nodes go on meanwhile.
 */
export function askingForHostKeys(
  transport: Transport,
  pins: HostKeyPins,
  shown: ShownKeys,
): Transport {
  let all = false;
  let last: Promise<unknown> = Promise.resolve();
  const accepts = async (key: UnknownHostKey, signal: AbortSignal): Promise<boolean> => {
    if (all) return true;
    const answer = (await askLine(question(key), signal)).trim().toLowerCase();
    all = answer === 'a' || answer === 'all';
    return all || answer === 'y' || answer === 'yes';
  };
  return {
    open: async (node, signal) => {
      try {
        return await transport.open(node, signal);
      } catch (error) {
        const key = shown.get(node.name);
        const isUnknown =
          error instanceof ConnectError && reasonCode(error.reason) === 'host-key-unknown';
        if (!isUnknown || key === undefined) throw error;
        const mine = last.then(() => accepts(key, signal));
        last = mine.catch(() => undefined);
        if (!(await mine)) throw error;
        pins.accept(key);
        return transport.open(node, signal);
      }
    },
  };
}
