import { OperatorError } from '../domain/errors.js';
import type { TarFile } from './tar.js';

/** Marks of secrets that no probe asks for; one of them in a bundle means that a node printed what it should not (security.md A8). */
const MARKS: readonly { readonly what: string; readonly pattern: RegExp }[] = [
  { what: 'a private key', pattern: /-----BEGIN [A-Z0-9 ]{0,30}PRIVATE KEY-----/ },
  { what: 'a token', pattern: /\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}/ },
  {
    what: 'a bootstrap token',
    pattern: /\b(?:token|TOKEN)["'=: ]{1,4}[a-z0-9]{6}\.[a-z0-9]{16}\b/,
  },
  { what: 'a cluster token', pattern: /\bK10[0-9a-f]{20,}::/ },
  { what: 'an access key', pattern: /\bAKIA[0-9A-Z]{16}\b/ },
  { what: 'a client key', pattern: /client-key-data:\s*\S/ },
  { what: 'an authorization header', pattern: /\bAuthorization:\s*(?:Bearer|Basic)\s+\S/ },
  { what: 'a password in an address', pattern: /:\/\/[^\s/:@]{1,100}:[^\s/@]{1,200}@/ },
];

/** Short secrets would be found by chance in any text. */
const SHORTEST = 4;

const PLAIN_WORD = /^[A-Za-z]+$/;

/** Where a bundle carries our own text; own rules stand there too. */
const OWN_TEXT = 'catalogue/';
/** Where it carries bytes that nodes printed (contents.ts). */
const FROM_NODES = /^nodes\/[^/]{1,200}\/std(?:out|err)\//;
const EVERYWHERE = /^/;

const latin1 = ({ bytes }: TarFile): string => Buffer.from(bytes).toString('latin1');
/** UTF-8 as the characters that `latin1` makes of it. */
const bytesOf = (secret: string): string => Buffer.from(secret).toString('latin1');

function lineOf(text: string, index: number): number {
  return text.slice(0, index).split('\n').length;
}

const wholeWord = (word: string): RegExp => new RegExp(`(?<![A-Za-z0-9])${word}(?![A-Za-z0-9])`);

/** The word where something is called a password in front of it: in a file of settings, or on a command line. */
const asPassword = (word: string): RegExp =>
  new RegExp(
    `(?:\\b(?:pass(?:word|phrase|wd)?|pwd|secret|token)["']?\\s{0,3}[=:]\\s{0,3}|sshpass\\s{1,3}-p\\s{0,3}|--?pass(?:word|phrase|wd)?[ =])["']?${word}(?![A-Za-z0-9])`,
    'i',
  );

/** How a typed secret is looked for in a file, and in which. */
type Search = { readonly within: RegExp; readonly find: (text: string) => number };

/**
 * A passphrase that is a plain word of our own text would be found in every bundle, and nobody could remove it. Such a
 * word is looked for in what nodes printed alone: whole where our text has it within longer words, and where our text has
 * it as a word, so that outputs have it too, only behind something that calls it a password.
 */
function searchFor(secret: string, own: readonly string[]): Search {
  if (!PLAIN_WORD.test(secret) || !own.some((text) => text.includes(secret)))
    return { within: EVERYWHERE, find: (text) => text.indexOf(bytesOf(secret)) };
  const whole = wholeWord(secret);
  const pattern = own.some((text) => whole.test(text)) ? asPassword(secret) : whole;
  return { within: FROM_NODES, find: (text) => text.search(pattern) };
}

/**
 * Stops an export that would carry a secret, by its marks or because the operator typed it in this run.
 * Throws OperatorError that names file and line, never the secret.
 */
export function refuseSecrets(files: readonly TarFile[], typed: readonly string[]): void {
  const own = files.filter(({ path }) => path.startsWith(OWN_TEXT)).map(latin1);
  const searches = typed
    .filter((secret) => secret.length >= SHORTEST)
    .map((secret) => searchFor(secret, own));
  for (const file of files) {
    const { path } = file;
    const text = latin1(file);
    for (const { what, pattern } of MARKS) {
      const index = text.search(pattern);
      if (index >= 0) throw refusal(path, lineOf(text, index), what);
    }
    for (const { within, find } of searches) {
      const index = within.test(path) ? find(text) : -1;
      if (index >= 0)
        throw refusal(path, lineOf(text, index), 'a secret that was typed in this run');
    }
  }
}

const refusal = (path: string, line: number, what: string): OperatorError =>
  new OperatorError(
    `Nothing was exported: ${path}, line ${String(line)}, looks like ${what}.`,
    'Look at that output on the node, remove the secret there, and survey the node again.',
  );
