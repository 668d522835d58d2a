import { execFileSync, spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { composeApply } from '../../src/change/script-apply.js';
import { composeJournalList, composeUndo } from '../../src/change/script-undo.js';
import { preludeLine } from '../../src/change/valid.js';
import { fixWith, options } from './scratch-node.js';

const fix = fixWith({
  files: [
    { path: '/etc/a.conf', content: "it's 100 % \\ «ü»\n", expected: null },
    { path: '/etc/b.conf', content: null, expected: '-x\n' },
  ],
  units: [{ unit: 'firewalld.service', active: false, enabled: false }],
  commands: ["/bin/echo 'x'"],
  undoCommands: ['/bin/true'],
});
const change = { check: 'firewall/firewalld', fix };

const texts: readonly [string, string][] = [
  ['apply', composeApply(change)],
  ['apply of nothing', composeApply({ check: 'a/b', fix: fixWith({}) })],
  ['undo', composeUndo()],
  ['list', composeJournalList()],
];

const has = (tool: string): boolean => spawnSync('sh', ['-c', `command -v ${tool}`]).status === 0;

describe.each(texts)('the text of %s', (_, text) => {
  test.skipIf(!has('shellcheck'))('is clean for shellcheck', () => {
    const { stdout } = spawnSync('shellcheck', ['-s', 'sh', '-S', 'style', '-'], { input: text });
    expect(stdout.toString()).toBe('');
  });

  test('is one function and its call, plain ASCII, without here-documents', () => {
    // eslint-disable-next-line no-control-regex -- ASCII is what is looked for
    expect(text).toMatch(/^[\u0009\u000a\u0020-\u007e]*$/);
    expect(text).not.toMatch(/<<(?!<)/);
    expect(text).toMatch(/^(?:#.*\n)?main\(\) \{\n/);
    expect(text.endsWith('\n}\nmain end\n')).toBe(true);
  });
});

test('equal changes give equal bytes, and only the prelude varies', () => {
  expect(composeApply(structuredClone(change))).toBe(composeApply(change));
  expect(composeUndo()).toBe(composeUndo());
  expect(composeApply(change)).not.toContain('0.1.0');
  expect(preludeLine(options('n1', 'c1'))).toBe(
    'N=0123456789abcdef0123456789abcdef;C=c1;T=2026-01-31T12:00:00Z;V=0.1.0\n',
  );
});

describe('what the script could not carry out exactly is refused', () => {
  const file = (path: string, mode?: string) =>
    fixWith({
      files: [{ path, content: 'x', expected: null, ...(mode === undefined ? {} : { mode }) }],
    });
  test.each([
    ['a relative path', file('etc/x')],
    ['a path that climbs', file('/etc/../root/x')],
    ['a path with a space', file('/etc/a b')],
    ['a path with a newline', file('/etc/a\nb')],
    ['a folder', file('/etc/')],
    ['the journal', file('/var/lib/calico-ready/changes/x')],
    ['a set-uid mode', file('/etc/x', '4755')],
    ['a mode that is none', file('/etc/x', '644; rm -rf /')],
    ['a removal of nothing', fixWith({ files: [{ path: '/x', content: null, expected: null }] })],
    ['a unit that is an option', fixWith({ units: [{ unit: '-H', active: true, enabled: true }] })],
    ['a unit with a slash', fixWith({ units: [{ unit: 'a/b', active: true, enabled: true }] })],
    ['a relative command', fixWith({ commands: ['nmcli general reload'] })],
    ['a command of two lines', fixWith({ undoCommands: ['/bin/true\n/bin/false'] })],
    ['a way with a quote', fixWith({ way: "a'b" })],
    ['one file twice', fixWith({ files: [...file('/x').files, ...file('/x').files] })],
  ])('%s', (_, bad) => {
    expect(() => composeApply({ check: 'a/b', fix: bad })).toThrow(/cannot be used in a change/);
  });

  test.each([
    ['nonce', { nonce: 'x;reboot' }],
    ['nonce', { nonce: '' }],
    ['changeId', { changeId: '../x' }],
    ['time', { time: '$(date)' }],
    ['version', { version: 'v 1' }],
  ])('prelude %s', (_, part) => {
    expect(() => preludeLine({ ...options('n1', 'c1'), ...part })).toThrow(/cannot be used/);
  });
});

test.skipIf(!has('busybox'))('every sh at hand parses the texts', () => {
  for (const [, text] of texts)
    for (const shell of [['dash'], ['bash', '--posix'], ['busybox', 'sh']]) {
      const [command = 'sh', ...rest] = shell;
      execFileSync(command, [...rest, '-n'], { input: text });
    }
});
