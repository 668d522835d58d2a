import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { reportSchema } from '../../../src/cli/report-schema.js';
import { builtCli, runCli } from '../../helpers/built.js';

const RULES = `rules:
  - id: own/shell
    title: sh is a shell that we know
    severity: recommended
    why: Scripts of ours need it.
    probe: { command: "readlink -f /bin/sh" }
    expect: { pattern: '/(?:da|ba)sh$' }
  - id: own/hurt
    title: a rule that is no shell text
    severity: recommended
    why: It must not hurt the others.
    probe: { command: "if [ -e" }
    expect: { equals: x }
  - id: own/pasted
    title: a rule with a pasted answer
    severity: required
    why: Folders of outputs hold own rules too.
    probe: { command: containerd --version }
    expect: { version: ">=1.7" }
`;

let cwd = '';
const run = (...args: readonly string[]) => runCli(args, { cwd });
const owned = (stdout: string) =>
  Object.fromEntries(
    (reportSchema.parse(JSON.parse(stdout)).nodes[0]?.findings ?? [])
      .filter(({ check }) => check.startsWith('own/'))
      .map(({ check, status }) => [check, status]),
  );

beforeAll(async () => {
  await builtCli();
  cwd = mkdtempSync(join(tmpdir(), 'cli-rules-'));
  writeFileSync(join(cwd, 'rules.yaml'), RULES);
});
afterAll(() => {
  rmSync(cwd, { recursive: true, force: true });
});

test('own rules are asked, judged, explained, bundled and judged again', async () => {
  const rules = ['--rules', 'rules.yaml'];
  const live = await run(
    ...[
      'audit',
      '--local',
      ...rules,
      '--format',
      'json',
      '--bundle',
      'b-UNSIGNED.tar.gz',
      '--unsigned',
    ],
  );
  const said = { 'own/shell': 'pass', 'own/hurt': 'unknown', 'own/pasted': 'unknown' };
  expect(owned(live.stdout)).toMatchObject({ 'own/shell': 'pass', 'own/hurt': 'unknown' });
  const again = await run('report', 'b-UNSIGNED.tar.gz', ...rules, '--format', 'json');
  expect(owned(again.stdout)).toEqual(owned(live.stdout));
  const shown = await run('report', 'b-UNSIGNED.tar.gz', '--format', 'json');
  expect(Object.keys(owned(shown.stdout))).toEqual(Object.keys(said));

  writeFileSync(join(cwd, 'vxlan.yaml'), 'encapsulation: vxlan\n');
  const without = await run(
    'report',
    'b-UNSIGNED.tar.gz',
    '--intent',
    'vxlan.yaml',
    '--format',
    'json',
  );
  expect(owned(without.stdout)).toEqual({});
  expect(without.stderr).toContain('not judged again: own/shell, own/hurt, own/pasted');

  writeFileSync(join(cwd, 'other.yaml'), RULES.replace('/bin/sh', '/bin/bash'));
  const other = await run(
    'audit',
    '--from',
    'b-UNSIGNED.tar.gz',
    '--rules',
    'other.yaml',
    '--format',
    'json',
  );
  expect(owned(other.stdout)).toMatchObject({ 'own/shell': 'unknown' });

  expect((await run('explain', 'own/shell', ...rules)).stdout).toContain('own rule, as of');
  expect((await run('collector', ...rules)).stdout).toContain('readlink -f /bin/sh');
});

test('a pasted answer is judged, and a bad file is refused before anything is asked', async () => {
  cpSync(
    new URL('../../nodes/debian-12-lab-plain', import.meta.url).pathname,
    join(cwd, 'fleet', 'n1'),
    {
      recursive: true,
    },
  );
  writeFileSync(
    join(cwd, 'fleet', 'n1', 'own-pasted.txt'),
    'me@n1:~$ containerd --version\ncontainerd containerd.io 1.6.33 d2d58213f83a351ca8f528a95fbd145f5654e957\nme@n1:~$ ',
  );
  const ran = await run('audit', '--from', 'fleet', '--rules', 'rules.yaml', '--format', 'json');
  expect(owned(ran.stdout)).toMatchObject({ 'own/pasted': 'fail' });
  writeFileSync(join(cwd, 'bad.yaml'), RULES.replace('own/hurt', 'kernel/hurt'));
  const bad = await run('audit', '--local', '--rules', 'bad.yaml');
  expect([bad.code, bad.stdout]).toEqual([3, '']);
  expect(bad.stderr).toMatch(/^calico-ready: bad\.yaml:8:9: /);
});
