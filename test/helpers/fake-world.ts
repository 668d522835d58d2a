import { CancelledError, InputError } from '../../src/domain/errors.js';
import type { Evidence, NodeEvidence, PeerRecord } from '../../src/domain/evidence.js';
import type { InventoryNode } from '../../src/domain/inventory.js';
import type { Reason } from '../../src/domain/reason.js';
import type { SecretRequest } from '../../src/domain/transport.js';
import type { PromptPort } from '../../src/session/ports.js';

const encoder = new TextEncoder();

/** How one node of the fake world behaves; tests change it between actions. */
export type FakeNode = {
  /** What the probes of FAKE_CATALOGUE print; a probe left out is not run. */
  words: Record<'fake-firewall' | 'fake-manager' | 'fake-machine' | 'fake-swap', string>;
  unreached?: Reason;
  /** `ask`: its host key is not known until it is accepted. */
  hostKey: 'known' | 'ask';
  /** Of its host key; `SHA256:fake-NAME` without it. */
  fingerprint?: string;
  /** It asks for this password while connecting. */
  password?: string;
  /** How an applied fix ends; `works` changes the node so that the check passes. */
  fix: 'works' | 'no-effect' | 'refused' | 'uncertain' | 'throws' | 'works-then-lost';
  undo: 'works' | 'refused' | 'uncertain';
};

/** Nodes that pass every check. */
export const healthy = (change: Partial<FakeNode> = {}): FakeNode => ({
  words: {
    'fake-firewall': 'inactive',
    'fake-manager': 'unmanaged',
    'fake-machine': 'x86_64',
    'fake-swap': 'off',
  },
  hostKey: 'known',
  fix: 'works',
  undo: 'works',
  ...change,
});

/** A node on which both fixable checks fail. */
export const broken = (change: Partial<FakeNode> = {}): FakeNode => {
  const node = healthy(change);
  return {
    ...node,
    words: { ...node.words, 'fake-firewall': 'active', 'fake-manager': 'managed' },
  };
};

export const inventoryNode = (name: string): InventoryNode => ({
  name,
  host: name,
  roles: ['worker'],
});

export const peerOf = (node: InventoryNode): PeerRecord => ({
  transport: 'recorded',
  host: node.host,
  authMethod: 'publickey',
});

const keyOf = (fingerprint: string | undefined): Pick<PeerRecord, 'hostKey'> =>
  fingerprint === undefined
    ? {}
    : { hostKey: { type: 'ssh-ed25519', fingerprint, trustedBy: 'known_hosts:1' } };

/** What a node of the fake world prints; composed by hand. */
export function evidenceOf(
  node: InventoryNode,
  { words, unreached, fingerprint }: FakeNode,
  now: number,
): NodeEvidence {
  const evidence = Object.entries(words).map(([probe, word]): Evidence => ({
    probe,
    command: `show ${probe}`,
    stdout: encoder.encode(`${word}\n`),
    stderr: new Uint8Array(),
    exit: 0,
    durationMs: 5,
    receivedAt: now,
  }));
  const base = { node: node.name, startedAt: now, finishedAt: now + 1500 };
  return unreached === undefined
    ? { ...base, peer: { ...peerOf(node), ...keyOf(fingerprint) }, evidence }
    : { ...base, unreached, evidence: [] };
}

/** Sets the words of a fixable check as they are after its fix, or before it. */
export function setMended(node: FakeNode, check: string, mended: boolean): void {
  if (check === 'fake/firewall') node.words['fake-firewall'] = mended ? 'inactive' : 'active';
  if (check === 'fake/manager') node.words['fake-manager'] = mended ? 'unmanaged' : 'managed';
}

/** A place where a call waits until it is let go or stopped. */
export type Gate = { wait(signal?: AbortSignal): Promise<void>; hold(): void; release(): void };

export function gate(): Gate {
  let held: PromiseWithResolvers<void> | null = null;
  return {
    hold: () => {
      held ??= withResolvers();
    },
    release: () => {
      held?.resolve();
      held = null;
    },
    wait: async (signal) => {
      if (signal?.aborted === true) throw new CancelledError('stopped');
      if (held === null) return;
      const stop = withResolvers();
      const onAbort = (): void => {
        stop.reject(new CancelledError('stopped'));
      };
      signal?.addEventListener('abort', onAbort, { once: true });
      await Promise.race([held.promise, stop.promise]);
    },
  };
}

type PromiseWithResolvers<T> = {
  readonly promise: Promise<T>;
  readonly resolve: (value: T) => void;
  readonly reject: (error: unknown) => void;
};

// Promise.withResolvers needs Node 22.
function withResolvers(): PromiseWithResolvers<void> {
  let settle: Pick<PromiseWithResolvers<void>, 'resolve' | 'reject'> | undefined;
  const promise = new Promise<void>((resolve, reject) => {
    settle = { resolve, reject };
  });
  if (settle === undefined) throw new Error('a promise runs its executor at once');
  return { promise, ...settle };
}

/** One line a host, `#` comments; anything with a space in it is refused with its line. */
export function parseLines(text: string): readonly InventoryNode[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line, index) => {
      if (line.includes(' '))
        throw new InputError(
          `line ${String(index + 1)}, column 1: a host was expected.`,
          'Mend it.',
        );
      const match = /^(?:([^@]+)@)?([^:]+)(?::(\d+))?$/.exec(line);
      const [, user, host = line, port] = match ?? [];
      return {
        ...inventoryNode(host),
        ...(user === undefined ? {} : { user }),
        ...(port === undefined ? {} : { port: Number(port) }),
      };
    });
}

export type FakeBroker = PromptPort & {
  ask(request: SecretRequest, signal: AbortSignal): Promise<string | null>;
};

/** One queue of prompts, as the real broker keeps it. */
export function fakeBroker(): FakeBroker {
  let show: (request: SecretRequest | null) => void = () => undefined;
  const queue: { request: SecretRequest; answer: (secret: string | null) => void }[] = [];
  const showHead = (): void => {
    show(queue[0]?.request ?? null);
  };
  const ask: FakeBroker['ask'] = (request, signal) =>
    new Promise((resolve) => {
      const entry = { request, answer: resolve };
      queue.push(entry);
      signal.addEventListener('abort', () => {
        if (queue.includes(entry)) queue.splice(queue.indexOf(entry), 1);
        showHead();
        resolve(null);
      });
      showHead();
    });

  return {
    ask,
    subscribe: (shown) => {
      show = shown;
    },
    answer: (secret) => {
      queue.shift()?.answer(secret);
      showHead();
    },
  };
}
