import type { NodeEvidence, PeerRecord } from '../domain/evidence.js';
import { sessionFacts } from '../domain/session-record.js';
import { visibleLine, type Displayable } from '../domain/visible.js';

/** NIST SP 800-131A asks for 2048 bits; OpenSSH takes 1024. */
const WEAK_RSA_BITS = 2048;

type HostKey = NonNullable<PeerRecord['hostKey']>;

const nameOf = (evidence: NodeEvidence): Displayable => visibleLine(evidence.node, 80);

/** The nodes that showed each host key, by its fingerprint; of nodes that were reached through SSH. */
function byHostKey(nodes: readonly NodeEvidence[]): ReadonlyMap<string, readonly NodeEvidence[]> {
  const owners = new Map<string, readonly NodeEvidence[]>();
  for (const evidence of nodes) {
    const fingerprint = evidence.peer?.hostKey?.fingerprint;
    if (fingerprint === undefined) continue;
    owners.set(fingerprint, [...(owners.get(fingerprint) ?? []), evidence]);
  }
  return owners;
}

/**
 * What the connections themselves say of each node, by its name: the host key it proved to hold, the size of an RSA
 * key, the address it was reached at, and the other nodes that hold the same key.
 */
export function peerFacts(
  nodes: readonly NodeEvidence[],
): ReadonlyMap<string, Readonly<Record<string, string>>> {
  const owners = byHostKey(nodes);
  return new Map(
    nodes.map((evidence) => {
      const { address, hostKey } = evidence.peer ?? {};
      const others = (owners.get(hostKey?.fingerprint ?? '') ?? [])
        .filter((other) => other !== evidence)
        .map(nameOf);
      return [
        evidence.node,
        {
          ...(evidence.peer?.hostKey === undefined ? {} : sessionFacts(evidence.peer)),
          ...(hostKey === undefined
            ? {}
            : { 'host-key': visibleLine(`${hostKey.type} ${hostKey.fingerprint}`) }),
          ...(hostKey?.bits === undefined ? {} : { 'host-key-bits': String(hostKey.bits) }),
          ...(others.length === 0
            ? {}
            : { 'host-key-shared-with': visibleLine(others.join(', ')) }),
          ...(address === undefined ? {} : { address: visibleLine(address, 80) }),
        },
      ];
    }),
  );
}

/** A sentence for each host key that several nodes of one survey showed. */
export const sharedHostKeys = (nodes: readonly NodeEvidence[]): readonly Displayable[] =>
  [...byHostKey(nodes)].flatMap(([fingerprint, owners]) =>
    owners.length < 2
      ? []
      : [
          visibleLine(
            `${owners.map(nameOf).join(', ')} show one host key (${fingerprint}): the same machine twice, or copies of one image?`,
            400,
          ),
        ],
  );

const weakness = ({ bits }: HostKey): boolean => bits !== undefined && bits < WEAK_RSA_BITS;

/** A sentence for each node whose RSA host key is too short. */
export const weakHostKeys = (nodes: readonly NodeEvidence[]): readonly Displayable[] =>
  nodes.flatMap((evidence) => {
    const hostKey = evidence.peer?.hostKey;
    return hostKey !== undefined && weakness(hostKey)
      ? [
          visibleLine(
            `${nameOf(evidence)} has an RSA host key of ${String(hostKey.bits)} bits: make one of 2048 or more, or an Ed25519 key.`,
          ),
        ]
      : [];
  });

/** A sentence for each node that another survey of the same session met with another key, or at another address. */
export function changedPeers(
  before: readonly NodeEvidence[],
  now: readonly NodeEvidence[],
): readonly Displayable[] {
  const old = new Map(before.map(({ node, peer }) => [node, peer]));
  return now.flatMap((evidence) => {
    const was = old.get(evidence.node);
    const is = evidence.peer;
    return [
      ...told(
        was?.hostKey?.fingerprint,
        is?.hostKey?.fingerprint,
        (a, b) => `${nameOf(evidence)} shows the host key ${b}, and showed ${a} before.`,
      ),
      ...told(
        was?.address,
        is?.address,
        (a, b) => `${nameOf(evidence)} is at ${b} now, and was at ${a} before.`,
      ),
    ];
  });
}

const told = (
  was: string | undefined,
  is: string | undefined,
  say: (was: string, is: string) => string,
): readonly Displayable[] =>
  was === undefined || is === undefined || was === is ? [] : [visibleLine(say(was, is), 300)];
