import { ProbeParseError } from '../../src/domain/errors.js';
import { defineProbe } from '../../src/domain/probe.js';
import { linesOf } from './support/text.js';

/** os-release(5). Values as written there, without the quotes; empty when the file does not say. */
export type OsRelease = {
  readonly id: string;
  /** The distributions it is built from, the nearest first. */
  readonly idLike: readonly string[];
  readonly versionId: string;
  readonly variantId: string;
  readonly prettyName: string;
};

/** Shell quoting as os-release(5) allows it: bare, in single or in double quotes with backslashes. */
function unquote(text: string): string {
  const value = text.trim();
  const quote = value[0];
  if ((quote !== '"' && quote !== "'") || value.length < 2 || !value.endsWith(quote)) return value;
  const inner = value.slice(1, -1);
  return quote === "'" ? inner : inner.replace(/\\(["\\$`])/g, '$1');
}

/** A shell takes the last of two lines; in a paste two values of these are more likely the files of two nodes. */
const IDENTIFYING: ReadonlySet<string> = new Set(['ID', 'VERSION_ID', 'PRETTY_NAME']);

const differs = (values: ReadonlyMap<string, string>, key: string, value: string): boolean =>
  IDENTIFYING.has(key) && (values.get(key) ?? value) !== value;

function parse(stdout: string, exit: number | null): OsRelease {
  const values = new Map<string, string>();
  for (const line of linesOf(stdout)) {
    const at = line.indexOf('=');
    const key = line.slice(0, Math.max(at, 0)).trim();
    if (!/^[A-Z][A-Z0-9_]{0,63}$/.test(key)) continue;
    const value = unquote(line.slice(at + 1)).slice(0, 300);
    if (exit === null && differs(values, key, value))
      throw new ProbeParseError(`it tells two values of ${key}`);
    values.set(key, value);
  }
  const of = (key: string): string => values.get(key) ?? '';
  if (of('ID') === '' && of('NAME') === '') throw new ProbeParseError('it has neither ID nor NAME');
  // Every line of the file is ended: this one was cut, and ID may have stood behind.
  if (of('ID') === '' && !stdout.endsWith('\n')) throw new ProbeParseError('it ends before ID');
  return {
    // "linux" is what a file without ID stands for.
    id: (of('ID') === '' ? 'linux' : of('ID')).toLowerCase(),
    idLike: of('ID_LIKE').toLowerCase().split(/\s/).filter(Boolean),
    versionId: of('VERSION_ID'),
    variantId: of('VARIANT_ID').toLowerCase(),
    prettyName:
      of('PRETTY_NAME') === '' ? `${of('NAME')} ${of('VERSION')}`.trim() : of('PRETTY_NAME'),
  };
}

/** Which distribution and version the node runs. */
export const osRelease = defineProbe<OsRelease>({
  id: 'os-release',
  command: 'cat /etc/os-release',
  script: `for file in /etc/os-release /usr/lib/os-release; do
  if [ -r "$file" ]; then exec cat "$file"; fi
done
echo 'no os-release file' >&2
exit 127`,
  rootCommands: [],
  timeoutSeconds: 5,
  maxBytes: 65536,
  fields: {
    id: 'plain',
    idLike: 'plain',
    versionId: 'plain',
    variantId: 'plain',
    prettyName: 'plain',
  },
  recognises: (stdout) => /^(?:ID|PRETTY_NAME)=/m.test(stdout) && /^NAME=/m.test(stdout),
  facts: ({ prettyName, id, versionId }) => ({
    distribution: prettyName === '' ? `${id} ${versionId}`.trim() : prettyName,
  }),
  parse: ({ stdout, exit }) => parse(stdout, exit),
});
