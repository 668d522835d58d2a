import { surveyFleet, type FleetSurveyOptions } from '../../collect/survey-fleet.js';
import type { SurveyProgress } from '../../collect/survey.js';
import { CancelledError } from '../../domain/errors.js';
import type { NodeEvidence } from '../../domain/evidence.js';
import type { Intent } from '../../domain/intent.js';
import type { InventoryNode } from '../../domain/inventory.js';
import { reason } from '../../domain/reason.js';
import type { Waiver } from '../../domain/report.js';
import type { Transport } from '../../domain/transport.js';
import { buildReport, type Judgement } from '../../engine/build-report.js';
import { planProbes } from '../../engine/plan.js';
import { isThisMachine } from '../../session/this-machine.js';
import { createLocalTransport } from '../../transport/local.js';
import type { CommonOptions } from '../options.js';
import { TOOL } from '../version.js';
import { checkAccessFiles } from './access-files.js';
import { currentCatalogue } from './catalogue.js';
import type { ShownKeys } from './host-key-question.js';
import { clock, randomHex, sha256 } from './run.js';
import type { SecretKeeper } from './secrets.js';
import type { AccessOptions } from './ssh.js';

/** This machine without SSH, every other node over it. SSH is set up only when a node needs it. */
export function routed(local: Transport, ssh: () => Promise<Transport>): Transport {
  let opened: Promise<Transport> | undefined;
  return {
    open: async (node, signal) => {
      if (isThisMachine(node)) return local.open(node, signal);
      opened ??= ssh();
      return (await opened).open(node, signal);
    },
  };
}

/** The transport of a command without screens. On a terminal it asks about unknown host keys; else `ask` is `strict`. Throws InputError. */
export function headlessTransport(options: AccessOptions, secrets: SecretKeeper): Transport {
  checkAccessFiles(options);
  return routed(createLocalTransport(), async () => {
    // Loaded when a node needs it: the wizard's first screen does not.
    const [{ sshTransport }, { createHostKeyPins }, { askingForHostKeys }] = await Promise.all([
      import('./ssh.js'),
      import('../../transport/ssh/host-key-pins.js'),
      import('./host-key-question.js'),
    ]);
    const interactive = process.stdin.isTTY && process.stderr.isTTY;
    const pins = createHostKeyPins();
    const shown: ShownKeys = new Map();
    const transport = await sshTransport(options, {
      pins,
      broker: secrets.broker,
      onUnknownHostKey: (key) => shown.set(key.node, key),
      interactive,
    });
    return interactive ? askingForHostKeys(transport, pins, shown) : transport;
  });
}

export type AskOptions = Pick<
  CommonOptions,
  'become' | 'becomeShell' | 'becomePasswordFd' | 'concurrency' | 'timeout'
> & {
  readonly transport: Transport;
  readonly signal: AbortSignal;
  readonly onProgress?: (node: string, progress: SurveyProgress) => void;
};

const surveyOptions = (
  nodes: readonly InventoryNode[],
  intent: Intent,
  options: AskOptions,
): FleetSurveyOptions => ({
  nodes,
  transport: options.transport,
  probes: planProbes(currentCatalogue(), intent),
  become: options.become,
  // `sudo -n` takes no password: with one the whole text runs under sudo (design 4.1).
  runAs: options.becomeShell === true || options.becomePasswordFd !== undefined ? 'root' : 'login',
  deadlineMs: options.timeout * 1000,
  concurrency: options.concurrency,
  signal: options.signal,
  clock,
  randomNonce: randomHex,
  ...(options.onProgress === undefined ? {} : { onProgress: options.onProgress }),
});

/** Runs the collector on every node, as the flags say. Rejects only with CancelledError. */
export const ask = (
  nodes: readonly InventoryNode[],
  intent: Intent,
  options: AskOptions,
): Promise<readonly NodeEvidence[]> => surveyFleet(surveyOptions(nodes, intent, options));

/** As `ask`, but keeps the answers that arrived before the operator stopped it; the rest is `not-run`. Never rejects. */
export async function askWhatCan(
  nodes: readonly InventoryNode[],
  intent: Intent,
  options: AskOptions,
): Promise<readonly NodeEvidence[]> {
  const answers = new Map<string, NodeEvidence>();
  try {
    await surveyFleet({
      ...surveyOptions(nodes, intent, options),
      onAnswer: (evidence) => answers.set(evidence.node, evidence),
    });
  } catch (error) {
    if (!(error instanceof CancelledError)) throw error;
  }
  const now = clock.now();
  const stopped = reason('not-run', 'the survey was stopped before this node had answered');
  return nodes.map(
    (node) =>
      answers.get(node.name) ?? {
        node: node.name,
        unreached: stopped,
        startedAt: now,
        finishedAt: now,
        evidence: [],
      },
  );
}

export type Judged = Judgement & {
  readonly nodes: readonly { readonly node: InventoryNode; readonly evidence: NodeEvidence }[];
};

/** Judges what nodes said. */
export function judgeFleet(
  nodes: readonly InventoryNode[],
  evidence: readonly NodeEvidence[],
  intent: Intent,
  waivers: readonly Waiver[],
  run: { readonly id: string; readonly startedAt: number; readonly demo?: boolean },
): Judged {
  const pairs = nodes.flatMap((node, index) => {
    const one = evidence[index];
    return one === undefined ? [] : [{ node, evidence: one }];
  });
  const judgement = buildReport({
    catalogue: currentCatalogue(),
    intent,
    nodes: pairs,
    waivers,
    paths: [],
    run: {
      id: run.id,
      startedAt: new Date(run.startedAt).toISOString(),
      finishedAt: new Date(clock.now()).toISOString(),
    },
    tool: TOOL,
    sha256,
    ...(run.demo === true ? { demo: true } : {}),
  });
  return { ...judgement, nodes: pairs };
}
