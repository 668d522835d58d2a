import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { InputError } from '../../src/domain/errors.js';
import type { Evidence } from '../../src/domain/evidence.js';
import { defineProbe, type AnyProbe } from '../../src/domain/probe.js';
import { readRecordedFolder } from '../../src/transport/recorded.js';

/** Stand-ins for probes of the catalogue: this file tests the reading, not the parsers. */
const probe = (id: string, command: string, recognises?: (text: string) => boolean): AnyProbe =>
  defineProbe<string>({
    id,
    command,
    script: null,
    rootCommands: [],
    timeoutSeconds: 5,
    maxBytes: 10_000,
    fields: {},
    parse: (raw) => raw.stdout,
    ...(recognises === undefined ? {} : { recognises }),
  });
const PROBES = [
  probe('uname-a', 'uname -a', (text) => /^Linux \S+ \d+\.\d+/.test(text)),
  probe('uname-r', 'uname -r', (text) => /^\d+\.\d+[\w.+-]*\n?$/.test(text)),
  probe('lsmod', 'lsmod', (text) => text.startsWith('Module ')),
  probe('os-release', 'cat /etc/os-release', (text) => /^(PRETTY_)?NAME=/m.test(text)),
  probe('boot-config', 'cat /boot/config-$(uname -r)'),
  probe('nmcli-device', 'nmcli device'),
];

const real = (file: string, ...args: string[]): string =>
  execFileSync(file, args, { encoding: 'utf8' });
const UNAME = real('uname', '-a');
const RELEASE = real('cat', '/etc/os-release');
// dash's own words for a tool that is not there.
const NOT_FOUND = spawnSync('/bin/sh', ['-c', 'nmcli-absent device'], { encoding: 'utf8' }).stderr;

let root = '';
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'recorded-'));
});
afterAll(() => {
  rmSync(root, { recursive: true, force: true });
});

let count = 0;
async function read(
  files: Readonly<Record<string, string | Uint8Array>>,
): Promise<{ evidence: readonly Evidence[]; warnings: string[] }> {
  const path = join(root, `case${String((count += 1))}`);
  mkdirSync(join(path, 'node1'), { recursive: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(path, 'node1', name), text);
  const warnings: string[] = [];
  const nodes = await readRecordedFolder(path, PROBES, (text) => warnings.push(text));
  return { evidence: nodes[0]?.evidence ?? [], warnings };
}
const textOf = (evidence: Evidence | undefined): string =>
  Buffer.from(evidence?.stdout ?? []).toString();

describe('readRecordedFolder', () => {
  test.each(['UNAME-A.TXT', 'Uname-a.txt', 'uname-a.service.txt'])(
    'reads %s as uname-a.txt',
    async (name) => {
      const { evidence, warnings } = await read({ [name]: UNAME });
      expect(evidence.map(({ probe: id }) => id)).toEqual(['uname-a']);
      expect(warnings).toEqual([]);
    },
  );

  test('of two files for one command the one named letter by letter counts', async () => {
    const { evidence, warnings } = await read({
      'UNAME-A.txt': 'Linux other 1.0',
      'uname-a.txt': UNAME,
    });
    expect(evidence.map(textOf)).toEqual([UNAME]);
    expect(warnings).toEqual(['node1/UNAME-A.txt: another file counts as uname-a.txt, ignored']);
  });

  test('reads a file as the probe of its name, without exit and times', async () => {
    const { evidence, warnings } = await read({ 'uname-a.txt': UNAME });
    expect(evidence).toEqual([
      {
        probe: 'uname-a',
        command: 'uname -a',
        stdout: new Uint8Array(Buffer.from(UNAME)),
        stderr: new Uint8Array(),
        exit: null,
        durationMs: null,
        receivedAt: null,
      },
    ]);
    expect(warnings).toEqual([]);
  });

  // The mess around real output is composed by hand.
  test.each([
    ['CRLF', UNAME.replaceAll('\n', '\r\n'), UNAME],
    ['a byte order mark', `\ufeff${UNAME}`, UNAME],
    ['UTF-16 of a Windows editor', Buffer.from(`\ufeff${UNAME}`, 'utf16le'), UNAME],
    ['a short prompt', `$ uname -a\n${UNAME}`, UNAME],
    ['a long prompt and the next one', `\n[root@n1 ~]# uname -a\n${UNAME}[root@n1 ~]# `, UNAME],
    ['sudo and a path', `me@n1:~$ sudo -n /usr/bin/uname -a\r\n${UNAME}me@n1:~$\n`, UNAME],
    ['no final newline', UNAME.trimEnd(), UNAME.trimEnd()],
    ['nothing', '', ''],
  ])('cleans a paste with %s', async (_name, pasted, expected) => {
    const { evidence } = await read({ 'uname-a.txt': pasted });
    expect(textOf(evidence[0])).toBe(expected);
  });

  test('keeps a comment at the start or the end of a file', async () => {
    const config =
      '# Automatically generated file; DO NOT EDIT.\nCONFIG_VXLAN=m\n# end of Networking\n';
    const { evidence } = await read({ 'boot-config.txt': config });
    expect(textOf(evidence[0])).toBe(config);
  });

  test('files a text that is plainly another command’s under that one', async () => {
    const { evidence, warnings } = await read({ 'lsmod.txt': RELEASE, 'uname-r.txt': UNAME });
    expect(evidence.map(({ probe: id }) => id).sort()).toEqual(['os-release', 'uname-a']);
    expect(warnings).toEqual([
      'node1/lsmod.txt: this is the output of cat /etc/os-release, read as that',
      'node1/uname-r.txt: this is the output of uname -a, read as that',
    ]);
    const both = await read({ 'lsmod.txt': UNAME, 'uname-a.txt': 'Linux own 6.1.0\n' });
    expect(both.evidence.map(textOf)).toEqual(['Linux own 6.1.0\n']);
  });

  test('names other files and ignores them; hidden ones silently', async () => {
    const { evidence, warnings } = await read({
      'notes.txt': 'hello',
      'uname-a.log': UNAME,
      'systemctl-status-x.txt': 'x',
      '.uname-a.txt': UNAME,
    });
    expect(evidence).toEqual([]);
    expect(warnings).toHaveLength(4);
    expect(warnings.at(-1)).toBe('node1: holds no output that a check asks for');
    expect(warnings.join('\n')).not.toContain('.uname-a');
  });

  test('says what must not be judged: a missing tool, a file that is too long', async () => {
    const { evidence } = await read({
      'nmcli-device.txt': NOT_FOUND,
      'lsmod.txt': `Module  Size  Used by\n${'x 1 0\n'.repeat(3000)}`,
    });
    const problems = Object.fromEntries(evidence.map((item) => [item.probe, item.problem]));
    expect(problems['nmcli-device']).toBe('tool-missing: nmcli-absent is not installed');
    expect(problems['lsmod']).toMatch(/^truncated: /);
    expect(evidence.find((item) => item.probe === 'lsmod')?.stdout).toHaveLength(10_000);
  });

  test('takes names of nodes letter by letter and follows no link outside', async () => {
    const path = join(root, 'fleet');
    for (const name of ['b node.Example', 'a', 'Empty', '.git'])
      mkdirSync(join(path, name), { recursive: true });
    writeFileSync(join(path, 'a', 'uname-a.txt'), UNAME);
    writeFileSync(join(path, 'README'), 'x');
    symlinkSync('/etc/hostname', join(path, 'a', 'uname-r.txt'));
    symlinkSync('/etc', join(path, 'linked'));
    symlinkSync('uname-a.txt', join(path, 'a', 'lsmod.txt'));
    execFileSync('mkfifo', [join(path, 'a', 'os-release.txt')]);
    const warnings: string[] = [];
    const nodes = await readRecordedFolder(path, PROBES, (text) => warnings.push(text));
    expect(nodes.map(({ node }) => node)).toEqual(['Empty', 'a', 'b node.Example']);
    expect(nodes[0]?.evidence).toEqual([]);
    expect(nodes[1]?.evidence.map(({ probe: id }) => id)).toEqual(['uname-a']);
    expect(warnings).toEqual([
      'Empty: holds no output that a check asks for',
      "README: neither a node's folder nor collector output, ignored",
      'a/lsmod.txt: this is the output of uname -a, read as that',
      'a/os-release.txt: not a plain file inside the folder, ignored',
      'a/uname-r.txt: not a plain file inside the folder, ignored',
      'b node.Example: holds no output that a check asks for',
      'linked: leads outside the folder, ignored',
    ]);
  });

  test('a path that is no folder of nodes is bad input', async () => {
    const ignore = (): void => undefined;
    const empty = join(root, 'nothing');
    mkdirSync(empty);
    for (const path of [empty, join(root, 'absent'), '/etc/hostname']) {
      await expect(readRecordedFolder(path, PROBES, ignore)).rejects.toBeInstanceOf(InputError);
    }
  });
});
