import { describe, expect, test } from 'vitest';
import { compareWithList, parseHostKeyList } from '../../src/domain/host-key-list.js';
import type { UnknownHostKey } from '../../src/domain/transport.js';
import { processorMs } from '../helpers/processor-time.js';

const print = (letter: string): string => `SHA256:${letter.repeat(43)}`;
const blob = (letter: string): string => `AAAAC3NzaC1lZDI1NTE5AAAAI${letter.repeat(43)}`;
const shown = (node: string, letter: string, change: Partial<UnknownHostKey> = {}) => ({
  node,
  host: '10.0.0.1',
  port: 22,
  type: 'ssh-ed25519',
  fingerprint: print(letter),
  key: blob(letter),
  ...change,
});
const fleet = [
  { node: 'n1', host: '10.0.0.1', port: 22 },
  { node: 'n2', host: '10.0.0.2', port: 22 },
];
const verdict = (list: string, key: UnknownHostKey): string => {
  const said = compareWithList(parseHostKeyList(list), key, fleet);
  return said.kind === 'differs' ? `differs: ${said.why}` : said.kind;
};
const A = print('A');
const B = print('B');

describe('a key beside a list of keys', () => {
  test.each([
    ['as ssh-keygen -lf prints it on the node', `256 ${A} root@n1 (ED25519)`],
    ['with the full name of the node', `256 ${A} root@n1.example.com (ED25519)`],
    ['without a comment, which counts for whoever shows it', `256 ${A} no comment (ED25519)`],
    ['with the comment of the image', `256 ${A} root@template (ED25519)`],
    ['name first', `n1 ${A}`],
    ['name and colon', `N1: ${A}`],
    ['name behind', `${A} n1`],
    ['the address', `10.0.0.1\t${A}`],
    ['address and port', `[10.0.0.1]:22 ${A}`],
    ['a CSV', `n1,10.0.0.1,${A}`],
    ['a line of known_hosts', `n1,10.0.0.1 ssh-ed25519 ${blob('A')} hello`],
    ['a *.pub file', `ssh-ed25519 ${blob('A')} root@n1`],
    ['one of several', `n1 ${B}\nn1 ${A}\r\n`],
    ['a comment and CRLF', `# n1:22 SSH-2.0-OpenSSH\r\nn1 ${A}\r\n`],
  ])('agrees: %s', (_name, list) => {
    expect(verdict(list, shown('n1', 'A'))).toBe('agrees');
  });
  test.each([
    ['another key', `n1 ${B}`, `your list holds ${B} for it`],
    ['another key of known_hosts', `n1 ssh-rsa ${blob('B')}`, 'your list holds another key for it'],
    ['the key of another node', `n2 ${A}`, 'your list gives this key to n2'],
    ['the key of another node, its own listed', `n2 ${A}\nn1 ${B}`, `your list holds ${B} for it`],
    [
      'a revoked key',
      `n1 ssh-ed25519 ${blob('A')}\n@revoked * ssh-ed25519 ${blob('A')}`,
      'your list marks this key as revoked',
    ],
  ])('differs: %s', (_name, list, why) => {
    expect(verdict(list, shown('n1', 'A'))).toBe(`differs: ${why}`);
  });
  test('a revocation of this very node stops it', () => {
    const list = `n1 ${A}\n@revoked n1 ssh-ed25519 ${blob('A')}`;
    expect(verdict(list, shown('n1', 'A'))).toBe('differs: your list marks this key as revoked');
  });
  test('unlisted: other nodes, other addresses that begin alike, names that are cut', () => {
    for (const list of [
      `n7 ${A}`,
      `10.0.0.7 ssh-ed25519 ${blob('A')}`,
      `n7 ${B}`,
      `10.0.0.11 ${B}`,
      `10 ${B}`,
      `n10 ${B}`,
    ]) {
      expect(verdict(list, shown('n1', 'A'))).toBe('unlisted');
    }
  });
  test('another port is another server', () => {
    expect(verdict(`[10.0.0.1]:2222 ${B}`, shown('x', 'A'))).toBe('unlisted');
    const moved = shown('x', 'A', { port: 2222 });
    expect(verdict(`[10.0.0.1]:2222 ${B}`, moved)).toMatch(/^differs/);
  });
});

test('what cannot be compared is counted, and nothing hostile is slow', () => {
  const list = parseHostKeyList(
    [
      `|1|c2FsdA==|aGFzaA== ssh-ed25519 ${blob('A')}`,
      `*.example ssh-ed25519 ${blob('A')}`,
      `@cert-authority n1 ssh-ed25519 ${blob('A')}`,
      '256 MD5:00:11 n1 (ED25519)',
      'SHA256:short n1',
      'x'.repeat(100_000),
      '\u001b[2J',
    ].join('\n'),
  );
  expect(list).toEqual({ keys: [], unread: 7 });
  const long = `${'SHA256:'.repeat(2000)}\n`.repeat(100);
  expect(processorMs(() => parseHostKeyList(long))).toBeLessThan(1000);
});

test('what is told of the list cannot steer a terminal', () => {
  const hostile = [{ node: '\u001b[2Jn2', host: 'n2', port: 22 }];
  const said = compareWithList(parseHostKeyList(`n2 ${A}`), shown('n1', 'A'), hostile);
  expect(JSON.stringify(said)).not.toContain('u001b');
});
