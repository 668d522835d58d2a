import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runCli } from '../../helpers/built.js';
import { folder } from './fault-rig.js';

const STRANGE: readonly (readonly [string, string])[] = [
  ['an option of ssh', '-oProxyCommand=touch MARK'],
  ['an option without blanks', '-oProxyCommand=x'],
  ['a semicolon', 'a;touch MARK'],
  ['a substitution', '$(touch MARK)'],
  ['backticks', '`touch`'],
  ['a pipe', 'a|b'],
  ['300 characters', 'h'.repeat(300)],
  ['a letter of another script', 'n\u043ede1'],
  ['an umlaut', 'kn\u00f6ten'],
  ['a right-to-left override', 'a\u202eb'],
  ['an escape', 'a\u001b[2Jb'],
  ['a quote', "a'b"],
  ['a port too high', 'a:70000'],
  ['a user that is an option', '-lroot@a'],
];

test.each(STRANGE)('B12/33 %s is refused with its line, and nothing runs', async (_title, text) => {
  const mark = join(folder, 'MARK');
  const inventory = join(folder, 'hosts');
  writeFileSync(inventory, `good-1\n${text.replace('MARK', mark)}\ngood-2\n`);
  const ran = await runCli(['audit', '--inventory', inventory], { cwd: folder });
  expect(ran.code).toBe(3);
  expect(ran.stderr).toMatch(/hosts:2:1: "/);
  expect(ran.stderr).not.toContain('\u001b');
  expect(ran.stderr).not.toContain('\u202e');
  expect(ran.stdout).toBe('');
  expect(existsSync(mark)).toBe(false);
});

test('B12/33 a jump host of Ansible that is an option is refused with its line', async () => {
  const path = join(folder, 'hosts.ini');
  writeFileSync(path, '[all]\nn1 ansible_ssh_common_args="-J -lroot"\n');
  const ran = await runCli(['audit', '--inventory', path], { cwd: folder });
  expect(ran.code).toBe(3);
  expect(ran.stderr).toMatch(/:2:1: "n1" has a jump host that cannot be one/);
});

test.each([
  ['a line break in YAML', 'nodes:\n  - { name: n1, host: "a\\nb" }\n', /:2:/],
  [
    'a jump host that is an option',
    'nodes:\n  - { name: n1, host: a, jump: "-oProxyCommand=x" }\n',
    /:2:/,
  ],
])('B12/33 %s is refused with its line', async (_title, text, place) => {
  const inventory = join(folder, 'hosts.yaml');
  writeFileSync(inventory, text);
  const ran = await runCli(['audit', '--inventory', inventory], { cwd: folder });
  expect(ran.code).toBe(3);
  expect(ran.stderr).toMatch(place);
});

test.each([
  [
    'one name on two lines',
    'hosts',
    '10.0.0.1\n10.0.0.2\n10.0.0.1\n',
    'hosts:3:1: "10.0.0.1" is in the inventory twice, first at hosts:1:1.',
  ],
  [
    'two names for one address',
    'hosts.yaml',
    'nodes:\n  - { name: a, host: 10.0.0.1 }\n  - { name: b, host: 10.0.0.1 }\n',
    '"b" is in the inventory twice, first at hosts.yaml:2:',
  ],
  ['the same in other letters', 'hosts', 'Node1\nnode1\n', '"node1" is in the inventory twice'],
])('B12/32 %s is refused at load', async (_title, file, text, sentence) => {
  writeFileSync(join(folder, file), text);
  const ran = await runCli(['audit', '--inventory', file], { cwd: folder });
  expect(ran.code).toBe(3);
  expect(ran.stderr).toContain(sentence);
  expect(ran.stderr).toContain('Remove one of the two lines.');
});

test.each([
  [
    'a key twice',
    '{"nodes":[{"name":"a","host":"h","host":"g"}]}',
    /hosts\.yaml:1:34: .*Map keys must be unique/,
  ],
  [
    '__proto__',
    '{"nodes":[{"name":"a","host":"h","__proto__":{"user":"root"}}]}',
    /unknown key "__proto__"/,
  ],
  [
    'constructor',
    '{"nodes":[{"name":"a","host":"h","constructor":{"prototype":{"a":1}}}]}',
    /unknown key "constructor"/,
  ],
  [
    '10 000 levels',
    `{"nodes":${'['.repeat(10_000)}${']'.repeat(10_000)}}`,
    /hosts\.yaml:1:\d+: this is not a YAML inventory/,
  ],
  [
    'NaN for a port',
    '{"nodes":[{"name":"a","host":"h","port":NaN}]}',
    /"nodes\.0\.port" is not what it should be: expected a number\./,
  ],
  [
    '1e400 for a port',
    '{"nodes":[{"name":"a","host":"h","port":1e400}]}',
    /"nodes\.0\.port" is not what it should be: expected a number\./,
  ],
])('B12/79 an inventory with %s is refused', async (_title, text, sentence) => {
  writeFileSync(join(folder, 'hosts.yaml'), text);
  const ran = await runCli(['audit', '--inventory', 'hosts.yaml'], { cwd: folder });
  expect([ran.code, ran.stdout]).toEqual([3, '']);
  expect(ran.stderr).toMatch(sentence);
  expect(ran.stderr).not.toMatch(/bug of ours/);
});
