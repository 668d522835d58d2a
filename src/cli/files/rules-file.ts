import { stat } from 'node:fs/promises';
import * as z from 'zod';
import { InputError } from '../../domain/errors.js';
import { DEFAULT_INTENT, INTENT_CHOICES } from '../../domain/intent.js';
import { visibleLine } from '../../domain/visible.js';
import { linearPattern, PatternError } from '../rules/linear-pattern.js';
import { isRange, type Expectation, type OwnRule } from '../rules/own-rule.js';
import { expectedOf } from './expected.js';
import { readText } from './read-text.js';
import { parseYaml, type YamlDocument } from './yaml-document.js';

const MOST_RULES = 200;
/** With `root: true`: an absolute path and fixed arguments, nothing that a shell would read in its own way. */
const ROOT_COMMAND = /^\/[A-Za-z0-9._/+-]{1,200}(?: [A-Za-z0-9._/:=,+@%-]{1,200}){0,20}$/;

const text = (most: number, least = 1) =>
  z
    .string({ error: 'text' })
    .refine((value) => value.trim().length >= least && value.length <= most, {
      error: `text of ${String(least)} to ${String(most)} characters`,
    })
    .transform((value) => visibleLine(value.trim(), most));

function patternProblem(value: string): string | null {
  try {
    linearPattern(value);
    return value.length <= 500 ? null : 'it is too long';
  } catch (error) {
    if (error instanceof PatternError) return error.message;
    throw error;
  }
}

const pattern = z.string({ error: 'text' }).superRefine((value, context) => {
  const problem = patternProblem(value);
  if (problem !== null) context.addIssue(`a pattern that can be matched in one pass: ${problem}`);
});
const limit = z.number({ error: 'a number' });
const number = z
  .strictObject({ min: limit.optional(), max: limit.optional() })
  .refine(({ min, max }) => min !== undefined || max !== undefined, { error: 'min or max' })
  .refine(({ min = -Infinity, max = Infinity }) => min <= max, { error: 'min not above max' });

const expect = z
  .strictObject({
    equals: z
      .union([z.string(), z.number(), z.boolean()], { error: 'a text or a number' })
      .transform(String)
      .optional(),
    pattern: pattern.optional(),
    version: z
      .string({ error: 'a version range in quotes such as ">=1.7 <3"' })
      .refine(isRange, { error: 'a version range such as ">=1.7 <3"' })
      .optional(),
    number: number.optional(),
  })
  .refine((value) => Object.keys(value).length === 1, {
    error: 'one of equals, pattern, version, number',
  });

const whenValue = z.union([z.string(), z.number(), z.boolean()], { error: 'a value or a list' });
const when = z
  .record(z.string(), z.union([whenValue, z.array(whenValue).min(1).max(20)]))
  .superRefine((value, context) => {
    for (const [key, wanted] of Object.entries(value)) {
      const problem = whenProblem(key, [wanted].flat());
      if (problem !== null) context.addIssue({ code: 'custom', message: problem, path: [key] });
    }
  });

function whenProblem(key: string, values: readonly unknown[]): string | null {
  if (!Object.hasOwn(DEFAULT_INTENT, key))
    return `a key of the intent: ${Object.keys(DEFAULT_INTENT).join(', ')}`;
  const current = DEFAULT_INTENT[key as keyof typeof DEFAULT_INTENT];
  if (Array.isArray(current)) return 'a key of the intent that is no list';
  const choices = (INTENT_CHOICES as Readonly<Record<string, readonly string[]>>)[key];
  if (choices !== undefined)
    return values.every((value) => choices.includes(String(value)) && typeof value === 'string')
      ? null
      : `one of ${choices.join(', ')} (in quotes where it is a number)`;
  const kinds = new Set([typeof current, ...(key === 'mtu' ? ['number', 'string'] : [])]);
  return values.every((value) => kinds.has(typeof value as 'string'))
    ? null
    : `a value of the kind ${[...kinds].join(' or ')}`;
}

const rule = z.strictObject({
  id: z
    .string({ error: 'own/NAME' })
    .regex(/^own\/[a-z0-9]{1,40}(?:-[a-z0-9]{1,40}){0,8}$/, {
      error: 'own/NAME, of lower-case letters, digits and dashes',
    })
    .refine((id) => id.length <= 60, { error: 'own/NAME of at most 60 characters' }),
  title: text(200, 5),
  severity: z.enum(['required', 'recommended'], { error: 'required or recommended' }),
  why: text(2000, 5),
  probe: z
    .strictObject({
      command: z
        .string({ error: 'a command line' })
        .refine((value) => value.trim() !== '' && value.length <= 4000, {
          error: 'a command line of at most 4000 characters',
        })
        // eslint-disable-next-line no-control-regex -- these are what must not be sent to a shell
        .refine((value) => !/[\u0000-\u0008\u000b-\u001f\u007f]/.test(value), {
          error: 'a command line without control characters',
        }),
      timeout: z
        .int({ error: 'whole seconds from 1 to 60' })
        .refine((value) => value >= 1 && value <= 60, { error: 'whole seconds from 1 to 60' })
        .optional(),
      root: z.boolean({ error: 'true or false' }).optional(),
      exits: z
        .array(
          z.int().refine((value) => value > 0 && value < 124, { error: 'statuses from 1 to 123' }),
        )
        .max(10)
        .optional(),
    })
    .refine(({ root, command }) => root !== true || ROOT_COMMAND.test(command.trim()), {
      path: ['command'],
      error:
        'with root: true an absolute path with fixed arguments, without anything that a shell reads (quotes, $, |, ;, *)',
    }),
  expect,
  when: when.optional(),
  fix: text(2000, 5).optional(),
});
const schema = z.strictObject({ rules: z.array(rule).min(1).max(MOST_RULES) });

type Read = z.infer<typeof rule>;

function expectationOf(given: Read['expect']): Expectation {
  if (given.equals !== undefined) return { kind: 'equals', text: given.equals };
  if (given.pattern !== undefined) return { kind: 'pattern', pattern: given.pattern };
  if (given.version !== undefined) return { kind: 'version', range: given.version };
  const { min, max } = given.number ?? {};
  return {
    kind: 'number',
    ...(min === undefined ? {} : { min }),
    ...(max === undefined ? {} : { max }),
  };
}

const ruleOf = (
  { probe, expect: expected, when: wanted, fix, ...rest }: Read,
  date: string,
): OwnRule => ({
  ...rest,
  command: probe.command.trim(),
  timeoutSeconds: probe.timeout ?? 10,
  root: probe.root ?? false,
  exits: probe.exits ?? [],
  expect: expectationOf(expected),
  when: Object.fromEntries(
    Object.entries(wanted ?? {}).map(([key, value]) => [key, [value].flat()]),
  ),
  ...(fix === undefined ? {} : { fix }),
  date,
});

function problemOf(
  issue: z.core.$ZodIssue | undefined,
  { place, placeOfKey }: Pick<YamlDocument, 'place' | 'placeOfKey'>,
): InputError {
  const path = issue?.path ?? [];
  if (issue?.code === 'unrecognized_keys') {
    const key = issue.keys[0] ?? '';
    return new InputError(
      `${placeOfKey([...path, key])}: unknown key "${visibleLine(key, 60)}".`,
      'A rule has id, title, severity, why, probe, expect, and may have when and fix.',
    );
  }
  const at = path.map(String).join('.') || 'the file';
  return new InputError(
    `${place(path)}: "${visibleLine(at, 100)}" is not what it should be.`,
    visibleLine(`Expected ${issue === undefined ? 'rules' : expectedOf(issue)}.`, 600),
  );
}

/** Parses own rules. Throws InputError with line and column. `date` is that of the file. */
export function parseRules(content: string, name: string, date: string): readonly OwnRule[] {
  const document = parseYaml(content, name, 'rules file');
  const parsed = schema.safeParse(document.value ?? {});
  if (!parsed.success) throw problemOf(parsed.error.issues[0], document);
  const seen = new Set<string>();
  parsed.data.rules.forEach(({ id }, index) => {
    if (seen.has(id))
      throw new InputError(
        `${document.place(['rules', index, 'id'])}: there are two rules ${id}.`,
        'Give each rule an id of its own.',
      );
    seen.add(id);
  });
  return parsed.data.rules.map((one) => ruleOf(one, date));
}

/** Reads `--rules FILE`. Rejects with InputError. */
export async function readRules(path: string): Promise<readonly OwnRule[]> {
  const content = await readText(path, 'rules file');
  const { mtime } = await stat(path);
  return parseRules(content, path, mtime.toISOString().slice(0, 10));
}
