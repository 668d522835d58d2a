import { ConnectError, OperatorError } from '../../domain/errors.js';
import {
  AFTER_A_DIFFERENCE,
  compareWithList,
  differsFromList,
  parseHostKeyList,
  type HostKeyList,
} from '../../domain/host-key-list.js';
import type { InventoryNode } from '../../domain/inventory.js';
import { reasonCode } from '../../domain/reason.js';
import type { Transport, UnknownHostKey } from '../../domain/transport.js';
import { visibleLine } from '../../domain/visible.js';
import type { HostKeyPins } from '../../transport/ssh/host-key-pins.js';
import { readText } from '../files/read-text.js';
import { note } from '../io.js';
import { expandHome } from './access-files.js';
import { askLine } from './question.js';

/** The key that a server showed, by the name of the node that was being opened. */
export type ShownKeys = Map<string, UnknownHostKey>;

/** The terminal, the files and the time, for tests to stand in for. */
export type HostKeyIo = {
  readonly ask: (question: string, signal: AbortSignal) => Promise<string>;
  readonly readList: (path: string) => Promise<string>;
  readonly tell: (text: string) => void;
  /** Milliseconds after the first new key until the table is shown, although other nodes still connect. */
  readonly gatherMs: number;
};

const TERMINAL: HostKeyIo = {
  ask: askLine,
  readList: (path) => readText(expandHome(path), 'list of host keys'),
  tell: note,
  gatherMs: 2_000,
};

/** A node that waits for the operator; null: its key was accepted. */
type Waiting = {
  readonly key: UnknownHostKey;
  readonly signal: AbortSignal;
  readonly settle: (refusal: ConnectError | 'refused' | null) => void;
  readonly fail: (error: unknown) => void;
};

/**
 * Asks about unknown host keys on the terminal, as ssh does, but of the whole fleet in one table, and never inside a
 * handshake: the connections have ended, and the next ones are held to the exact keys that were accepted. In place of a
 * yes the operator may name a file with the right keys, or type a fingerprint: keys that agree are accepted, nodes whose
 * keys differ are stopped, and the rest is asked again. Other nodes go on meanwhile.
 */
export function askingForHostKeys(
  transport: Transport,
  pins: HostKeyPins,
  shown: ShownKeys,
  io: HostKeyIo = TERMINAL,
): Transport {
  const table = createTable(io);
  return {
    open: async (node, signal) => {
      try {
        return await table.whileOpening(node, () => transport.open(node, signal));
      } catch (error) {
        const key = shown.get(node.name);
        const isUnknown =
          error instanceof ConnectError && reasonCode(error.reason) === 'host-key-unknown';
        if (!isUnknown || key === undefined) throw error;
        const refusal = await table.decide(key, signal);
        if (refusal !== null) throw refusal === 'refused' ? error : refusal;
        pins.accept(key);
        return transport.open(node, signal);
      }
    },
  };
}

function createTable(io: HostKeyIo) {
  /** Every node that was opened so far: a list may give a key to another of them. */
  const fleet = new Map<string, Pick<UnknownHostKey, 'node' | 'host' | 'port'>>();
  let all = false;
  let asking = false;
  let opening = 0;
  let list: HostKeyList | null = null;
  let waiting: readonly Waiting[] = [];
  let timer: NodeJS.Timeout | undefined;

  /** Settles those that the list, or an earlier answer, speaks of; returns the others. */
  const undecided = (some: readonly Waiting[]): readonly Waiting[] => {
    return some.filter(({ key, settle }) => {
      const verdict = list === null ? null : compareWithList(list, key, [...fleet.values()]);
      if (verdict?.kind === 'differs') {
        settle(new ConnectError(differsFromList(key, verdict.why), AFTER_A_DIFFERENCE));
      } else if (verdict?.kind === 'agrees' || all) settle(null);
      else return true;
      return false;
    });
  };

  const answer = async (mine: readonly Waiting[], text: string): Promise<void> => {
    const word = text.trim();
    if (/^SHA256:|[/~]/.test(word)) {
      const added = await readAnswer(word, io);
      list = { keys: [...(list?.keys ?? []), ...added.keys], unread: added.unread };
      waiting = [...undecided(mine), ...waiting];
      return;
    }
    all ||= /^a(ll)?$/i.test(word);
    const accepted = all || /^y(es)?$/i.test(word);
    for (const { settle } of mine) settle(accepted ? null : 'refused');
  };

  const ask = async (): Promise<void> => {
    clearTimeout(timer);
    timer = undefined;
    asking = true;
    const mine = undecided(waiting);
    waiting = [];
    const [first] = mine;
    try {
      if (first !== undefined) await answer(mine, await io.ask(question(mine), first.signal));
    } catch (error) {
      for (const { fail } of mine) fail(error);
    }
    asking = false;
    consider();
  };

  /** The table is shown when nobody else is on the way to show a key, or when it has waited long enough. */
  const consider = (): void => {
    if (asking || waiting.length === 0) return;
    if (opening === 0) void ask();
    else timer ??= setTimeout(() => void ask(), io.gatherMs);
  };

  return {
    whileOpening: async <T>(node: InventoryNode, open: () => Promise<T>): Promise<T> => {
      fleet.set(node.name, { node: node.name, host: node.host, port: node.port ?? 22 });
      opening += 1;
      try {
        return await open();
      } finally {
        opening -= 1;
        // Those whose key is new have come to the table by then.
        setImmediate(consider);
      }
    },
    decide: (key: UnknownHostKey, signal: AbortSignal): Promise<ConnectError | 'refused' | null> =>
      new Promise((settle, fail) => {
        waiting = [...waiting, { key, signal, settle, fail }];
      }),
  };
}

/** The keys that the operator named instead of a yes; none, with a word of why, when they cannot be read. */
async function readAnswer(word: string, io: HostKeyIo): Promise<HostKeyList> {
  try {
    const list = parseHostKeyList(word.startsWith('SHA256:') ? word : await io.readList(word));
    io.tell(
      `${String(list.keys.length)} host keys on your list${list.unread > 0 ? `, ${String(list.unread)} lines could not be read` : ''}.`,
    );
    return list;
  } catch (error) {
    if (!(error instanceof OperatorError)) throw error;
    io.tell(`${error.message} ${error.nextStep}`);
    return { keys: [], unread: 0 };
  }
}

const HOW =
  'Accept? [y]es, [a]ll of this run, a FILE with the right fingerprints or one SHA256:… to compare, anything else leaves them alone: ';

function question(waiting: readonly Waiting[]): string {
  const rows = new Map<string, { readonly key: UnknownHostKey; readonly nodes: string[] }>();
  for (const { key } of waiting) {
    const id = `${key.host} ${String(key.port)} ${key.key}`;
    const row = rows.get(id) ?? { key, nodes: [] };
    row.nodes.push(key.node);
    rows.set(id, row);
  }
  const title =
    waiting.length === 1
      ? '1 node shows a host key that known_hosts does not hold:'
      : `${String(waiting.length)} nodes show host keys that known_hosts does not hold:`;
  return [title, ...Array.from(rows.values(), rowOf), HOW].join('\n');
}

function rowOf({ key, nodes }: { key: UnknownHostKey; nodes: readonly string[] }): string {
  const named = nodes.slice(0, 3).join(', ');
  const more = nodes.length > 3 ? ` and ${String(nodes.length - 3)} more` : '';
  const at = `${key.host}:${String(key.port)}`;
  return visibleLine(`  ${named}${more} at ${at}  ${key.type} ${key.fingerprint}`, 300);
}
