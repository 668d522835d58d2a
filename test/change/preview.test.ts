import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { unifiedDiff } from '../../src/change/diff.js';
import { preview } from '../../src/change/preview.js';
import { fixWith } from './scratch-node.js';

const node = { name: 'worker-1', host: '192.0.2.1', roles: [] } as const;

test('a file that is made, a unit, a command and the command line', () => {
  const fix = fixWith({
    way: 'unmanage',
    files: [{ path: '/etc/x.conf', content: '[keyfile]\na=b\n', expected: null }],
    units: [{ unit: 'firewalld', active: false, enabled: false }],
    commands: ['/usr/bin/nmcli general reload conf'],
    loses: ['All zones.'],
  });
  expect(preview(fix, node, 'interfaces/networkmanager')).toEqual({
    diff: ['--- /dev/null', '+++ /etc/x.conf', '@@ -0,0 +1,2 @@', '+[keyfile]', '+a=b'],
    actions: [
      'Create /etc/x.conf with mode 0644.',
      'Stop firewalld and no longer start it at boot.',
      'Run /usr/bin/nmcli general reload conf',
    ],
    loses: ['All zones.'],
    commandLine:
      'calico-ready fix worker-1 --check interfaces/networkmanager --way unmanage --apply --yes',
  });
});

test('a disruptive fix names its consent, and a name with a space is quoted', () => {
  const fix = fixWith({ kind: 'disruptive', way: 'disable', disturbsNetwork: true });
  const shown = preview(fix, { ...node, name: 'a b' }, 'firewall/firewalld');
  expect(shown.commandLine).toBe(
    "calico-ready fix 'a b' --check firewall/firewalld --way disable --apply --yes --consent firewall/firewalld",
  );
  expect(shown.actions).toEqual(['This disturbs the network of the node for a moment.']);
});

test('escapes in a file of the node are made visible', () => {
  const fix = fixWith({
    files: [{ path: '/etc/x', content: 'a\n', expected: '\u001b[2J\u202e\n' }],
  });
  expect(preview(fix, node, 'a/b').diff).toContain('-␛[2J‹202e›');
});

describe('the difference is that of diff -u', () => {
  const real = (before: string, after: string): string[] => {
    const folder = mkdtempSync(join(tmpdir(), 'diff-'));
    try {
      writeFileSync(join(folder, 'a'), before);
      writeFileSync(join(folder, 'b'), after);
      const { stdout } = spawnSync('diff', ['-u', '--label', '/x', '--label', '/x', 'a', 'b'], {
        cwd: folder,
      });
      return stdout.toString().split('\n').slice(0, -1);
    } finally {
      rmSync(folder, { recursive: true });
    }
  };
  const numbers = (from: number, to: number): string =>
    Array.from({ length: to - from }, (_, index) => `${String(from + index)}\n`).join('');

  test.each([
    ['equal', 'a\n', 'a\n'],
    ['one line of many', numbers(0, 30), numbers(0, 30).replace('15\n', 'x\n')],
    ['two far apart', numbers(0, 30), numbers(0, 30).replace('5\n', 'x\n').replace('25\n', '')],
    [
      'two that touch',
      numbers(0, 30),
      numbers(0, 30).replace('10\n', 'x\n').replace('16\n', 'y\n'),
    ],
    ['no newline before', 'a\nb', 'a\nb\n'],
    ['no newline after', 'a\nb\n', 'a\nb'],
    ['no newline at both', 'a\nb', 'x\nb'],
    ['from empty', '', 'a\n'],
    ['to empty', 'a\nb\n', ''],
    ['at the end', numbers(0, 9), numbers(0, 10)],
    ['at the start', numbers(1, 9), numbers(0, 9)],
  ])('%s', (_, before, after) => {
    expect(unifiedDiff('/x', before, after)).toEqual(real(before, after));
  });

  test('property: removing what it adds gives the old text, and the other way round', () => {
    const text = fc.array(fc.constantFrom('a', 'b', 'c', ''), { maxLength: 12 });
    fc.assert(
      fc.property(text, text, (a, b) => {
        const [before, after] = [a, b].map((lines) => lines.map((l) => `${l}\n`).join(''));
        const lines = unifiedDiff('/x', `${before ?? ''}z\n`, `${after ?? ''}z\n`).slice(2);
        const added = lines.filter((line) => line.startsWith('+')).length;
        const removed = lines.filter((line) => line.startsWith('-')).length;
        expect(added - removed).toBe(b.length - a.length);
      }),
    );
  });
});
