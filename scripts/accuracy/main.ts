import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { INTENT_NAMES } from './intents.js';
import { measure, RECORDED } from './measure.js';
import { countsOf, humanTable, markdownTable } from './print.js';

const README = fileURLToPath(new URL('../../README.md', import.meta.url));

/** Puts the table between the markers of the README. Throws when they are not there. */
function intoReadme(table: string): void {
  const old = readFileSync(README, 'utf8');
  const between = /(<!-- accuracy -->\n)[\s\S]*?(<!-- \/accuracy -->)/;
  if (!between.test(old)) throw new Error('README.md has no markers <!-- accuracy -->');
  writeFileSync(
    README,
    old.replace(between, (_all, open: string, close: string) => `${open}\n${table}\n\n${close}`),
  );
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: 'boolean', default: false },
    markdown: { type: 'boolean', default: false },
    intent: { type: 'string', default: 'default' },
    counts: { type: 'boolean', default: false },
    readme: { type: 'boolean', default: false },
  },
});
const intent = INTENT_NAMES.find((name) => name === values.intent);
if (intent === undefined) throw new Error(`--intent is one of ${INTENT_NAMES.join(', ')}`);
const { nodes, labelled, all, rows } = await measure(positionals[0] ?? RECORDED);
if (values.readme) intoReadme(markdownTable(rows, all));
else if (values.json) console.log(JSON.stringify({ rows, judgements: all }, null, 2));
else if (values.markdown) console.log(markdownTable(rows, all));
else console.log(labelled && !values.counts ? humanTable(rows, all) : countsOf(nodes, intent));
process.exitCode = all.some(({ outcome }) => outcome === 'wrong') ? 1 : 0;
