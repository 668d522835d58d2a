import { shellWord } from './quote.js';
import { JOURNAL } from './valid.js';

/** What a sentence may need to name. `detail` is visible text. */
export type Told = { readonly node: string; readonly changeId: string; readonly detail: string };

const undo = ({ node }: Told, id: string): string =>
  `calico-ready undo ${node} --change ${id === '' ? 'ID' : id}`;
const folder = (id: string): string => `${JOURNAL}/changes/${id}`;
const tail = (detail: string): string => (detail === '' ? '' : ` (${detail})`);

/** What to run to see for oneself. */
export const lookByHand = (node: string, changeId: string): string => {
  const where = changeId === '' ? `${JOURNAL}/changes` : folder(changeId);
  return `ssh ${node} ${shellWord(`sudo grep -r . ${where}/state ${where}/log`)}`;
};

type Sentence = (told: Told) => string;

const APPLY: Readonly<Record<string, Sentence>> = {
  complete: ({ changeId }) => `The change is in place; its way back is in ${folder(changeId)}.`,
  'changed-since-shown': ({ detail }) =>
    `${detail} is no longer as it was when the change was shown. Nothing was changed. Survey the node again and look at the new difference.`,
  'not-regular': ({ detail }) =>
    `${detail} is a link or no plain file. Nothing was changed. Edit what it leads to by hand.`,
  'not-directory': ({ detail }) =>
    `${detail} is not a directory. Nothing was changed. Put a directory there first.`,
  'read-only': ({ detail }) =>
    `${detail} cannot be written: the file system is read-only. Nothing was changed. Make the change where this machine's image is defined.`,
  'unit-missing': ({ detail }) => `There is no unit ${detail} on the node. Nothing was changed.`,
  'unit-unclear': ({ detail }) =>
    `systemctl does not say whether ${detail} runs. Nothing was changed. Look at systemctl status ${detail}.`,
  'unit-masked': ({ detail }) =>
    `${detail} is masked. Nothing was changed. Unmask it first if it shall run.`,
  'unit-fixed': ({ detail }) =>
    `${detail} cannot be enabled or disabled by systemctl alone. Nothing was changed. Do it by hand.`,
  interrupted: (told) =>
    `An earlier change (${told.detail}) was interrupted. Nothing was changed. Undo it first: ${undo(told, told.detail)}; or keep what it did and remove ${folder(told.detail)}.`,
  'id-taken': ({ changeId }) =>
    `The node already has a change ${changeId}. Nothing was changed. Start again for a new number.`,
  stopped: () => 'The change was stopped before it began. Nothing was changed.',
  'put-back': ({ detail }) => `A step failed and everything was put back: ${detail}`,
  'put-back-unmarked': (told) =>
    `A step failed and everything was put back: ${told.detail}. The journal could not be marked; ${undo(told, told.changeId)} does that.`,
};

const UNDO: Readonly<Record<string, Sentence>> = {
  complete: ({ changeId }) => `Change ${changeId} is undone; everything it touched is as before.`,
  already: ({ changeId }) => `Change ${changeId} is not in force any more. Nothing was done.`,
  nothing: ({ node }) => `There is no change to undo on ${node}.`,
  'no-such-change': ({ node, changeId }) =>
    `${node} has no change ${changeId}: it never began, or its journal was removed. Nothing was done.`,
  garbled: ({ detail }) => `The journal cannot be read at ${detail}. Nothing was done. Look at it.`,
  later: (told) =>
    `Change ${told.detail} came later and touches the same. Nothing was done. Undo that first: ${undo(told, told.detail)}.`,
  edited: ({ detail, changeId }) =>
    `${detail} was edited after the change. Nothing was done. Take the edit out and undo again, or copy what you need from ${folder(changeId)}.`,
  'undo-incomplete': (told) =>
    `Not everything is as before:${tail(told.detail)}. Mend that and run it again: ${undo(told, told.changeId)}.`,
  'undo-command': (told) =>
    `Files and units are as before, but a command failed:${tail(told.detail)}. Run it again: ${undo(told, told.changeId)}.`,
  'undo-stopped': (told) =>
    `The undo was stopped on its way. Run it again: ${undo(told, told.changeId)}.`,
};

const BOTH: Readonly<Record<string, Sentence>> = {
  'not-root': () => 'The script did not run as root. Nothing was changed. Give it root by sudo.',
  'tool-missing': ({ detail }) =>
    `The node has no ${detail}, which a safe change needs. Nothing was changed. Install it, or make the change by hand.`,
  busy: ({ node }) =>
    `Another change is running on ${node} just now. Nothing was changed. Wait for its end and start again.`,
  'no-journal': ({ detail }) =>
    `The journal ${JOURNAL} cannot be written${tail(detail)}. Nothing was changed. Make room or make it writable.`,
};

/** The sentence for what the node said; null for a word it cannot have said. */
export function sentence(verb: 'apply' | 'undo', code: string, told: Told): string | null {
  const table = verb === 'apply' ? APPLY : UNDO;
  const found = [table, BOTH].find((one) => Object.hasOwn(one, code));
  return found?.[code]?.(told) ?? null;
}
