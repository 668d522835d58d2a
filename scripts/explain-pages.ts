import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { catalogue } from '../checks/index.js';
import { ROWS } from '../checks/requirements/rows.js';
import type { Catalogue } from '../src/domain/check.js';
import { probesOf } from '../src/engine/plan.js';
import { explain } from '../src/report/explain-check.js';
import { explanationMarkdown } from '../src/report/explain-render.js';

/** A dot folder, because the folders at the top of the repository are fixed. */
export const PAGES = new URL('../.github/checks/', import.meta.url);

const MADE =
  'Made from the catalogue by `npm run explain-pages`; `calico-ready explain CHECK` prints the same text.';

const areaOf = (id: string): string => id.split('/')[0] ?? '';

const areasOf = (list: Catalogue): readonly string[] => [
  ...new Set(list.checks.map(({ id }) => areaOf(id))),
];

const anchor = (id: string): string => `[${id}](${areaOf(id)}.md#${id.replace('/', '')})`;

function areaPage(list: Catalogue, area: string): string {
  const checks = list.checks.filter(({ id }) => areaOf(id) === area);
  const sections = checks.map((check) => explanationMarkdown(explain(check, probesOf(check))));
  return `${[`# Checks: ${area}`, MADE, ...sections].join('\n\n')}\n`;
}

function indexPage(list: Catalogue): string {
  const known = new Set(list.checks.map(({ id }) => id));
  const areas = areasOf(list).map((area) => {
    const count = list.checks.filter(({ id }) => areaOf(id) === area).length;
    return `- [${area}](${area}.md): ${String(count)}`;
  });
  const rows = Object.entries(ROWS).map(
    ([row, checks]) =>
      `| ${row} | ${checks.map((id) => (known.has(id) ? anchor(id) : id)).join(', ')} |`,
  );
  return `${[
    '# The checks',
    MADE,
    'Checks by area:',
    areas.join('\n'),
    'By the rows of the two source pages, A the installation page of Calico 3.0 and B the requirements page of Calico 3.29:',
    ['| row | checks |', '|---|---|', ...rows].join('\n'),
  ].join('\n\n')}\n`;
}

/** Every generated page by its file name. */
export const explainPages = (list: Catalogue): ReadonlyMap<string, string> =>
  new Map([
    ['README.md', indexPage(list)],
    ...areasOf(list).map((area) => [`${area}.md`, areaPage(list, area)] as const),
  ]);

/** Files whose content is not what the catalogue says, and those that no area has any more. */
export function stalePages(list: Catalogue, folder: URL = PAGES): readonly string[] {
  const pages = explainPages(list);
  const read = (name: string): string | null => {
    try {
      return readFileSync(new URL(name, folder), 'utf8');
    } catch {
      return null;
    }
  };
  const present = readdirSync(folder).filter((name) => name.endsWith('.md'));
  return [
    ...[...pages].filter(([name, text]) => read(name) !== text).map(([name]) => name),
    ...present.filter((name) => !pages.has(name)),
  ];
}

function write(list: Catalogue): void {
  mkdirSync(PAGES, { recursive: true });
  const pages = explainPages(list);
  for (const name of readdirSync(PAGES)) if (!pages.has(name)) rmSync(new URL(name, PAGES));
  for (const [name, text] of pages) writeFileSync(new URL(name, PAGES), text);
  console.log(`${String(pages.size)} pages in .github/checks`);
}

if (import.meta.filename === process.argv[1]) write(catalogue);
