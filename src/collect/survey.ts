import { CancelledError, ConnectError } from '../domain/errors.js';
import type { NodeEvidence, PeerRecord } from '../domain/evidence.js';
import type { InventoryNode } from '../domain/inventory.js';
import type { AnyProbe } from '../domain/probe.js';
import { reason, type Reason } from '../domain/reason.js';
import type { RunEnd, Session, Transport } from '../domain/transport.js';
import { visibleLine } from '../domain/visible.js';
import { BoundedBytes, textOf } from './bytes.js';
import { adviceForSilence, classifySilence } from './classify.js';
import { collectable, collectorPrelude, composeCollector } from './compose.js';
import { FrameReader, type Transcript } from './frame-reader.js';
import type { CollectorMeta } from './marker.js';
import { STDERR_LIMIT, type Become } from './shell-parts.js';

/** What is known of one node while it is surveyed. */
export type SurveyProgress =
  | { readonly phase: 'connecting' }
  | { readonly phase: 'asking'; readonly done: number; readonly total: number }
  | { readonly phase: 'asked'; readonly seconds: number }
  | { readonly phase: 'unreached'; readonly reason: Reason };

export type SurveyClock = {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Milliseconds of a clock that never jumps. */
  readonly monotonic: () => number;
};

export type SurveyOptions = {
  readonly transport: Transport;
  readonly probes: readonly AnyProbe[];
  readonly become: Become;
  readonly runAs: 'login' | 'root';
  /** Milliseconds for one node's whole survey, connecting included. */
  readonly deadlineMs: number;
  readonly signal: AbortSignal;
  readonly clock: SurveyClock;
  /** 32 lower-case hexadecimal digits from a random source, new at each call. */
  readonly randomNonce: () => string;
};

export type NodeSurveyOptions = SurveyOptions & {
  readonly node: InventoryNode;
  readonly onProgress?: (progress: SurveyProgress) => void;
};

const FRAMES_OF_A_PROBE = 3 * 256;
const SPARE = 1_048_576;

/**
 * Asks one node everything. A node that cannot be reached, or does not answer, resolves with `unreached`; only
 * CancelledError rejects.
 */
export async function surveyNode(options: NodeSurveyOptions): Promise<NodeEvidence> {
  const { node, clock, onProgress = () => undefined } = options;
  const startedAt = clock.now();
  const started = clock.monotonic();
  onProgress({ phase: 'connecting' });
  const outcome = await askNode(options, started, onProgress);
  if (outcome.unreached === undefined) {
    onProgress({ phase: 'asked', seconds: (clock.monotonic() - started) / 1000 });
  } else onProgress({ phase: 'unreached', reason: outcome.unreached });
  return { node: node.name, startedAt, finishedAt: clock.now(), ...outcome };
}

type Outcome = Pick<NodeEvidence, 'unreached' | 'nextStep' | 'peer' | 'evidence' | 'noise'>;

async function askNode(
  options: NodeSurveyOptions,
  started: number,
  onProgress: (progress: SurveyProgress) => void,
): Promise<Outcome> {
  let session: Session;
  try {
    session = await options.transport.open(options.node, options.signal);
  } catch (error) {
    return { ...unreachedBy(error, options.signal), evidence: [] };
  }
  try {
    return await askSession(session, options, started, onProgress);
  } catch (error) {
    return { ...unreachedBy(error, options.signal), peer: session.peer, evidence: [] };
  } finally {
    // The answers are there, or the reason why not: a session that does not close cleanly changes neither.
    await session.close().catch(() => undefined);
  }
}

/** Throws CancelledError when that is what happened. */
function unreachedBy(
  error: unknown,
  signal: AbortSignal,
): Pick<NodeEvidence, 'unreached' | 'nextStep'> {
  if (error instanceof CancelledError) throw error;
  if (signal.aborted) throw new CancelledError('cancelled');
  if (error instanceof ConnectError) return { unreached: error.reason, nextStep: error.nextStep };
  const said = visibleLine(error instanceof Error ? error.message : String(error));
  return { unreached: reason('lost', said) };
}

const COMPOSED = new WeakMap<readonly AnyProbe[], string>();

/** The same probes give the same bytes: composed once for a fleet. */
function collectorOf(probes: readonly AnyProbe[]): string {
  const text = COMPOSED.get(probes) ?? composeCollector(probes);
  COMPOSED.set(probes, text);
  return text;
}

async function askSession(
  session: Session,
  options: NodeSurveyOptions,
  started: number,
  onProgress: (progress: SurveyProgress) => void,
): Promise<Outcome> {
  const { clock, become } = options;
  const probes = collectable(options.probes);
  const total = probes.length;
  const nonce = options.randomNonce();
  const reader = new FrameReader({
    nonce,
    probes,
    onProbe: (_, done) => {
      onProgress({ phase: 'asking', done, total });
    },
  });
  const stderr = new BoundedBytes(STDERR_LIMIT);
  onProgress({ phase: 'asking', done: 0, total });
  const end = await session.run(
    {
      script: collectorPrelude({ nonce, become }) + collectorOf(options.probes),
      deadlineMs: Math.max(1, options.deadlineMs - (clock.monotonic() - started)),
      maxStdout: SPARE + probes.reduce((sum, probe) => sum + roomOf(probe), 0),
      maxStderr: SPARE,
      runAs: options.runAs,
      onStdout: (chunk) => {
        reader.push(chunk, clock.now());
      },
      onStderr: (chunk) => {
        stderr.add(chunk);
      },
    },
    options.signal,
  );
  return outcomeOf(session.peer, reader.finish(end), textOf(stderr.bytes()), end);
}

const roomOf = (probe: AnyProbe): number => probe.maxBytes + STDERR_LIMIT + FRAMES_OF_A_PROBE;

function outcomeOf(peer: PeerRecord, read: Transcript, stderr: string, end: RunEnd): Outcome {
  const noise = read.noise.length === 0 ? {} : { noise: read.noise };
  if (read.meta === null && read.frames === 0) {
    const unreached = classifySilence(textOf(read.noise), stderr, end);
    const nextStep = adviceForSilence(unreached);
    const advice = nextStep === undefined ? {} : { nextStep };
    return { unreached, ...advice, peer, evidence: [], ...noise };
  }
  const privilege = peer.privilege ?? privilegeOf(read.meta);
  const named = privilege === undefined ? peer : { ...peer, privilege };
  return { peer: named, evidence: read.evidence, ...noise };
}

function privilegeOf(meta: CollectorMeta | null): string | undefined {
  if (meta === null) return undefined;
  if (meta.become === 'root') return 'root';
  const who = meta.uid === null ? 'not root' : `uid ${String(meta.uid)}`;
  return meta.become === 'none' ? who : `${who}, ${meta.become} -n`;
}
