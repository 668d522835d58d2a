import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, expect, it } from 'vitest';
import { catalogue } from '../../checks/index.js';
import { explainPages, PAGES, stalePages } from '../../scripts/explain-pages.js';

const folder = mkdtempSync(join(tmpdir(), 'explain-pages-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

it('the pages say what the catalogue says; else run npm run explain-pages', () => {
  expect(stalePages(catalogue)).toEqual([]);
});

it('a page that was changed by hand, is missing or left over is stale', () => {
  const copy = pathToFileURL(`${folder}/`);
  cpSync(PAGES, copy, { recursive: true });
  writeFileSync(new URL('cni.md', copy), 'by hand\n');
  writeFileSync(new URL('nobody.md', copy), '# Checks: nobody\n');
  rmSync(new URL('time.md', copy));
  expect([...stalePages(catalogue, copy)].sort()).toEqual(
    expect.arrayContaining(['cni.md', 'nobody.md', 'time.md']),
  );
});

it('every check has a section on the page of its area, and every row its line', () => {
  const pages = explainPages(catalogue);
  for (const { id } of catalogue.checks) {
    expect(pages.get(`${id.split('/')[0] ?? ''}.md`)).toContain(`\n## ${id}\n`);
  }
  expect(pages.get('README.md')?.match(/^\| [AB]\d+ \|/gm)).toHaveLength(38);
});
