import { isByHand } from '../../session/selectors/fixes.js';
import type { FixPreview } from '../../session/ports.js';
import type { FixItem } from '../../session/state.js';
import { diffLines } from '../components/diff-lines.js';
import { blank, heading, line, type Line, type Tone } from '../text.js';

const PHASE: Readonly<Record<FixItem['phase'], { readonly text: string; readonly tone: Tone }>> = {
  offered: { text: 'offered', tone: 'plain' },
  applying: { text: 'applying', tone: 'accent' },
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
    line(`${item.fix.way}: ${item.fix.summary}`),
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

/** The question before a disruptive fix may be marked. */
export function consentQuestion(item: FixItem): string {
  const loses = item.fix.loses.length === 0 ? '' : ` You lose: ${item.fix.loses.join(' ')}`;
  return `${item.fix.summary} This is disruptive, on ${item.node}.${loses}`;
}

/** The question before anything is changed. */
export function applyQuestion(items: readonly FixItem[]): string {
  const nodes = [...new Set(items.map((item) => item.node))];
  const fixes = items.length === 1 ? '1 fix' : `${String(items.length)} fixes`;
  const first = items[0]?.node ?? '';
  const canary =
    nodes.length > 1 ? ` Each fix is tried on one node first, beginning with ${first}.` : '';
  return `Apply ${fixes} on ${nodes.join(', ')}?${canary} Each is verified by the same probes.`;
}
