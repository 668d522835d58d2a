import { catalogue } from '../../../checks/index.js';
import { surveyFleet, type SurveyProgress } from '../../collect/survey.js';
import type { NodeEvidence } from '../../domain/evidence.js';
import type { Intent } from '../../domain/intent.js';
import type { InventoryNode } from '../../domain/inventory.js';
import type { Waiver } from '../../domain/report.js';
import type { Transport } from '../../domain/transport.js';
import { buildReport, type Judgement } from '../../engine/build-report.js';
import { planProbes } from '../../engine/plan.js';
import { isThisMachine } from '../../session/this-machine.js';
import { createLocalTransport } from '../../transport/local.js';
import { createHostKeyPins } from '../../transport/ssh/host-key-pins.js';
import type { CommonOptions } from '../options.js';
import { TOOL } from '../version.js';
import { clock, randomHex, sha256 } from './run.js';
import type { SecretKeeper } from './secrets.js';
import { sshTransport, type AccessOptions } from './ssh.js';

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

/** The transport of a command without screens: unknown keys are never asked about. */
export const headlessTransport = (options: AccessOptions, secrets: SecretKeeper): Transport =>
  routed(createLocalTransport(), () =>
    sshTransport(options, {
      pins: createHostKeyPins(),
      broker: secrets.broker,
      onUnknownHostKey: () => undefined,
      interactive: false,
    }),
  );

export type AskOptions = Pick<
  CommonOptions,
  'become' | 'becomeShell' | 'concurrency' | 'timeout'
> & {
  readonly transport: Transport;
  readonly signal: AbortSignal;
  readonly onProgress?: (node: string, progress: SurveyProgress) => void;
};

/** Runs the collector on every node, as the flags say. Rejects only with CancelledError. */
export const ask = (
  nodes: readonly InventoryNode[],
  intent: Intent,
  options: AskOptions,
): Promise<readonly NodeEvidence[]> =>
  surveyFleet({
    transport: options.transport,
    nodes,
    probes: planProbes(catalogue, intent),
    become: options.become,
    runAs: options.becomeShell === true ? 'root' : 'login',
    deadlineMs: options.timeout * 1000,
    concurrency: options.concurrency,
    signal: options.signal,
    clock,
    randomNonce: randomHex,
    ...(options.onProgress === undefined ? {} : { onProgress: options.onProgress }),
  });

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
    catalogue,
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
