import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { checksystem } from '../../scripts/accuracy/checksystem.js';
import { measure, RECORDED } from '../../scripts/accuracy/measure.js';
import { markdownTable } from '../../scripts/accuracy/print.js';
import { nodeEvidenceOf } from '../helpers/check-tester.js';

const measured = await measure(RECORDED);

test('on the recorded nodes nothing is wrong, and nothing is unknown that could be known', () => {
  const bad = measured.all
    .filter(({ outcome }) => outcome !== 'right')
    .map(
      ({ node, intent, check, said, truth }) => `${node} ${intent} ${check}: ${said}, not ${truth}`,
    );
  expect(bad).toEqual([]);
});

test('the table in the README is this one (npm run accuracy -- --readme)', () => {
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
  const [, table] = /<!-- accuracy -->\n([\s\S]*?)<!-- \/accuracy -->/.exec(readme) ?? [];
  expect(table?.trim()).toBe(markdownTable(measured.rows, measured.all));
});

describe('a folder of one’s own', () => {
  let dir: string;
  const node = (name: string, files: Readonly<Record<string, string>>): void => {
    mkdirSync(join(dir, name), { recursive: true });
    for (const [file, text] of Object.entries(files)) writeFileSync(join(dir, name, file), text);
  };
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'calico-ready-accuracy-'));
  });
  afterEach(() => {
    rmSync(dir, { recursive: true, force: true });
  });
  const label = (text: string): string => `says: composed by hand\nchecks:\n${text}`;
  const UNAME = 'Linux n 6.1.0-18-amd64 #1 SMP Debian 6.1.76-1 x86_64 GNU/Linux\n';

  test('a label that is not met is counted as wrong, one that cannot be met as unknown', async () => {
    node('n', {
      'uname-a.txt': UNAME,
      'truth.yaml': label(
        '  platform/architecture: {default: fail, why: to see it}\n' +
          '  kernel/version: {default: pass, why: it is 6.1}\n' +
          '  firewall/firewalld: {default: pass, why: it is off there}\n',
      ),
    });
    const { rows } = await measure(dir);
    expect(rows.at(-1)).toMatchObject({ check: 'all', right: 1, wrong: 1, unknown: 1 });
  });

  test.each([
    ['  no/such-check: {every: pass, why: a slip of the pen}', 'there is no check no/such-check'],
    ['  kernel/version: {every: good, why: a slip of the pen}', 'every'],
    ['  kernel/version: {never: pass, why: a slip of the pen}', 'never'],
  ])('a label that means nothing is an error: %s', async (text, words) => {
    node('n', { 'uname-a.txt': UNAME, 'truth.yaml': label(text) });
    await expect(measure(dir)).rejects.toThrow(words);
  });

  test('an edit that finds nothing is an error', async () => {
    node('n', {
      'uname-a.txt': UNAME,
      'truth.yaml':
        'says: x\nname: n-broken-x\nbase: n\nedits: [{probe: uname-a, find: absent}]\nchecks: {}\n',
    });
    await expect(measure(dir)).rejects.toThrow('uname-a does not hold "absent"');
  });
});

describe('what checksystem would say', () => {
  const probes = ['modules-dep', 'modules-builtin', 'lsmod', 'boot-config', 'uname-r'].map(
    (id) => ({
      id,
      command: id,
    }),
  );
  const says = (texts: Readonly<Record<string, string>>) =>
    nodeEvidenceOf(probes as never, texts, 'n');
  const whole = { 'modules-dep': 'kernel/x.ko:\n', 'modules-builtin': 'kernel/y.ko\n' };

  test.each([
    ['an installed module', { 'modules-dep': 'k/nf_conntrack_netlink.ko.xz:\n' }, 'ok'],
    ['a part of a word in lsmod', { ...whole, lsmod: 'my_nf_conntrack_netlink_2 1 0\n' }, 'ok'],
    ['a configuration under /boot', { ...whole, 'boot-config': 'CONFIG_NF_CT_NETLINK=m\n' }, 'ok'],
    [
      'the same under /proc, which it never reads',
      { ...whole, 'boot-config': '# read from /proc/config.gz\nCONFIG_NF_CT_NETLINK=y\n' },
      'fail',
    ],
    ['nothing anywhere', { ...whole, 'boot-config': 'CONFIG_X=y\n' }, 'fail'],
    ['nobody who tells', { lsmod: 'x 1 0\n' }, 'none'],
  ] as const)('%s', (_name, texts, answer) => {
    expect(checksystem(says(texts), 'kernel/conntrack')).toBe(answer);
  });

  test('it asks for 2.6.24, and for nothing that it has no row for', () => {
    expect(checksystem(says({ 'uname-r': '2.6.32-754.el6.x86_64\n' }), 'kernel/version')).toBe(
      'ok',
    );
    expect(checksystem(says({ 'uname-r': '2.6.18-8.el5\n' }), 'kernel/version')).toBe('fail');
    expect(checksystem(says({}), 'kernel/ipip')).toBe('none');
  });
});
