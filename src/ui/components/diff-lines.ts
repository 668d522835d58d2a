import { line, type Line, type Tone } from '../text.js';

function toneOf(text: string): Tone {
  if (text.startsWith('+++') || text.startsWith('---') || text.startsWith('@@')) return 'accent';
  if (text.startsWith('+')) return 'good';
  return text.startsWith('-') ? 'bad' : 'dim';
}

/** A unified diff for a scroll view; plus and minus carry the meaning, colour only repeats it. */
export const diffLines = (diff: readonly string[]): readonly Line[] =>
  diff.map((text) => line(text, toneOf(text)));
