import { createHash } from 'node:crypto';
import { CancelledError, InputError } from '../../src/domain/errors.js';
import { DEFAULT_INTENT, type Intent } from '../../src/domain/intent.js';
import type { InventoryNode } from '../../src/domain/inventory.js';
import { visibleLine } from '../../src/domain/visible.js';
import type { FixOutcome, SessionPorts } from '../../src/session/ports.js';
import type { ExportResult, SessionState } from '../../src/session/state.js';
import { FAKE_CATALOGUE } from './fake-catalogue.js';
import {
  evidenceOf,
  fakeBroker,
  gate,
  parseLines,
  peerOf,
  setMended,
  type FakeNode,
} from './fake-world.js';

export { broken, healthy, inventoryNode, type FakeNode } from './fake-world.js';

/** A call of a port, as `name node…`. */
export type FakePorts = {
  readonly ports: SessionPorts;
  readonly world: Record<string, FakeNode>;
  readonly calls: string[];
  /** Every state handed to `save` and `saveNow`, in order. */
  readonly saved: SessionState[];
  /** Passwords that nodes were given. */
  readonly secrets: string[];
  /** Signals of the long calls, in order. */
  readonly signals: AbortSignal[];
  /** Makes the next calls of this name wait until `release`, or until they are cancelled. */
  hold(name: 'access' | 'survey' | 'apply' | 'undo' | 'export' | 'save'): void;
  release(name: 'access' | 'survey' | 'apply' | 'undo' | 'export' | 'save'): void;
  /** Moves the clock, in milliseconds. */
  advance(ms: number): void;
  /** Inventories and intents that files hold. */
  readonly files: {
    inventories: Record<string, readonly InventoryNode[]>;
    intents: Record<string, Intent>;
    hostKeys: Record<string, string>;
    sshConfig: readonly InventoryNode[];
  };
  /** When set, saving rejects with it. */
  failSaves: Error | null;
};

const START = Date.parse('2026-03-01T12:00:00.000Z');
/** Ports over a scripted world: no network, no files, no timers. Composed by hand. */
export function fakePorts(world: Record<string, FakeNode>): FakePorts {
  const calls: string[] = [];
  const saved: SessionState[] = [];
  const secrets: string[] = [];
  const signals: AbortSignal[] = [];
  const accepted = new Set<string>();
  const gates = {
    access: gate(),
    survey: gate(),
    apply: gate(),
    undo: gate(),
    export: gate(),
    save: gate(),
  };
  let now = START;
  const broker = fakeBroker();
  const changes = new Map<string, { node: string; check: string }>();
  const at = (name: string): FakeNode => {
    const node = world[name];
    if (node === undefined) throw new Error(`the fake world has no ${name}`);
    return node;
  };
  const log = (name: string, nodes: readonly InventoryNode[], signal: AbortSignal): void => {
    calls.push([name, ...nodes.map((node) => node.name)].join(' '));
    signals.push(signal);
  };

  function applied(name: string, check: string): FixOutcome {
    const node = at(name);
    const changeId = `change-${String(changes.size + 1)}`;
    if (node.fix === 'refused')
      return { phase: 'failed', message: 'The evidence changed since it was shown.' };
    if (node.fix === 'throws') throw new Error('the executor broke');
    if (node.fix === 'uncertain')
      return { phase: 'uncertain', message: 'The connection broke.', changeId };
    changes.set(changeId, { node: name, check });
    if (node.fix !== 'no-effect') setMended(node, check, true);
    if (node.fix === 'works-then-lost') node.unreached = 'lost: the connection broke';
    return { phase: 'applied', message: 'Applied.', changeId };
  }

  const ports: SessionPorts = {
    catalogue: FAKE_CATALOGUE,
    tool: { name: 'calico-ready', version: '0.0.0-test' },
    clock: { now: () => now },
    sha256: (bytes) => createHash('sha256').update(bytes).digest('hex'),
    fleet: {
      access: async (nodes, _settings, onEvent, signal) => {
        log('access', nodes, signal);
        await gates.access.wait(signal);
        for (const node of nodes) {
          const fake = at(node.name);
          onEvent({ kind: 'connecting', node: node.name });
          if (fake.unreached !== undefined) {
            onEvent({
              kind: 'failed',
              node: node.name,
              reason: fake.unreached,
              nextStep: 'Look at the node.',
            });
            continue;
          }
          if (fake.hostKey === 'ask' && !accepted.has(node.name)) {
            onEvent({
              kind: 'host-key',
              node: node.name,
              key: {
                node: node.name,
                host: node.host,
                port: node.port ?? 22,
                type: 'ssh-ed25519',
                fingerprint: fake.fingerprint ?? `SHA256:fake-${node.name}`,
                key: 'AAAA',
              },
            });
            continue;
          }
          if (fake.password !== undefined) {
            const prompt = visibleLine(`${node.name}'s password:`);
            const secret = await broker.ask(
              { node: node.name, kind: 'password', prompt, echo: false },
              signal,
            );
            if (signal.aborted) throw new CancelledError('stopped');
            if (secret !== null) secrets.push(secret);
            if (secret !== fake.password) {
              onEvent({
                kind: 'failed',
                node: node.name,
                reason: 'auth-failed: the password was refused',
                nextStep: 'Try another one.',
              });
              continue;
            }
          }
          onEvent({ kind: 'open', node: node.name, peer: peerOf(node), privilege: 'sudo -n' });
        }
      },
      acceptHostKeys: (keys) => {
        calls.push(['accept', ...keys.map((key) => key.node)].join(' '));
        for (const key of keys) accepted.add(key.node);
      },
      survey: async (nodes, _intent, _settings, onProgress, signal) => {
        log('survey', nodes, signal);
        for (const node of nodes) onProgress(node.name, { phase: 'asking', done: 1, total: 4 });
        await gates.survey.wait(signal);
        return nodes.map((node) => evidenceOf(node, at(node.name), now));
      },
      close: () => {
        calls.push('close');
        return Promise.resolve();
      },
    },
    fixer: {
      preview: (node, check, fix) => ({
        diff: fix.files.map((file) => `+++ ${file.path}`),
        actions: fix.units.map((unit) => `Stops ${unit.unit}.`),
        loses: fix.loses,
        commandLine: `calico-ready fix ${node.name} --check ${check} --apply`,
      }),
      apply: async (node, check, _fix, _settings, signal) => {
        log(`apply ${check}`, [node], signal);
        await gates.apply.wait(signal);
        return applied(node.name, check);
      },
      undo: async (node, changeId, _settings, signal) => {
        log(`undo ${changeId}`, [node], signal);
        await gates.undo.wait(signal);
        const fake = at(node.name);
        if (fake.undo === 'refused')
          return { phase: 'failed', message: 'The file was changed since.' };
        if (fake.undo === 'uncertain')
          return { phase: 'uncertain', message: 'The connection broke.' };
        const change = changes.get(changeId);
        if (change !== undefined) setMended(fake, change.check, false);
        return { phase: 'undone', message: 'Undone.' };
      },
    },
    files: {
      readInventory: (path) => {
        const nodes = fake.files.inventories[path];
        return nodes === undefined
          ? Promise.reject(new InputError(`${path} cannot be read.`, 'Name another file.'))
          : Promise.resolve(nodes);
      },
      parseInventory: parseLines,
      sshConfigHosts: () => Promise.resolve(fake.files.sshConfig),
      readHostKeys: (path) => {
        const text = fake.files.hostKeys[path];
        return text === undefined
          ? Promise.reject(new InputError(`${path} cannot be read.`, 'Name another file.'))
          : Promise.resolve(text);
      },
      readIntent: (path) => {
        const intent = fake.files.intents[path];
        return intent === undefined
          ? Promise.reject(new InputError(`${path} cannot be read.`, 'Name another file.'))
          : Promise.resolve(intent);
      },
      checkIntent: (candidate) => {
        if (candidate['blockSize'] === 0)
          throw new InputError('blockSize is 0.', 'Use a prefix length from 20 to 32.');
        return { ...DEFAULT_INTENT, ...candidate };
      },
      save: async (state) => {
        saved.push(state);
        await gates.save.wait();
        if (fake.failSaves !== null) throw fake.failSaves;
      },
      saveNow: (state) => {
        saved.push(state);
      },
    },
    exporter: {
      export: async (_state, report, settings, signal): Promise<ExportResult> => {
        log('export', [], signal);
        await gates.export.wait(signal);
        if (settings.bundle === '')
          throw new InputError('The bundle has no name.', 'Type a file name.');
        return {
          bundle: settings.bundle,
          sha256: report.run.id,
          files: [`${settings.bundle}.html`],
          verifyCommand: `calico-ready verify ${settings.bundle}`,
        };
      },
      signKeys: () => Promise.resolve(['/home/op/.ssh/id_ed25519']),
      wholePath: (typed) => (typed.startsWith('/') ? typed : `/here/${typed}`),
      shortPath: (path) => path.replace(/^\/here\//, ''),
    },
    prompts: broker,
  };

  const fake: FakePorts = {
    ports,
    world,
    calls,
    saved,
    secrets,
    signals,
    hold: (name) => {
      gates[name].hold();
    },
    release: (name) => {
      gates[name].release();
    },
    advance: (ms) => {
      now += ms;
    },
    files: { inventories: {}, intents: {}, hostKeys: {}, sshConfig: [] },
    failSaves: null,
  };
  return fake;
}
