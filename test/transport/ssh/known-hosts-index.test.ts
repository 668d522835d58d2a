import { mkdtempSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import {
  authorityFor,
  judgeHostKey,
  knownHostsLine,
  knownKeyTypes,
  parseKnownHosts,
} from '../../../src/transport/ssh/known-hosts.js';
import {
  createKnownHostsReader,
  rememberHostKey,
} from '../../../src/transport/ssh/known-hosts-files.js';
import { indexKnownHosts } from '../../../src/transport/ssh/known-hosts-index.js';

const folder = mkdtempSync(join(tmpdir(), 'known-hosts-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const field = (bytes: Buffer): Buffer => {
  const size = Buffer.alloc(4);
  size.writeUInt32BE(bytes.length);
  return Buffer.concat([size, bytes]);
};
/** The form of an Ed25519 key; composed by hand, nobody signs with it. */
const keyOf = (fill: number): Buffer =>
  Buffer.concat([field(Buffer.from('ssh-ed25519')), field(Buffer.alloc(32, fill))]);
const text = (fill: number): string => `ssh-ed25519 ${keyOf(fill).toString('base64')}`;
const hashed = (host: string, port: number, fill: number): string =>
  knownHostsLine({ host, port }, keyOf(fill), true).trim();

// Composed by hand: every kind of line, some twice, in an order in which the first of them counts.
const LINES = [
  `b.example,A.example ${text(1)}`,
  `[a.example]:2222 ${text(2)}`,
  `a.example ${text(3)}`,
  `*.example,!c.example ${text(4)}`,
  hashed('d.example', 22, 5),
  hashed('d.example', 2222, 6),
  `@revoked * ${text(7)}`,
  `@cert-authority [e.example]:2222 ${text(8)}`,
  `e.example ${text(9)}`,
  `a.example ${text(1)}`,
];
const HOSTS = ['a.example', 'B.example', 'c.example', 'd.example', 'e.example', 'f.other', ''];

test('an index says of every host and key what all lines say', () => {
  const { lines } = parseKnownHosts(LINES.join('\n'), 'f');
  expect(lines).toHaveLength(LINES.length);
  const index = indexKnownHosts(lines);
  for (const host of HOSTS) {
    for (const port of [22, 2222]) {
      const name = { host, port };
      const few = index.linesFor(name);
      expect(knownKeyTypes(few, name)).toEqual(knownKeyTypes(lines, name));
      expect(authorityFor(few, name)).toBe(authorityFor(lines, name));
      for (let fill = 1; fill < 11; fill += 1)
        expect(judgeHostKey(few, name, keyOf(fill))).toEqual(
          judgeHostKey(lines, name, keyOf(fill)),
        );
    }
  }
});

test('a plain name finds its own lines and those with patterns alone', () => {
  const { lines } = parseKnownHosts(LINES.join('\n'), 'f');
  const found = indexKnownHosts(lines).linesFor({ host: 'f.other', port: 22 });
  expect(found.map(({ marker }) => marker)).toEqual(['revoked']);
});

test('a file is read again when it was changed, even within its size and time', async () => {
  const file = join(folder, 'known_hosts');
  const name = { host: 'a', port: 22 };
  const reader = createKnownHostsReader([join(folder, 'none'), file], () => undefined);
  expect(await reader.linesFor(name)).toEqual([]);
  writeFileSync(file, `a ${text(1)}\n`);
  const [first] = await reader.linesFor(name);
  expect(first?.key).toEqual(keyOf(1));
  expect((await reader.linesFor(name))[0]).toBe(first);
  const { atime, mtime } = statSync(file);
  writeFileSync(file, `a ${text(2)}\n`);
  utimesSync(file, atime, mtime);
  expect((await reader.linesFor(name))[0]?.key).toEqual(keyOf(2));
  rmSync(file);
  expect(await reader.linesFor(name)).toEqual([]);
});

test('what is no file is an error for every connection', async () => {
  const reader = createKnownHostsReader([folder], () => undefined);
  const name = { host: 'a', port: 22 };
  const refusal = {
    reason: `not-run: the node was not tried: the known_hosts file ${folder} cannot be read: it is a folder`,
    nextStep: expect.stringMatching(/^Put a plain file .* in its place/) as string,
  };
  await expect(reader.linesFor(name)).rejects.toMatchObject(refusal);
  await expect(reader.linesFor(name)).rejects.toMatchObject(refusal);
});

test('/dev/null knows nobody, and is not written to', async () => {
  const reader = createKnownHostsReader(['/dev/null'], () => undefined);
  const name = { host: 'a', port: 22 };
  expect(await reader.linesFor(name)).toEqual([]);
  await rememberHostKey('/dev/null', name, keyOf(1), false);
});
