import { ProbeParseError } from '../../src/domain/errors.js';
import { defineProbe } from '../../src/domain/probe.js';

/** The first processor, as the kernel describes it. */
export type Cpuinfo = {
  /** As it calls itself, such as `Common KVM processor`; empty when it does not say. */
  readonly model: string;
  /** What it can do: `flags` of x86, `Features` of ARM, `features` of s390x; empty on ppc64le. */
  readonly flags: ReadonlySet<string>;
  /** Only x86 calls them `flags`. */
  readonly isX86: boolean;
};

const KEYS: ReadonlySet<string> = new Set([
  'model name',
  'cpu',
  'machine',
  'flags',
  'Features',
  'features',
]);

function parse(stdout: string): Cpuinfo {
  const values = new Map<string, string>();
  for (const line of stdout.slice(0, 65_536).split('\n')) {
    const colon = line.indexOf(':');
    const key = line.slice(0, Math.max(0, colon)).trim();
    if (KEYS.has(key) && !values.has(key)) values.set(key, line.slice(colon + 1).trim());
  }
  if (values.size === 0) throw new ProbeParseError('it describes no processor');
  const flags = values.get('flags') ?? values.get('Features') ?? values.get('features') ?? '';
  const model = values.get('model name') ?? values.get('cpu') ?? values.get('machine') ?? '';
  return {
    model: model.slice(0, 200),
    flags: new Set(flags.split(/\s+/).filter((flag) => /^[A-Za-z0-9_]{1,32}$/.test(flag))),
    isX86: values.has('flags'),
  };
}

/** What the processor can do; the lines of one processor alone. */
export const cpuinfo = defineProbe<Cpuinfo>({
  id: 'cpuinfo',
  command: 'cat /proc/cpuinfo',
  // The lines before the first flags are a few hundred bytes; the whole file of a big machine is a megabyte.
  script: `while IFS= read -r line; do
  case $line in
    'model name'* | 'cpu	'* | machine*) printf '%s\\n' "$line" ;;
    flags* | Features* | features*) printf '%s\\n' "$line"; break ;;
  esac
done </proc/cpuinfo`,
  rootCommands: [],
  timeoutSeconds: 5,
  maxBytes: 262_144,
  fields: { model: 'plain', flags: 'plain', isX86: 'plain' },
  recognises: (stdout) => /^processor\s{0,8}: \d/m.test(stdout.slice(0, 4096)),
  parse: ({ stdout }) => parse(stdout),
});
