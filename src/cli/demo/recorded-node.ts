import { createHash } from 'node:crypto';
import { catalogue } from '../../../checks/index.js';
import { collectorPrelude, composeCollector, readCollectorText } from '../../collect/compose.js';
import { writeFrames } from '../../collect/write-frames.js';
import type { Evidence } from '../../domain/evidence.js';
import type { AnyProbe } from '../../domain/probe.js';
import { allProbes } from '../../engine/plan.js';
import { PRIVILEGE_QUESTION } from '../wizard/privilege.js';
import { DEMO_USER } from './fleet.js';
import type { NodeRecording, RecordedAnswer, RecordedChange, RecordedRun } from './recording.js';

/** What a node prints for a script it knows. */
export type Reply = {
  /** One part a probe, so that a survey can be watched. */
  readonly stdout: readonly Uint8Array[];
  readonly exit: number;
};

/** A node that plays its recording. It runs nothing. */
export type RecordedNode = {
  /** Null for every text that is not, byte for byte, one that was recorded; then nothing has happened. */
  readonly reply: (script: string, asRoot: boolean) => Reply | null;
};

const UID = 1000;
const PROBES = new Map(allProbes(catalogue).map((probe) => [probe.id, probe]));
const CHANGE_PRELUDE =
  /^N=([0-9a-f]{16,64});C=([A-Za-z0-9][A-Za-z0-9-]{0,63});T=[0-9TZ:-]{20};V=[0-9A-Za-z.+-]{1,40}$/;
/** The transport's question who it is (transport/ssh/sudo.ts). */
const UID_QUESTION = /^echo "([0-9a-f]{32}) \$\(PATH=\/usr\/bin:\/bin id -u\)"\n$/;

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const said = (text: string, exit = 0): Reply => ({ stdout: [bytes(text)], exit });

function replyToQuestion(script: string): Reply | null {
  if (script === PRIVILEGE_QUESTION) return said('@@privilege sudo without a password\n');
  const nonce = UID_QUESTION.exec(script)?.[1];
  return nonce === undefined ? null : said(`${nonce} ${String(UID)}\n`);
}

/** The probes of a collector, when the text is exactly what the catalogue composes for them. */
function readCollector(
  script: string,
): { readonly nonce: string; readonly probes: readonly AnyProbe[] } | null {
  const request = readCollectorText(script);
  if (request === null) return null;
  // The text lists them in the order of its lanes; the client composed it in that of the catalogue.
  const named = new Set(request.probes);
  const probes = [...PROBES.values()].filter(({ id }) => named.has(id));
  const text = `${collectorPrelude(request)}${composeCollector(probes)}`;
  if (probes.length !== request.probes.length || text !== script) return null;
  const mayBecomeRoot = request.become === 'auto' || request.become === 'sudo';
  // The recording was made with sudo: what nobody recorded without it is not said.
  const asked = probes.filter((probe) => mayBecomeRoot || probe.rootCommands.length === 0);
  return { nonce: request.nonce, probes: asked };
}

function evidenceOf(probe: AnyProbe, answer: RecordedAnswer): Evidence {
  // A recorded clock would be as far off as the recording is old: the node's clock is this machine's, as it was then.
  const stdout =
    probe.id === 'clock' ? `${String(Math.floor(Date.now() / 1000))}\n` : answer.stdout;
  return {
    probe: probe.id,
    command: probe.command,
    stdout: bytes(stdout),
    stderr: bytes(answer.stderr ?? ''),
    exit: answer.exit,
    durationMs: answer.ms,
    receivedAt: null,
  };
}

/** In front of every frame, so that each part is one probe's answer. */
function inParts(output: Uint8Array, nonce: string): readonly Uint8Array[] {
  const text = Buffer.from(output);
  const mark = `\n@@${nonce} B `;
  const parts: Uint8Array[] = [];
  let from = 0;
  for (let at = text.indexOf(mark); at >= 0; at = text.indexOf(mark, at + 1)) {
    parts.push(text.subarray(from, at));
    from = at;
  }
  return [...parts, text.subarray(from)];
}

const filledIn = (run: RecordedRun, nonce: string, change: string): Reply =>
  said(run.stdout.replaceAll('{nonce}', nonce).replaceAll('{change}', change), run.exit);

export function createRecordedNode(recording: NodeRecording): RecordedNode {
  let inForce: { readonly id: string; readonly change: RecordedChange } | null = null;

  const survey = (script: string): Reply | null => {
    const asked = readCollector(script);
    if (asked === null) return null;
    const answers = new Map(
      Object.entries({ ...recording.answers, ...(inForce?.change.answers ?? {}) }),
    );
    const evidence = asked.probes.flatMap((probe) => {
      const answer = answers.get(probe.id);
      return answer === undefined ? [] : [evidenceOf(probe, answer)];
    });
    const epoch = Math.floor(Date.now() / 1000);
    const meta = { uid: UID, user: DEMO_USER, become: 'sudo', epoch } as const;
    const { nonce } = asked;
    return { stdout: inParts(writeFrames(evidence, { nonce, meta }), nonce), exit: 0 };
  };

  const change = (script: string): Reply | null => {
    const end = script.indexOf('\n');
    const [, nonce = '', id = ''] = CHANGE_PRELUDE.exec(script.slice(0, Math.max(0, end))) ?? [];
    if (nonce === '') return null;
    const sha256 = createHash('sha256')
      .update(script.slice(end + 1))
      .digest('hex');
    if (inForce !== null) {
      const { undo } = inForce.change;
      if (undo.sha256 !== sha256 || id !== inForce.id) return null;
      inForce = null;
      return filledIn(undo, nonce, id);
    }
    const made = recording.changes.find(({ apply }) => apply.sha256 === sha256);
    if (made === undefined) return null;
    inForce = { id, change: made };
    return filledIn(made.apply, nonce, id);
  };

  return {
    reply: (script, asRoot) =>
      replyToQuestion(script) ?? survey(script) ?? (asRoot ? change(script) : null),
  };
}
