import { satisfies, validRange } from 'semver';
import {
  defineCheck,
  fail,
  pass,
  unknown,
  type AnyNodeCheck,
  type Verdict,
} from '../../domain/check.js';
import type { Fix } from '../../domain/fix.js';
import type { Intent } from '../../domain/intent.js';
import { defineProbe, type AnyProbe } from '../../domain/probe.js';
import { reason } from '../../domain/reason.js';
import type { Severity } from '../../domain/status.js';
import { visibleLine } from '../../domain/visible.js';
import { linearPattern } from './linear-pattern.js';

/** What a rule expects of its command's output. */
export type Expectation =
  | { readonly kind: 'equals'; readonly text: string }
  | { readonly kind: 'pattern'; readonly pattern: string }
  | { readonly kind: 'version'; readonly range: string }
  | { readonly kind: 'number'; readonly min?: number; readonly max?: number };

export type OwnRule = {
  /** `own/NAME`. */
  readonly id: string;
  readonly title: string;
  readonly why: string;
  readonly severity: Severity;
  readonly command: string;
  readonly timeoutSeconds: number;
  /** Runs through as_root; the command is then an absolute path with fixed arguments. */
  readonly root: boolean;
  /** Exit statuses besides 0 that carry an answer. */
  readonly exits: readonly number[];
  readonly expect: Expectation;
  /** Keys of the intent with the values for which the rule applies. */
  readonly when: Readonly<Record<string, readonly unknown[]>>;
  readonly fix?: string;
  /** ISO date of the rules file. */
  readonly date: string;
};

export const OWN_PAGE = 'own rule';
const MOST_BYTES = 65_536;

/** Of an output: a version has at least one dot, so that a lone number is none. */
const VERSION = /(?:^|[^0-9.])v?(\d{1,9})\.(\d{1,9})(?:\.(\d{1,9}))?/;
const NUMBER = /(?:^|[^0-9A-Za-z.])(-?\d{1,15}(?:\.\d{1,9})?)(?![0-9A-Za-z.])/;

export const isRange = (text: string): boolean => text.trim() !== '' && validRange(text) !== null;

/** The expectation in words, as reports show it. */
export function expected(expect: Expectation): string {
  if (expect.kind === 'equals') return `the output is ${JSON.stringify(expect.text)}`;
  if (expect.kind === 'pattern') return `the output matches ${expect.pattern}`;
  if (expect.kind === 'version') return `a version in the range ${expect.range}`;
  const { min, max } = expect;
  if (min !== undefined && max !== undefined)
    return `a number from ${String(min)} to ${String(max)}`;
  return min === undefined ? `a number up to ${String(max)}` : `a number from ${String(min)} on`;
}

type Met = { readonly met: boolean; readonly found: string };

const shown = (text: string): string =>
  text === '' ? 'it printed nothing' : `it printed ${visibleLine(text, 200)}`;

/** Null when the text holds nothing that could be compared. */
function meets(expect: Expectation, text: string): Met | null {
  if (expect.kind === 'equals') return { met: text === expect.text.trim(), found: shown(text) };
  if (expect.kind === 'pattern')
    return { met: linearPattern(expect.pattern).found(text), found: shown(text) };
  if (expect.kind === 'version') {
    const [, major, minor, patch = '0'] = VERSION.exec(text) ?? [];
    if (major === undefined || minor === undefined) return null;
    const version = [major, minor, patch].map((part) => String(Number(part))).join('.');
    return { met: satisfies(version, expect.range), found: `version ${version}` };
  }
  return meetsNumber(expect, text);
}

function meetsNumber(
  { min = -Infinity, max = Infinity }: Extract<Expectation, { kind: 'number' }>,
  text: string,
): Met | null {
  const found = NUMBER.exec(text)?.[1];
  if (found === undefined) return null;
  return { met: Number(found) >= min && Number(found) <= max, found };
}

function judge({ expect }: OwnRule, text: string): Verdict {
  const result = meets(expect, text);
  if (result === null)
    return unknown(
      reason('garbled', `there is no ${expect.kind} in what it printed`),
      `Run the command on the node by hand: ${shown(text)}.`,
    );
  return result.met ? pass(result.found) : fail(result.found, expected(expect));
}

/** Why a rule does not apply to an intent; null when it does. */
function skip({ when }: OwnRule, intent: Intent): string | null {
  for (const [key, values] of Object.entries(when)) {
    const value = JSON.stringify(intent[key as keyof Intent]);
    if (!values.some((one) => JSON.stringify(one) === value))
      return `the rule is for ${key}: ${values.map(String).join(' or ')}`;
  }
  return null;
}

/** The probe of a rule: `own-NAME`, so that a pasted `own-NAME.txt` is read too. */
const probeOf = (rule: OwnRule): AnyProbe =>
  defineProbe<string>({
    id: rule.id.replace('/', '-'),
    command: visibleLine(rule.command, 4000),
    script: rule.root ? `as_root ${rule.command}` : rule.command,
    rootCommands: rule.root ? [rule.command] : [],
    timeoutSeconds: rule.timeoutSeconds,
    maxBytes: MOST_BYTES,
    // A process of its own: what the operator wrote may leave its shell, change folders or hang.
    talks: true,
    fields: { output: 'free-text' },
    goodExits: rule.exits,
    parse: ({ stdout }) => stdout.slice(0, MOST_BYTES).replaceAll('\r\n', '\n').trim(),
  });

const fixOf = (text: string): Fix => ({
  way: 'own',
  summary: text,
  kind: 'safe',
  loses: [],
  files: [],
  units: [],
  commands: [],
  undoCommands: [],
  disturbsNetwork: false,
  needsReboot: false,
  byHandOnly: true,
  byHand: text,
});

/** A rule as a check like every other; its id and its source say that it is the operator's own. */
export function checkOfRule(rule: OwnRule): AnyNodeCheck {
  const { fix } = rule;
  const says = `${visibleLine(rule.command, 200)}: ${expected(rule.expect)}`;
  return defineCheck({
    id: rule.id,
    title: rule.title,
    why: rule.why,
    sources: [
      {
        page: OWN_PAGE,
        url: `urn:calico-ready:${rule.id.replace('/', ':')}`,
        date: rule.date,
        says,
      },
    ],
    severity: rule.severity,
    waivable: true,
    skip: (intent) => skip(rule, intent),
    rule: () => `It passes when ${expected(rule.expect)}, by the output of the command.`,
    needs: { output: probeOf(rule) },
    judge: ({ output }) => judge(rule, output as string),
    ...(fix === undefined ? {} : { fixes: () => [fixOf(fix)] }),
  });
}
