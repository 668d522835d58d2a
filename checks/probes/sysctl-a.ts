import { ProbeParseError } from '../../src/domain/errors.js';
import { defineProbe } from '../../src/domain/probe.js';
import { SIGNS } from '../requirements/kernel-features.js';
import { SYSCTLS } from '../requirements/sysctls.js';

/** The key of a file below /proc/sys; null for any other path. */
export const sysctlKeyOf = (path: string): string | null =>
  path.startsWith('/proc/sys/') ? path.slice('/proc/sys/'.length).replaceAll('/', '.') : null;

/**
 * Values by key as `sysctl -a` writes it (`net.ipv4.conf.eth0/100.rp_filter` for the interface eth0.100), those of
 * SYSCTLS and, where the whole list was pasted, those by which a part of the kernel shows itself (SIGNS). What the kernel does not have, or nobody could read, is not in it.
 */
export type Sysctls = ReadonlyMap<string, string>;

const LINE = /^\s{0,8}(?:\/proc\/sys\/)?([a-z][^\s=:]{2,200})\s{0,8}[=:]\s{0,8}(.{0,400})$/;
const WILD = SYSCTLS.filter((name) => name.includes('*')).map((name) => {
  const [before = '', after = ''] = name.split('*');
  return { before, after };
});
const FIXED: ReadonlySet<string> = new Set([
  ...SYSCTLS,
  ...SIGNS.map(sysctlKeyOf).filter((key) => key !== null),
]);

/** The key as `sysctl -a` writes it, or null when nobody asked for it. Paths and dotted interface names are met too. */
function wantedKey(written: string): string | null {
  const slash = written.indexOf('/');
  const isPath = slash >= 0 && slash < (written.indexOf('.') + 1 || Infinity);
  const key = isPath
    ? written.replace(/[./]/g, (separator) => (separator === '/' ? '.' : '/'))
    : written;
  if (FIXED.has(key)) return key;
  for (const { before, after } of WILD) {
    if (key.length <= before.length + after.length) continue;
    if (!key.startsWith(before) || !key.endsWith(after)) continue;
    const name = key.slice(before.length, key.length - after.length);
    return `${before}${name.replaceAll('.', '/')}${after}`;
  }
  return null;
}

// A node with a thousand pods prints 200 000.
const MOST_LINES = 500_000;
/** More lines than anybody picks out by hand. */
const PICKED = 100;

// One directory after the other, so that those of interfaces stand together, and those of vm behind them.
const ONE_INTERFACE = /^net\.ipv[46]\.conf\.(?!all\.|default\.)/;
const OF_INTERFACE = /^net[./]ipv[46][./]conf[./]/;

/** A pasted `sysctl -a` that ends among the settings of interfaces, others of which may be lost. Picked lines are no such text. */
function endsAmongInterfaces(stdout: string): boolean {
  const lines = stdout.trimEnd().split('\n', MOST_LINES);
  return (
    OF_INTERFACE.test(LINE.exec(lines.at(-1) ?? '')?.[1] ?? '') &&
    lines.length > PICKED &&
    lines.some((line) => /^\s{0,8}kernel\./.test(line))
  );
}

function parse(stdout: string, exit: number | null): Sysctls {
  const values = new Map<string, string>();
  const torn = new Set<string>();
  let lines = 0;
  for (const line of stdout.split('\n', MOST_LINES)) {
    const match = line.length > 700 ? null : LINE.exec(line.trimEnd());
    if (match === null) continue;
    const [, written = '', value = ''] = match;
    if (!/[./]/.test(written)) continue;
    lines += 1;
    const key = wantedKey(written);
    if (key === null) continue;
    // Two values of one key: a text of two nodes or two moments, and nobody knows which holds.
    if ((values.get(key) ?? value) !== value) torn.add(key);
    values.set(key, value);
  }
  if (lines === 0) throw new ProbeParseError('it holds no line such as net.ipv4.ip_forward = 1');
  const isCut = exit === null && endsAmongInterfaces(stdout);
  return new Map(
    [...values].filter(([key]) => !torn.has(key) && !(isCut && ONE_INTERFACE.test(key))),
  );
}

// Interfaces of pods come by the hundred, and nobody asks for theirs.
const PODS = '*/cali*|*/veth*|*/lxc*';

// grep and not the shell's own `read`: /proc/sys gives a number to the first read(2) alone, and dash and BusyBox read
// byte by byte, so that 128 became 1.
const script = `cd /proc/sys || exit 127
set --
for file in ${SYSCTLS.map((name) => name.replaceAll('.', '/')).join(' ')}; do
  [ -f "$file" ] || continue
  case $file in ${PODS}) ;; *) set -- "$@" "$file" ;; esac
done
grep -H '' "$@"
[ $? -ne 127 ]`;

/** Settings of the running kernel; those of the network are those of the network namespace that was asked. */
export const sysctlA = defineProbe<Sysctls>({
  id: 'sysctl-a',
  command: 'sysctl -a',
  script,
  rootCommands: [],
  timeoutSeconds: 10,
  maxBytes: 2_097_152,
  fields: { keys: 'plain', values: 'plain' },
  recognises: (stdout) => /^(?:abi|debug|dev|fs|kernel|net|vm)\.[\w./-]{2,200} = /m.test(stdout),
  parse: ({ stdout, exit }) => parse(stdout, exit),
});
