import { ConnectError } from '../domain/errors.js';
import type { InventoryNode } from '../domain/inventory.js';
import { reason, reasonCode } from '../domain/reason.js';
import type { SecretBroker, Session, Transport } from '../domain/transport.js';
import { visibleLine } from '../domain/visible.js';

/** Accounts are often locked at the fifth failure (pam_faillock, directories); sshd itself penalises an address. */
const IN_A_ROW = 3;

/** What is known of one login name in this run. */
type Standing = {
  /** Nodes that refused the login since the last that let it in. */
  readonly refusedBy: string[];
  readonly seen: Set<string>;
  entered: number;
  refused: number;
  /** While somebody is asked, nobody else connects. */
  asking: Promise<void> | null;
  verdict: 'unasked' | 'go on' | 'stop';
};

const fresh = (): Standing => ({
  refusedBy: [],
  seen: new Set(),
  entered: 0,
  refused: 0,
  asking: null,
  verdict: 'unasked',
});

/**
 * Holds the fleet back when three nodes in a row refuse a login and no more let it in than refused it: a wrong key or
 * password that is tried everywhere locks the account out, or this address. Somebody is asked, once a login name; where nobody answers, the
 * rest is not tried. Asking for a node a second time is a new beginning.
 */
export function guardAgainstLockOut(transport: Transport, broker: SecretBroker): Transport {
  const standings = new Map<string, Standing>();

  const standingOf = (node: InventoryNode): Standing => {
    const user = node.user ?? '';
    const known = standings.get(user);
    const isNewRound = known?.verdict === 'stop' && known.seen.has(node.name);
    const standing = known === undefined || isNewRound ? fresh() : known;
    standings.set(user, standing);
    standing.seen.add(node.name);
    return standing;
  };

  const refused = async (
    standing: Standing,
    node: InventoryNode,
    signal: AbortSignal,
  ): Promise<void> => {
    standing.refused += 1;
    if (!standing.refusedBy.includes(node.name)) standing.refusedBy.push(node.name);
    const isSuspect = standing.refusedBy.length >= IN_A_ROW && standing.entered <= standing.refused;
    if (!isSuspect || standing.verdict !== 'unasked') return;
    standing.verdict = 'stop';
    standing.asking = mayGoOn(broker, standing, node, signal).then((goOn) => {
      standing.verdict = goOn ? 'go on' : 'stop';
      standing.asking = null;
    });
    await standing.asking;
  };

  return {
    open: async (node, signal): Promise<Session> => {
      const standing = standingOf(node);
      await standing.asking;
      if (standing.verdict === 'stop') throw notTried(standing, node);
      try {
        const session = await transport.open(node, signal);
        standing.entered += 1;
        standing.refusedBy.length = 0;
        return session;
      } catch (error) {
        const isRefusal =
          error instanceof ConnectError && reasonCode(error.reason) === 'auth-failed';
        if (isRefusal) await refused(standing, node, signal);
        throw error;
      }
    },
  };
}

const loginOf = ({ user }: InventoryNode): string =>
  user === undefined ? 'the login' : `the login as ${user}`;

const nodesOf = ({ refusedBy }: Standing): string => refusedBy.slice(0, IN_A_ROW).join(', ');

async function mayGoOn(
  broker: SecretBroker,
  standing: Standing,
  node: InventoryNode,
  signal: AbortSignal,
): Promise<boolean> {
  const happened = `${nodesOf(standing)} refused ${loginOf(node)} one after the other`;
  const prompt = visibleLine(
    `${happened}. Trying the rest may lock the account or this address out. Type yes to try it`,
    400,
  );
  const request = { node: 'the fleet', kind: 'confirm', prompt, echo: true } as const;
  const answer = await broker.ask(request, signal).catch(() => null);
  return answer?.trim().toLowerCase() === 'yes';
}

const notTried = (standing: Standing, node: InventoryNode): ConnectError =>
  new ConnectError(
    reason(
      'not-run',
      visibleLine(
        `${node.name} was not tried: ${nodesOf(standing)} refused ${loginOf(node)} one after the other, and more failures may lock the account or this address out`,
        400,
      ),
    ),
    'Get into one of them first, by calico-ready audit with its name, then run again.',
  );
