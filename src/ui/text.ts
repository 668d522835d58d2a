import stringWidth from 'string-width';
import { visible } from '../domain/visible.js';

/** How a line is meant, apart from its words; a theme turns it into a colour, and never needs to. */
export type Tone = 'plain' | 'good' | 'bad' | 'warn' | 'unsure' | 'dim' | 'accent';

/** One line of a text screen. */
export type Line = {
  readonly text: string;
  readonly tone?: Tone;
  readonly bold?: boolean;
  /** Columns before the text, also before what wraps. */
  readonly indent?: number;
};

export const line = (text: string, tone: Tone = 'plain', indent = 0): Line => ({
  text,
  tone,
  indent,
});
export const heading = (text: string): Line => ({ text, bold: true });
export const blank: Line = { text: '' };

/** The width of text on a terminal, in columns. */
export const columnsOf = (text: string): number =>
  // Plain ASCII is by far the most common and needs no look at any table.
  /^[ -~]*$/.test(text) ? text.length : stringWidth(text);

/** Cuts text to a width in columns; what is missing shows as an ellipsis. */
export function fit(text: string, width: number, ellipsis = '…'): string {
  if (width <= 0) return '';
  if (columnsOf(text) <= width) return text;
  const room = width - columnsOf(ellipsis);
  let used = 0;
  let out = '';
  for (const character of text) {
    const columns = columnsOf(character);
    if (used + columns > room) break;
    used += columns;
    out += character;
  }
  return room < 0 ? ellipsis.slice(0, width) : out + ellipsis;
}

/** `fit`, then filled with spaces to exactly the width. */
export function cell(text: string, width: number, ellipsis = '…'): string {
  const cut = fit(text, width, ellipsis);
  return cut + ' '.repeat(Math.max(0, width - columnsOf(cut)));
}

function breakWord(word: string, width: number): string[] {
  const parts: string[] = [];
  let part = '';
  for (const character of word) {
    if (columnsOf(part + character) > width && part !== '') {
      parts.push(part);
      part = '';
    }
    part += character;
  }
  return [...parts, part];
}

/** Breaks a text into lines of at most `width` columns, at spaces where there are any. */
export function wrap(text: string, width: number): string[] {
  const room = Math.max(1, width);
  return visible(text)
    .replaceAll('\t', '    ')
    .split('\n')
    .flatMap((paragraph) => wrapParagraph(paragraph, room));
}

function wrapParagraph(paragraph: string, width: number): string[] {
  if (columnsOf(paragraph) <= width) return [paragraph];
  const lines: string[] = [];
  let current = '';
  for (const word of paragraph.split(' ').flatMap((part) => breakWord(part, width))) {
    const joined = current === '' ? word : `${current} ${word}`;
    if (columnsOf(joined) <= width) current = joined;
    else {
      lines.push(current);
      current = word;
    }
  }
  return [...lines, current];
}

/** Wraps every line and keeps its tone and indent. */
export function wrapLines(lines: readonly Line[], width: number): readonly Line[] {
  return lines.flatMap((item) => {
    const indent = item.indent ?? 0;
    return wrap(item.text, width - indent).map((text) => ({ ...item, text }));
  });
}

/** `1 node`, `2 nodes`. */
export const count = (n: number, one: string, many = `${one}s`): string =>
  `${String(n)} ${n === 1 ? one : many}`;

/** Names up to a limit, then how many more: `n1, n2 and 3 more`. */
export function nameList(names: readonly string[], limit = 3): string {
  if (names.length <= limit) return names.join(', ');
  return `${names.slice(0, limit).join(', ')} and ${String(names.length - limit)} more`;
}
