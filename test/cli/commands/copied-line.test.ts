import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { builtCli, runCli } from '../../helpers/built.js';

const RULES = `rules:
  - id: own/never
    title: a rule that nothing meets
    severity: recommended
    why: The report must have something to mend.
    probe: { command: "echo no" }
    expect: { equals: "yes" }
    fix: Say yes.
`;

let cwd = '';
let cli = '';

beforeAll(async () => {
  cli = await builtCli();
  cwd = mkdtempSync(join(tmpdir(), 'cli-copied-'));
  writeFileSync(join(cwd, 'own rules.yaml'), RULES);
  writeFileSync(join(cwd, 'intent.yaml'), 'bgp: false\n');
});
afterAll(() => {
  rmSync(cwd, { recursive: true, force: true });
});

test('the line of a report that shows a fix can be copied into a shell', async () => {
  const args = ['audit', '--local', '--rules', 'own rules.yaml', '--intent', 'intent.yaml'];
  const { stdout } = await runCli(args, { cwd });
  // To the first line end that no backslash stands before.
  const block = stdout.slice(stdout.indexOf('own/never'));
  const line = /run: (calico-ready fix (?:[^\\\n]|\\\n)*)/.exec(block)?.[1] ?? '';
  const program = `#!/bin/sh\nexec '${process.execPath}' '${cli}' "$@"\n`;
  writeFileSync(join(cwd, 'calico-ready'), program, { mode: 0o755 });
  const env = { ...process.env, PATH: `${cwd}:${process.env['PATH'] ?? ''}` };
  const shown = execFileSync('sh', ['-c', line], { cwd, env, encoding: 'utf8' });
  expect(shown).toContain('this-machine: own/never');
  expect(shown).toContain('Say yes.');
});
