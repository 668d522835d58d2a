import { known, notKnown, type Answer, type AnswerSheet } from '../domain/answer.js';
import { ProbeParseError } from '../domain/errors.js';
import type { Evidence, NodeEvidence } from '../domain/evidence.js';
import type { AnyProbe, RawOutput } from '../domain/probe.js';
import { reason } from '../domain/reason.js';
import { visibleLine } from '../domain/visible.js';

const decoder = new TextDecoder('utf-8');

// sudo says no with status 1, which the command itself may also return; its words tell (sudo 1.8 and 1.9, sudo-rs). So
// do those of doas, and of as_root where nothing may become root.
const SUDO_SAYS = [
  '(?:sorry, )?a password is required',
  'a terminal is required',
  'no tty present',
  'interactive authentication is required',
  '(?:sorry, )?you must have a tty',
  '.{0,200}is not in the sudoers file',
  '.{0,200}not allowed to execute',
  "I'm sorry .{1,200}I'm afraid I can't do that",
  'account validation failure',
  'PAM account management error',
  'effective uid is not 0',
  '.{1,200} must be owned by uid 0',
].join('|');
const ROOT_REFUSAL = new RegExp(
  `^sudo: (?:${SUDO_SAYS})|^Sorry, user .{1,200} (?:is not allowed|may not run)|^.{1,64} is not in the sudoers file|^doas: (?:Operation not permitted|Authentication required|Authorization required|a tty is required|doas is not enabled)|^as_root: `,
  'm',
);
/** What as_root writes behind a refusal (collect/shell-parts). */
const REFUSED_COMMAND = /^\(status 1 of (?:sudo|doas) -n -- (.{1,240})\)$/m;

/** Most probes say nothing on one of the two streams, and the decoder costs for no byte too. */
const textOf = (bytes: Uint8Array): string => (bytes.length === 0 ? '' : decoder.decode(bytes));

const rawOf = (evidence: Evidence): RawOutput => ({
  stdout: textOf(evidence.stdout),
  stderr: textOf(evidence.stderr.subarray(0, 8192)),
  exit: evidence.exit,
  receivedAt: evidence.receivedAt,
});

/** How a piece of evidence becomes an answer. */
export type Reader = (probe: AnyProbe, evidence: Evidence | undefined) => Answer<unknown>;

/** Nothing that the node did not say completely and cleanly becomes an answer. */
export const answerOf: Reader = (probe, evidence) => readWith(interpret, probe, evidence);

function readWith(
  read: (probe: AnyProbe, raw: RawOutput) => Answer<unknown>,
  probe: AnyProbe,
  evidence: Evidence | undefined,
): Answer<unknown> {
  if (evidence === undefined) return notKnown(reason('not-run', `${probe.id} was not run`));
  if (evidence.problem !== undefined) return notKnown(evidence.problem);
  if (evidence.stdout.length > probe.maxBytes) {
    return notKnown(
      reason('truncated', `${probe.command} printed more than ${String(probe.maxBytes)} bytes`),
    );
  }
  return read(probe, rawOf(evidence));
}

const interpret = (probe: AnyProbe, raw: RawOutput): Answer<unknown> =>
  refusal(probe, raw) ?? parsed(probe, raw);

/** Answers that were read before; they hold for as long as their evidence lives. */
export type AnswerMemory = WeakMap<AnyProbe, WeakMap<Evidence, Answer<unknown>>>;

/** Answers by what was printed. */
type Texts = Map<string, Answer<unknown>>;
const newTexts = (): Texts => new Map();

/**
 * Answers as `answerOf` does, and texts that nodes have in common once for all of them: such nodes then share one
 * answer object. Parsers are pure, so nobody can tell; an answer of a parser that looked at the time of arrival is its
 * node's alone. With a memory each piece of evidence is read once; whoever judges once has no use for it.
 */
export function sharingReader(memory?: AnswerMemory): Reader {
  /** By probe, then by how the command ended and what it complained of. */
  const texts = new Map<AnyProbe, Map<string, Texts>>();
  const notRun = new Map<AnyProbe, Answer<unknown>>();
  const interpretOnce = (probe: AnyProbe, raw: RawOutput): Answer<unknown> => {
    const { stdout, stderr, exit, receivedAt } = raw;
    const ofProbe = entry(texts, probe, () => new Map<string, Texts>());
    const known = entry(ofProbe, `${String(exit)} ${stderr}`, newTexts);
    const kept = known.get(stdout);
    if (kept !== undefined) return kept;
    const seen = { looked: false };
    const watched: RawOutput = {
      stdout,
      stderr,
      exit,
      get receivedAt() {
        seen.looked = true;
        return receivedAt;
      },
    };
    const answer = interpret(probe, watched);
    if (!seen.looked) known.set(stdout, answer);
    return answer;
  };
  return (probe, evidence) => {
    if (evidence === undefined) return entry(notRun, probe, () => answerOf(probe, undefined));
    if (memory === undefined) return readWith(interpretOnce, probe, evidence);
    const read = entry(memory, probe, () => new WeakMap<Evidence, Answer<unknown>>());
    return entry(read, evidence, () => readWith(interpretOnce, probe, evidence));
  };
}

/** The value of a key, made when it is not there yet. */
function entry<K, V>(
  map: { get(key: K): V | undefined; set(key: K, value: V): unknown },
  key: K,
  make: () => V,
): V {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}

function refusal(probe: AnyProbe, raw: RawOutput): Answer<never> | null {
  // Whatever the status: a script of several commands ends well when only an earlier one was refused.
  if (probe.rootCommands.length > 0) {
    const at = raw.stderr.search(ROOT_REFUSAL);
    if (at >= 0) return notKnown(reason('denied', refusedWords(probe, raw.stderr.slice(at))));
  }
  if (raw.exit === null || raw.exit === 0) return null;
  if (probe.goodExits?.includes(raw.exit) === true) return null;
  const said = visibleLine(raw.stderr.trim(), 120);
  const tail = said === '' ? '' : ` (${said})`;
  if (raw.exit === 127) return notKnown(reason('tool-missing', `${probe.command}${tail}`));
  if (raw.exit === 126) return notKnown(reason('denied', `${probe.command}${tail}`));
  return notKnown(
    reason('garbled', `${probe.command} ended with status ${String(raw.exit)}${tail}`),
  );
}

/** Which command was refused, by whom, in which words: what the operator needs to allow it. */
function refusedWords(probe: AnyProbe, stderr: string): string {
  const [line = ''] = stderr.split('\n', 1);
  const words = visibleLine(line, 160);
  if (words.startsWith('as_root: ')) return words.slice('as_root: '.length);
  const [only] = probe.rootCommands;
  const named =
    REFUSED_COMMAND.exec(stderr)?.[1] ?? (probe.rootCommands.length === 1 ? only : undefined);
  const what = named === undefined ? 'a command of it' : visibleLine(named, 160);
  return `${probe.command} needs root, and ${what} was refused (${words})`;
}

function parsed(probe: AnyProbe, raw: RawOutput): Answer<unknown> {
  try {
    const value = probe.parse(raw) as unknown;
    const part = probe.partOf?.(raw, value) ?? null;
    return part === null
      ? known(value)
      : known(value, reason('truncated', `${probe.command}: ${visibleLine(part, 160)}`));
  } catch (error) {
    if (error instanceof ProbeParseError)
      return notKnown(reason('garbled', `${probe.command}: ${visibleLine(error.message, 160)}`));
    throw error;
  }
}

/** The answers of one node. An unreached node has none; of two pieces of evidence for one probe neither counts. */
export function answersOf(
  probes: readonly AnyProbe[],
  node: NodeEvidence,
  read: Reader = answerOf,
): AnswerSheet {
  const byProbe = new Map<string, Evidence | typeof TWICE>();
  for (const item of node.evidence) byProbe.set(item.probe, byProbe.has(item.probe) ? TWICE : item);
  const answers = new Map<string, Answer<unknown>>();
  for (const probe of probes) {
    const said = byProbe.get(probe.id);
    if (node.unreached !== undefined) answers.set(probe.id, notKnown(node.unreached));
    else answers.set(probe.id, said === TWICE ? saidTwice(probe) : read(probe, said));
  }
  return answers;
}

const TWICE = 'twice';
const saidTwice = ({ command }: AnyProbe): Answer<unknown> =>
  notKnown(reason('garbled', `${command} was answered twice`));
