import {
  soften,
  type AnyCheck,
  type AnyNodeCheck,
  type Source,
  type Verdict,
} from '../domain/check.js';
import type { Fix } from '../domain/fix.js';
import type { Intent } from '../domain/intent.js';
import type { AnyProbe } from '../domain/probe.js';
import { STATUS, STATUS_WORD } from '../domain/status.js';
import { applyingIntent, judgedByRelease } from './explain-releases.js';

/** A paragraph; `code` is kept as it is, line by line. */
export type Item = { readonly text: string; readonly code?: true };
export type Part = { readonly heading: string; readonly items: readonly Item[] };

/** What `explain` and the generated pages say of one check. */
export type Explanation = {
  readonly id: string;
  readonly title: string;
  /** Severity, scope, and whether it can be waived. */
  readonly about: string;
  readonly parts: readonly Part[];
};

const say = (...texts: readonly string[]): readonly Item[] => texts.map((text) => ({ text }));
const code = (text: string): Item => ({ text, code: true });

const sourceItems = ({ page, date, says, url }: Source): readonly Item[] => [
  { text: `${page}, as of ${date}: ${says}` },
  { text: url },
];

/** Rows carry the ids of the two pages; other sources say themselves what they are. */
const sourcesPart = (check: AnyCheck): readonly Part[] =>
  check.sources.map((source, index) => ({
    heading: index === 0 ? 'Source (this one judges)' : 'Also',
    items: sourceItems(source),
  }));

const seenBy = (probe: AnyProbe): Item =>
  code(
    [
      probe.command,
      probe.rootCommands.length > 0 ? '   # as root' : '',
      probe.script === null ? '   # pasted output only' : '',
    ].join(''),
  );

function fixItems(fix: Fix): readonly Item[] {
  const files = fix.files.flatMap(({ path, content, mode }) =>
    content === null
      ? say(`Removes ${path}.`)
      : [
          { text: `Writes ${path}${mode === undefined ? '' : ` (mode ${mode})`}:` },
          code(content.trimEnd()),
        ],
  );
  const units = fix.units.map(({ unit, active, enabled }) => ({
    text: `${unit}: ${active ? 'running' : 'stopped'} and ${enabled ? 'enabled' : 'disabled'}.`,
  }));
  const commands = (intro: string, lines: readonly string[]): readonly Item[] =>
    lines.length === 0 ? [] : [{ text: intro }, code(lines.join('\n'))];
  const after = [
    ...(fix.disturbsNetwork ? ['It disturbs the network of the node.'] : []),
    ...(fix.needsReboot ? ['It is complete after a restart of the node.'] : []),
    ...(fix.byHandOnly === true ? ['This version shows it and does not apply it.'] : []),
  ];
  return [
    { text: `${fix.way} (${fix.kind}): ${fix.summary}` },
    ...say(...fix.loses),
    ...files,
    ...units,
    ...commands('Runs:', fix.commands),
    ...commands('Undone by:', fix.undoCommands),
    ...say(...after),
    { text: `By hand: ${fix.byHand}` },
  ];
}

const WORKER = { name: 'NODE', host: 'NODE', roles: ['worker'] } as const;

/** Facts to show fixes by: those that the check names, or none at all where it needs none. */
const exampleOf = (check: AnyNodeCheck): unknown =>
  check.example ?? (Object.keys(check.needs).length === 0 ? {} : undefined);

/** The fixes as they would be offered for the example; null when there are some and no example shows them. */
export function exampleFixes(check: AnyCheck): readonly Fix[] | null {
  if (check.scope !== 'node' || check.fixes === undefined) return [];
  const example = exampleOf(check);
  if (example === undefined) return null;
  const context = { intent: applyingIntent(check).intent, node: WORKER };
  try {
    const fixes = check.fixes(example as never, context);
    return fixes.length === 0 ? null : fixes;
  } catch (problem) {
    // Fixes of some checks expect what their judge has made sure of, which an empty example has not.
    if (check.example === undefined && problem instanceof TypeError) return null;
    throw problem;
  }
}

const foundOf = (verdict: Verdict): string | null =>
  verdict.status === STATUS.fail || verdict.status === STATUS.warn
    ? `${STATUS_WORD[verdict.status]}: ${verdict.found}`
    : null;

function fixParts(check: AnyCheck): readonly Part[] {
  const fixes = exampleFixes(check);
  if (fixes === null) {
    return [
      {
        heading: 'Fix',
        items: say(
          `It depends on what was found: calico-ready fix NODE --check ${check.id} --plan shows it.`,
        ),
      },
    ];
  }
  if (fixes.length === 0 || check.scope !== 'node') return [];
  const context = { intent: applyingIntent(check).intent, node: WORKER };
  const found =
    check.example === undefined
      ? null
      : foundOf(soften(check, check.judge(check.example as never, context)));
  const intro = found === null ? [] : say(`For a node with this finding; ${found}`);
  return fixes.map((fix, index) => ({
    heading: fixes.length === 1 ? 'Fix' : `Fix ${String(index + 1)}`,
    items: [...(index === 0 ? intro : []), ...fixItems(fix)],
  }));
}

const part = (heading: string, items: readonly Item[]): readonly Part[] =>
  items.length === 0 ? [] : [{ heading, items }];

const alternativesOf = (check: AnyCheck, intent: Intent): readonly string[] =>
  check.alternatives?.(intent) ?? [];

/** Everything there is to say of a check. Pure; `probes` are those it looks at. */
export function explain(check: AnyCheck, probes: readonly AnyProbe[]): Explanation {
  const { intent, change } = applyingIntent(check);
  const releases = judgedByRelease(check, intent);
  const when = change === '' ? [] : say(`With ${change}; otherwise it may not apply.`);
  return {
    id: check.id,
    title: check.title,
    about: [
      check.severity,
      check.scope === 'node' ? 'judged for each node' : 'judged once for the fleet',
      ...(check.waivable ? [] : ['cannot be waived']),
    ].join(', '),
    parts: [
      ...part('Why', say(check.why)),
      ...sourcesPart(check),
      ...part('Where the texts disagree', say(...(check.disagreement?.split('\n') ?? []))),
      ...part('Seen by', [...new Set(probes)].map(seenBy)),
      ...part(
        'How it is judged',
        releases.length === 0
          ? []
          : [...when, ...say(...releases.map(({ label, text }) => `${label}: ${text}`))],
      ),
      ...part('Breaks without it', say(...(check.breaks ?? []))),
      ...part('What would pass instead', say(...alternativesOf(check, intent))),
      ...fixParts(check),
    ],
  };
}
