import type { FileChange, Fix, UnitChange } from '../domain/fix.js';
import type { InventoryNode } from '../domain/inventory.js';
import { visible, visibleLine, type Displayable } from '../domain/visible.js';
import { unifiedDiff } from './diff.js';
import { readableWord } from './quote.js';

/** What a fix would do on a node, for the screen before consent. All text is visible text. */
export type Preview = {
  readonly diff: readonly Displayable[];
  readonly actions: readonly Displayable[];
  readonly loses: readonly Displayable[];
  /** Empty for a fix that is only shown. */
  readonly commandLine: Displayable;
};

function fileSentence(file: FileChange): string {
  if (file.content === null) return `Remove ${file.path}.`;
  const mode = file.mode ?? (file.expected === null ? '0644' : undefined);
  const words = mode === undefined ? '' : ` with mode ${mode}`;
  return file.expected === null
    ? `Create ${file.path}${words}.`
    : `Rewrite ${file.path}${words}, keeping its owner.`;
}

function unitSentence({ unit, active, enabled }: UnitChange): string {
  const run = active ? 'Start' : 'Stop';
  const boot = enabled ? 'start it at boot' : 'no longer start it at boot';
  return `${run} ${unit} and ${boot}.`;
}

const warnings = (fix: Fix): readonly string[] => [
  ...(fix.disturbsNetwork ? ['This disturbs the network of the node for a moment.'] : []),
  ...(fix.needsReboot ? ['The node must be rebooted afterwards.'] : []),
];

/** The command line that applies this fix without a terminal. */
export function fixCommandLine(node: string, check: string, fix: Fix): string {
  const consent = fix.kind === 'disruptive' ? ['--consent', check] : [];
  return ['calico-ready', 'fix', node, '--check', check, '--way', fix.way, '--apply', '--yes']
    .concat(consent)
    .map(readableWord)
    .join(' ');
}

export function preview(fix: Fix, node: InventoryNode, check: string): Preview {
  const diff = fix.files.flatMap((file) => unifiedDiff(file.path, file.expected, file.content));
  const byHand = fix.byHandOnly === true;
  const actions = [
    ...fix.files.map(fileSentence),
    ...fix.units.map(unitSentence),
    ...fix.commands.map((command) => `Run ${command}`),
    ...warnings(fix),
  ];
  return {
    diff: diff.map((line) => visible(line)),
    actions: actions.map((line) => visibleLine(line, 500)),
    loses: fix.loses.map((line) => visibleLine(line, 500)),
    commandLine: byHand ? visible('') : visibleLine(fixCommandLine(node.name, check, fix), 500),
  };
}
