import type { Explanation, Item } from './explain-check.js';
import { wrap } from './human.js';

const WIDTH = 80;

const textLines = ({ text, code }: Item): readonly string[] =>
  code === true ? text.split('\n').map((line) => `    ${line}`.trimEnd()) : wrap(text, WIDTH, '  ');

/** For a terminal: 80 columns, commands and files as they are. */
export function explanationText({ id, title, about, parts }: Explanation): string {
  return [
    id,
    ...wrap(title, WIDTH, '  '),
    `  (${about})`,
    ...parts.flatMap(({ heading, items }) => ['', heading, ...items.flatMap(textLines)]),
    '',
  ].join('\n');
}

// Our own words, but with names such as cali* and <node> in them, which Markdown would take for marks.
const escaped = (text: string): string =>
  /^https:\/\/\S+$/.test(text) ? `<${text}>` : text.replace(/[\\`*_[\]<>#|~]/g, '\\$&');

const block = ({ text, code }: Item): string =>
  code === true
    ? text
        .split('\n')
        .map((line) => `    ${line}`.trimEnd())
        .join('\n')
    : escaped(text);

/** Neighbouring lines of code are one block. */
function blocks(items: readonly Item[]): readonly string[] {
  const found: string[] = [];
  let wasCode = false;
  for (const item of items) {
    const isCode = item.code === true;
    if (isCode && wasCode) found.push(`${found.pop() ?? ''}\n${block(item)}`);
    else found.push(block(item));
    wasCode = isCode;
  }
  return found;
}

/** The same as a section of a Markdown page. */
export const explanationMarkdown = ({ id, title, about, parts }: Explanation): string =>
  [
    `## ${id}`,
    `${escaped(title)} (${about}).`,
    ...parts.flatMap(({ heading, items }) => [`**${heading}**`, ...blocks(items)]),
  ].join('\n\n');
