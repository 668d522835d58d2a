import { visibleLine } from '../domain/visible.js';

/** A key with its value, and the comment lines in front of it. */
export type Entry = {
  readonly key: string;
  readonly value: Value;
  readonly comments?: readonly string[];
};
export type Value =
  string | number | boolean | { readonly map: readonly Entry[] } | readonly Value[];

// Plain words that YAML 1.1 and 1.2 alike read as text; everything else is quoted as JSON does, which is YAML too.
const PLAIN = /^[A-Za-z][A-Za-z0-9_.-]{0,60}$/;
const NOT_TEXT = /^(?:y|n|yes|no|on|off|true|false|null|nan|inf)$/i;

const scalar = (value: string | number | boolean): string =>
  typeof value === 'string' && (!PLAIN.test(value) || NOT_TEXT.test(value))
    ? JSON.stringify(value)
    : String(value);

export const isList = (value: Value): value is readonly Value[] => Array.isArray(value);

function itemLines(value: Value, indent: string): readonly string[] {
  if (typeof value !== 'object') return [`${indent}- ${scalar(value)}`];
  const [first = '', ...rest] = isList(value)
    ? value.flatMap((item) => itemLines(item, `${indent}  `))
    : entryLines(value.map, `${indent}  `);
  return [`${indent}- ${first.trimStart()}`, ...rest];
}

/** Comments are one line each and cannot end early, whatever the text holds. */
export const commentLine = (text: string, indent = ''): string =>
  `${indent}# ${visibleLine(text, 400)}`;

/** Block YAML of a mapping. */
export function entryLines(entries: readonly Entry[], indent = ''): readonly string[] {
  return entries.flatMap(({ key, value, comments = [] }) => {
    const head = [...comments.map((text) => commentLine(text, indent)), `${indent}${key}:`];
    const last = head.length - 1;
    if (typeof value !== 'object')
      return [...head.slice(0, last), `${indent}${key}: ${scalar(value)}`];
    const below = isList(value)
      ? value.flatMap((item) => itemLines(item, `${indent}  `))
      : entryLines(value.map, `${indent}  `);
    return below.length > 0
      ? [...head, ...below]
      : [...head.slice(0, last), `${indent}${key}: ${isList(value) ? '[]' : '{}'}`];
  });
}
