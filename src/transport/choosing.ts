import { ConnectError } from '../domain/errors.js';
import type { InventoryNode } from '../domain/inventory.js';
import type { Session, Transport } from '../domain/transport.js';
import { visibleLine, type Displayable } from '../domain/visible.js';

export type ChoosingOptions = {
  readonly ssh2: Transport;
  /** Null: there is no `ssh` on this machine. */
  readonly openssh: Transport | null;
  readonly onWarning: (text: Displayable) => void;
};

/**
 * ssh2 for every node, and the user's own ssh for those that ssh2 says it cannot do (ConnectError.needsOpenSsh). The reason
 * is told once a host and stands in the peer's record. Where there is no ssh, the sentence names what is missing.
 */
export function choosing({ ssh2, openssh, onWarning }: ChoosingOptions): Transport {
  const why = new Map<string, string>();
  const keyOf = (node: InventoryNode): string => JSON.stringify(node);

  return {
    open: async (node, signal) => {
      const known = why.get(keyOf(node));
      if (known !== undefined && openssh !== null)
        return because(openssh, known).open(node, signal);
      try {
        return await ssh2.open(node, signal);
      } catch (error) {
        if (!(error instanceof ConnectError) || error.needsOpenSsh === undefined) throw error;
        const reason = visibleLine([...new Set(error.needsOpenSsh)].join(', '), 300);
        if (openssh === null) throw withoutSsh(error);
        why.set(keyOf(node), reason);
        onWarning(visibleLine(`${node.name}: by your own ssh, for ssh2 cannot use ${reason}`, 400));
        return because(openssh, reason).open(node, signal);
      }
    },
  };
}

const withoutSsh = (error: ConnectError): ConnectError =>
  new ConnectError(
    error.reason,
    'Install the OpenSSH client (ssh) on this machine: there is none on PATH, and it could do it.',
    error.needsOpenSsh,
  );

/** A transport whose sessions record why it was taken (PeerRecord.chosenBecause). */
export const because = (transport: Transport, reason: string): Transport => ({
  open: async (node, signal) => withReason(await transport.open(node, signal), reason),
});

function withReason(session: Session, reason: string): Session {
  return {
    get peer() {
      return { ...session.peer, chosenBecause: reason };
    },
    run: (request, signal) => session.run(request, signal),
    close: () => session.close(),
  };
}
