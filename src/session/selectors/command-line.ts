import { DEFAULT_INTENT, type Intent } from '../../domain/intent.js';
import type { InventoryNode } from '../../domain/inventory.js';
import { shellWord } from '../../domain/shell-word.js';
import type { FixItem, SessionState } from '../state.js';
import type { StepId } from '../steps.js';
import { isThisMachine } from '../this-machine.js';

const PROGRAM = 'calico-ready';
/** More nodes than this make no line that anybody would type. */
const MAX_ARGUMENTS = 8;

function nodeWord(node: InventoryNode, user: string): string {
  const login = node.user ?? user;
  const bracket = node.host.includes(':');
  const host = bracket ? `[${node.host}]` : node.host;
  const at = login === '' ? '' : `${login}@`;
  return `${at}${host}${node.port === undefined ? '' : `:${String(node.port)}`}`;
}

/** Null when no line can name these nodes, as they were typed and are too many, or have hops. */
function nodeWords(state: SessionState, names?: ReadonlySet<string>): readonly string[] | null {
  const nodes = state.nodes.filter((node) => names?.has(node.name) ?? true);
  const inventory = state.files?.inventory;
  if (inventory !== undefined) {
    const some = nodes.length < state.nodes.length ? nodes.map((node) => shellWord(node.name)) : [];
    return some.length > MAX_ARGUMENTS ? null : [...some, '--inventory', shellWord(inventory)];
  }
  if (nodes.some((node) => (node.jump?.length ?? 0) > 0)) return null;
  const local = nodes.filter(isThisMachine).length > 0 ? ['--local'] : [];
  const remote = nodes.filter((node) => !isThisMachine(node));
  if (remote.length > MAX_ARGUMENTS) return null;
  return [...remote.map((node) => shellWord(nodeWord(node, state.access.user))), ...local];
}

const sameIntent = (intent: Intent): boolean =>
  JSON.stringify(Object.entries(intent).sort()) ===
  JSON.stringify(Object.entries(DEFAULT_INTENT).sort());

function intentWords(state: SessionState): readonly string[] {
  const file = state.files?.intent;
  if (file !== undefined) return ['--intent', shellWord(file)];
  return sameIntent(state.intent) ? [] : ['--intent', 'FILE'];
}

/** What was given at the start and no screen changes. */
function startWords({ files, flags }: SessionState): readonly string[] {
  const rules = files?.rules;
  return [
    ...(rules === undefined ? [] : ['--rules', shellWord(rules.path)]),
    ...(flags ?? []).map(shellWord),
  ];
}

/** The command that takes the saved session up again, with the flags of this start. */
export const resumeLine = (flags: readonly string[]): string =>
  [PROGRAM, '--resume', ...flags.map(shellWord)].join(' ');

function accessWords({ access }: SessionState): readonly string[] {
  return [
    ...(access.become === 'auto' ? [] : ['--become', access.become]),
    ...(access.hostKey === 'ask' ? [] : ['--host-key', access.hostKey]),
    ...access.identityFiles.flatMap((file) => ['--identity', shellWord(file)]),
  ];
}

function fixLine(state: SessionState): readonly string[] | null {
  const open = state.fixes.filter((item) => item.picked);
  const items: readonly FixItem[] = open.length > 0 ? open : state.fixes;
  const [first] = items;
  if (first === undefined) return null;
  // One line mends one check in one way; the screen shows the line of the first.
  const same = items.filter((item) => item.check === first.check && item.fix.way === first.fix.way);
  const nodes = nodeWords(state, new Set(same.map((item) => item.node)));
  if (nodes === null) return null;
  const mode = open.length > 0 ? '--apply' : '--plan';
  const several = state.fixes.some(
    (item) => item.check === first.check && item.fix.way !== first.fix.way,
  );
  const way = several ? ['--way', shellWord(first.fix.way)] : [];
  return ['fix', ...nodes, '--check', shellWord(first.check), ...way, mode];
}

function waiverWords(state: SessionState): readonly string[] {
  return state.waivers.length > 0 ? ['--waivers', 'FILE'] : [];
}

function exportWords({ exportSettings }: SessionState): readonly string[] {
  const { bundle, signKey } = exportSettings;
  const sign = signKey === '' ? ['--unsigned'] : ['--sign-key', shellWord(signKey)];
  return ['--bundle', bundle === '' ? 'FILE' : shellWord(bundle), ...sign];
}

function words(step: StepId, state: SessionState): readonly string[] | null {
  const rest = [...intentWords(state), ...accessWords(state), ...startWords(state)];
  if (step === 'fixes') {
    const line = fixLine(state);
    return line === null ? null : [...line, ...rest];
  }
  const nodes = nodeWords(state);
  if (nodes === null) return null;
  // Paths are not tested in this version, so an audit says as much as that screen.
  const tail = step === 'sign-off' || step === 'export' ? waiverWords(state) : [];
  const bundle = step === 'export' ? exportWords(state) : [];
  return ['audit', ...nodes, ...rest, ...tail, ...bundle];
}

/**
 * The command line that does the same as a screen. `FILE` stands where the session knows no file name;
 * what no line can say is `--resume`. Visible text, quoted for a POSIX shell.
 */
export function commandLineFor(step: StepId, state: SessionState): string {
  if (state.demo) return `${PROGRAM} demo`;
  if (state.nodes.length === 0) return PROGRAM;
  const line = words(step, state);
  return line === null ? resumeLine(state.flags ?? []) : [PROGRAM, ...line].join(' ');
}
