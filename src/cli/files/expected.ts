import type * as z from 'zod';

const TYPES: Readonly<Record<string, string>> = {
  array: 'a list',
  boolean: 'true or false',
  int: 'a whole number',
  number: 'a number',
  object: 'a list of `key: value` lines',
  string: 'text',
};

/** What a value that was refused should have been, in words: of the schema where it has some, else of its kind. */
export function expectedOf(issue: z.core.$ZodIssue): string {
  if (!/^(?:Invalid (?:input|option)|Too small|Too big): /.test(issue.message))
    return issue.message;
  if ('values' in issue) return `one of ${issue.values.map(String).join(', ')}`;
  const things = 'origin' in issue && issue.origin === 'array' ? ' of them' : '';
  if (issue.code === 'too_small') return `at least ${String(issue.minimum)}${things}`;
  if (issue.code === 'too_big') return `at most ${String(issue.maximum)}${things}`;
  if (issue.code === 'invalid_type') return TYPES[issue.expected] ?? issue.expected;
  return issue.message.replace(/^Invalid input: (?:expected )?/, '');
}
