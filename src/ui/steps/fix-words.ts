import { fixGroups, isByHand } from '../../session/selectors/fixes.js';
import type { FixPreview } from '../../session/ports.js';
import type { FixItem } from '../../session/state.js';
import { diffLines } from '../components/diff-lines.js';
import { blank, count, heading, line, nameList, type Line, type Tone } from '../text.js';

const PHASE: Readonly<Record<FixItem['phase'], { readonly text: string; readonly tone: Tone }>> = {
  offered: { text: 'offered', tone: 'plain' },
  applying: { text: 'applying', tone: 'accent' },
  undoing: { text: 'undoing', tone: 'accent' },
  verifying: { text: 'verifying', tone: 'accent' },
  verified: { text: 'VERIFIED', tone: 'good' },
  'not-fixed': { text: 'NOT FIXED', tone: 'bad' },
  failed: { text: 'FAILED', tone: 'bad' },
  uncertain: { text: 'UNCERTAIN', tone: 'warn' },
  undone: { text: 'undone', tone: 'plain' },
};

export const phaseCell = (item: FixItem): { readonly text: string; readonly tone: Tone } =>
  isByHand(item) && item.phase === 'offered'
    ? { text: 'by hand', tone: 'plain' }
    : PHASE[item.phase];

/** What the fix under the pointer does, and what became of it. */
export function fixLines(item: FixItem): readonly Line[] {
  return [
    // First what became of it: a long summary would push the reason of a failure off the screen.
    ...(item.message === '' ? [] : [line(item.message, phaseCell(item).tone)]),
    line(`${item.check}, ${item.fix.way}: ${item.fix.summary}`),
  ];
}

const section = (title: string, texts: readonly string[], tone: Tone = 'plain'): readonly Line[] =>
  texts.length === 0 ? [] : [blank, heading(title), ...texts.map((text) => line(text, tone, 2))];

/** The whole change before it is made: losses first, then files, then commands, then the way back. */
export function previewLines(item: FixItem, preview: FixPreview): readonly Line[] {
  const { fix } = item;
  return [
    heading(`${item.check} on ${item.node}, ${fix.way} (${fix.kind})`),
    line(fix.summary),
    ...(fix.disturbsNetwork ? [line('It disturbs the network of the node.', 'warn')] : []),
    ...(fix.needsReboot ? [line('It needs a reboot to take effect.', 'warn')] : []),
    ...section('What you lose', preview.loses, 'warn'),
    ...(preview.diff.length === 0 ? [] : [blank, heading('Files'), ...diffLines(preview.diff)]),
    ...section(isByHand(item) ? 'What is to be done' : 'What is done', preview.actions),
    blank,
    line(
      isByHand(item)
        ? 'This version shows this fix and does not apply it.'
        : 'What was there before is kept in the journal on the node; u undoes the change.',
    ),
    ...section(
      'By hand',
      [fix.byHand].filter((text) => text !== ''),
    ),
    ...section(
      'The same on the command line',
      [preview.commandLine].filter((text) => text !== ''),
    ),
  ];
}

const nodesOf = (items: readonly FixItem[]): readonly string[] => [
  ...new Set(items.map((item) => item.node)),
];

/** The question before a disruptive fix may be marked, on all these nodes: what it is, what is lost, what else would do. */
export function consentLines(
  items: readonly FixItem[],
  others: readonly FixItem[],
): readonly Line[] {
  const [first] = items;
  if (first === undefined) return [];
  const { fix, check } = first;
  const loses = [...new Set(items.flatMap((item) => item.fix.loses))];
  return [
    heading(`${check}, ${fix.way}, on ${nameList(nodesOf(items), 6)}`),
    line(`${fix.summary} This is disruptive.`),
    ...section('What you lose', loses, 'warn'),
    ...section('Other ways', [
      ...new Set(others.map((item) => `${item.fix.way}: ${item.fix.summary}`)),
    ]),
    blank,
  ];
}

/** The question before anything is changed: each fix, and where. */
export function applyLines(items: readonly FixItem[]): readonly Line[] {
  const groups = fixGroups(items);
  const nodes = nodesOf(items);
  const first = items[0]?.node ?? '';
  return [
    heading(
      `Apply ${count(items.length, 'fix', 'fixes')} on ${nodes.length === 1 ? first : count(nodes.length, 'node')}?`,
    ),
    ...groups.map((group) =>
      line(
        `${group.check} (${group.way}), ${group.kind}: ${nameList(nodesOf(group.items), 8)}`,
        group.kind === 'safe' ? 'plain' : 'warn',
        2,
      ),
    ),
    blank,
    line(
      nodes.length > 1
        ? `Each fix is tried on one node first, beginning with ${first}, and verified by the same probes.`
        : 'Each is verified by the same probes.',
    ),
    line('Enter applies now. Esc changes nothing.'),
  ];
}

/** The question before a change is taken back. */
export const undoLines = (item: FixItem): readonly Line[] => [
  heading(`Undo ${item.check} (${item.fix.way}) on ${item.node}?`),
  line('The node puts back what its journal holds from before: files, modes, owners, services.'),
  ...(item.fix.kind === 'safe'
    ? []
    : [line('This may disturb the node as the change did.', 'warn')]),
  blank,
  line('Enter undoes it now. Esc leaves it as it is.'),
];
