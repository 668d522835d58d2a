import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { catalogue } from '../checks/index.js';
import { BEYOND, ROWS } from '../checks/requirements/rows.js';
import type { AnyCheck, Catalogue } from '../src/domain/check.js';
import type { AnyProbe } from '../src/domain/probe.js';
import { allProbes, probesOf } from '../src/engine/plan.js';
import { exampleFixes } from '../src/report/explain-check.js';
import { judgedByRelease } from '../src/report/explain-releases.js';
import { DEFAULT_INTENT } from '../src/domain/intent.js';

const ROOT = new URL('..', import.meta.url).pathname;
const ID = /^[a-z0-9]+(?:-[a-z0-9]+)*\/[a-z0-9]+(?:-[a-z0-9]+)*$/;

/** Text that `explain` shows: the rule of every release, and a fix where there is one. */
function explainProblems(check: AnyCheck): readonly string[] {
  if (check.rule === undefined) return ['has no rule: explain cannot say how it is judged'];
  const rules = judgedByRelease(check, DEFAULT_INTENT);
  return [
    ...rules.flatMap(({ text, label }) => badText(`its rule for ${label}`, text, 10)),
    ...(exampleFixes(check) === null
      ? ['has fixes and no example of a node to show them by (example)']
      : []),
  ];
}

/** What a sentence for the operator must not be. */
function badText(what: string, text: string, least: number): readonly string[] {
  return text.trim().length >= least ? [] : [`${what} says nothing`];
}

function checkProblems(check: AnyCheck): readonly string[] {
  const source = check.sources.flatMap(({ url, date, says, page }) => [
    ...(/^https:\/\/\S+$/.test(url) ? [] : ['a source has no https address']),
    ...(/^\d{4}-\d\d(-\d\d)?$/.test(date) ? [] : ['a source has no date']),
    ...badText('a source', says, 10),
    ...badText('a source page', page, 1),
  ]);
  const required =
    check.severity === 'required' && (check.breaks ?? []).length === 0 && check.scope === 'node';
  return [
    ...(ID.test(check.id) ? [] : ['its id is not area/name']),
    ...badText('its title', check.title, 10),
    ...badText('its why', check.why, 30),
    ...source,
    ...explainProblems(check),
    ...(required ? ['it is required and says of no feature that it breaks'] : []),
  ].map((problem) => `${check.id}: ${problem}`);
}

/** The calls of as_root in a script, as the least-privilege rule must list them. */
export const rootCallsOf = (script: string): readonly string[] =>
  [...script.matchAll(/\bas_root\s+(\/[^\n;|&)<>]*?)(?=\s*(?:[\n;|&)<>]|2>|\d>|$))/g)].map(
    ([, call = '']) => call.replace(/\s+\d$/, '').trim(),
  );

function probeProblems(probe: AnyProbe): readonly string[] {
  const script = probe.script ?? '';
  const called = rootCallsOf(script);
  const listed = new Set(probe.rootCommands);
  return [
    ...called
      .filter((call) => !listed.has(call))
      .map((call) => `needs root for "${call}" without saying so`),
    ...[...listed]
      .filter((call) => !called.includes(call))
      .map((call) => `says that it needs root for "${call}" and does not`),
    ...(/\bsudo\b/.test(script) ? ['calls sudo by itself'] : []),
    ...(probe.timeoutSeconds > 0 && probe.timeoutSeconds <= 60 ? [] : ['has no sane time limit']),
    ...(probe.maxBytes > 0 && probe.maxBytes <= 4_194_304 ? [] : ['has no sane byte limit']),
    ...(Object.keys(probe.fields).length > 0 ? [] : ['declares the class of no field']),
  ].map((problem) => `probe ${probe.id}: ${problem}`);
}

const repeated = (names: readonly string[]): readonly string[] =>
  names.filter((name, index) => names.indexOf(name) !== index);

const filesOf = (area: string): readonly string[] => {
  const folder = join(ROOT, 'checks', area);
  return existsSync(folder) ? readdirSync(folder) : [];
};

/** Files of checks that the index does not name, and checks without a test. */
function houseProblems(list: Catalogue): readonly string[] {
  const areas = new Set(list.checks.map(({ id }) => id.split('/')[0] ?? ''));
  const files = [...areas].flatMap((area) =>
    filesOf(area)
      .filter((file) => file.endsWith('.ts'))
      .map((file) => `${area}/${file.replace(/\.ts$/, '')}`)
      .filter((path) =>
        /define(?:Cluster)?Check\(/.test(readFileSync(join(ROOT, 'checks', `${path}.ts`), 'utf8')),
      ),
  );
  const tests = readdirSync(join(ROOT, 'test/checks'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.test.ts'))
    .map((file) => readFileSync(join(ROOT, 'test/checks', file), 'utf8'));
  return [
    ...files
      .filter((path) => !list.checks.some(({ id }) => id === path))
      .map((path) => `${path}: is in no index.ts`),
    ...list.checks
      .filter(({ id }) => !existsSync(join(ROOT, 'checks', `${id}.ts`)))
      .map(({ id }) => `${id}: stands in no file of its name`),
    ...list.checks
      .filter(({ id }) => !tests.some((text) => text.includes(`checks/${id}.js`)))
      .map(({ id }) => `${id}: has no test that imports it`),
  ];
}

/** Requirements that no check answers: by the rows of the two pages, and those beyond them. */
function rowProblems(list: Catalogue): readonly string[] {
  const byId = new Map(list.checks.map((check) => [check.id, check]));
  const named = new Set([...Object.values(ROWS).flat(), ...BEYOND]);
  const absent = [...named]
    .filter((id) => !byId.has(id))
    .map((id) => {
      const rows = Object.keys(ROWS).filter((row) => ROWS[row]?.includes(id) === true);
      return `${rows.length === 0 ? 'beyond the pages' : rows.join(', ')}: there is no check ${id}`;
    });
  const unnamed = Object.entries(ROWS)
    .filter(
      ([row, ids]) =>
        !ids.some((id) => byId.get(id)?.sources.some(({ page }) => page === row) === true),
    )
    .map(([row]) => `${row}: no source of its checks names it`);
  return [...absent, ...unnamed];
}

/** Everything that is wrong with a catalogue and its house; empty when it is in order. */
export function catalogueProblems(list: Catalogue): readonly string[] {
  const probes = allProbes(list);
  const definitions = new Map<string, Set<AnyProbe>>();
  for (const probe of list.checks.flatMap(probesOf)) {
    definitions.set(probe.id, (definitions.get(probe.id) ?? new Set()).add(probe));
  }
  return [
    ...repeated(list.checks.map(({ id }) => id)).map((id) => `${id}: two checks have this id`),
    ...[...definitions]
      .filter(([, found]) => found.size > 1)
      .map(([id]) => `probe ${id}: two probes have this id`),
    ...list.checks.flatMap(checkProblems),
    ...probes.flatMap(probeProblems),
    ...houseProblems(list),
    ...rowProblems(list),
  ];
}

if (import.meta.filename === process.argv[1]) {
  const problems = catalogueProblems(catalogue);
  for (const problem of problems) console.error(problem);
  console.log(`${String(catalogue.checks.length)} checks, ${String(problems.length)} problems`);
  process.exitCode = problems.length === 0 ? 0 : 1;
}
