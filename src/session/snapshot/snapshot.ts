import type { NodeEvidence } from '../../domain/evidence.js';
import { visibleLine } from '../../domain/visible.js';
import type { SessionState } from '../state.js';
import { STEPS } from '../steps.js';
import { bool, list, maybe, object, Odd, oneOf, orNull, text } from './decode.js';
import * as shapes from './shapes.js';

/** The form of a saved session. Another form is another number; there is no guessing. */
export const SNAPSHOT_VERSION = 1;
const KIND = 'calico-ready/session';

/** What of a session is kept. Prompts, progress, connections, notices and the report (judged anew) are not. */
export type SavedSession = Pick<
  SessionState,
  | 'demo'
  | 'step'
  | 'nodes'
  | 'intent'
  | 'access'
  | 'evidence'
  | 'fixes'
  | 'waivers'
  | 'exportSettings'
  | 'exported'
  | 'runId'
  | 'startedAt'
  | 'files'
>;

const MAX_NODES = 5000;

const kept = object<SavedSession>({
  demo: bool,
  step: oneOf(STEPS.map(({ id }) => id)),
  nodes: list(shapes.node, MAX_NODES),
  intent: shapes.intent,
  access: shapes.access,
  evidence: list(shapes.nodeEvidence, MAX_NODES),
  fixes: list(shapes.fixItem, 100_000),
  waivers: list(shapes.waiver, 10_000),
  exportSettings: shapes.exportSettings,
  exported: orNull(shapes.exported),
  runId: text(200),
  startedAt: text(64),
  files: maybe(shapes.files),
});

// A Buffer turns itself into a list of numbers before the replacer sees it; the holder still has the bytes.
function bytesAsBase64(
  this: Readonly<Record<string, unknown>>,
  key: string,
  value: unknown,
): unknown {
  const raw = this[key];
  return raw instanceof Uint8Array
    ? Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength).toString('base64')
    : value;
}

const written = new WeakMap<NodeEvidence, string>();

/** Evidence is most of a session and never changes: each node's is written once and kept as text for the next save. */
function evidenceText(item: NodeEvidence): string {
  const known = written.get(item) ?? JSON.stringify(item, bytesAsBase64);
  written.set(item, known);
  return known;
}

/** The text to save. Names each key to keep, so that nothing new in the state is saved by accident. */
export function serialiseSession(state: SessionState): string {
  const session: Omit<SavedSession, 'evidence'> & {
    readonly kind: string;
    readonly version: number;
  } = {
    kind: KIND,
    version: SNAPSHOT_VERSION,
    demo: state.demo,
    step: state.step,
    nodes: state.nodes,
    intent: state.intent,
    access: state.access,
    fixes: state.fixes,
    waivers: state.waivers,
    exportSettings: state.exportSettings,
    exported: state.exported,
    runId: state.runId,
    startedAt: state.startedAt,
    ...(state.files === undefined ? {} : { files: state.files }),
  };
  const evidence = state.evidence.map(evidenceText).join(',');
  return `${JSON.stringify(session).slice(0, -1)},"evidence":[${evidence}]}\n`;
}

/** A session to hand to `createSessionStore`, or null and a sentence that says why not. */
export type Restored =
  | { readonly session: SavedSession; readonly reason?: undefined }
  | { readonly session: null; readonly reason: string };

const refuse = (reason: string): Restored => ({ session: null, reason });

function parse(content: string): unknown {
  try {
    return JSON.parse(content) as unknown;
  } catch {
    return undefined;
  }
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What refers to nodes refers to nodes of the list, once each; a key says what its item says. */
function contradiction(session: SavedSession): string | null {
  const names = new Set(session.nodes.map((node) => node.name));
  if (names.size !== session.nodes.length) return 'two nodes have one name';
  const asked = new Set(session.evidence.map((item) => item.node));
  if (asked.size !== session.evidence.length) return 'a node has evidence twice';
  if ([...asked].some((name) => !names.has(name))) return 'there is evidence of no node';
  const wrong = session.fixes.find(
    (item) => !names.has(item.node) || item.key !== `${item.node}/${item.check}/${item.fix.way}`,
  );
  if (wrong !== undefined) return 'a fix is of no node';
  return Number.isNaN(Date.parse(session.startedAt)) ? 'the time of its start is no time' : null;
}

/** Reads a saved session strictly. Never throws; anything odd is refused with a sentence for the operator. */
export function deserialiseSession(content: string): Restored {
  const value = parse(content);
  if (!isObject(value) || value['kind'] !== KIND)
    return refuse('This is not a saved calico-ready session.');
  if (value['version'] !== SNAPSHOT_VERSION)
    return refuse(
      'This session was saved by another version of calico-ready. Resume it with that version, or start anew.',
    );
  try {
    const body = Object.entries(value).filter(([key]) => key !== 'kind' && key !== 'version');
    const session = kept(Object.fromEntries(body), 'session');
    const why = contradiction(session);
    return why === null ? { session } : refuse(`The saved session is damaged: ${why}.`);
  } catch (error) {
    if (error instanceof Odd)
      return refuse(`The saved session is damaged: ${visibleLine(error.message, 160)}.`);
    throw error;
  }
}
