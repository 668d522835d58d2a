import { ProbeParseError } from '../../src/domain/errors.js';
import { defineProbe } from '../../src/domain/probe.js';
import { SYMBOLS } from '../requirements/kernel-features.js';
import { linesOf } from './support/text.js';
import { READ_RELEASE } from './support/kernel-release.js';

export type KernelConfig = {
  /** The file on the node; empty for a pasted text that does not say. */
  readonly place: string;
  /** By symbol without CONFIG_: `y`, `m`, or `n` for "is not set". Other values are left out. */
  readonly symbols: ReadonlyMap<string, 'y' | 'm' | 'n'>;
  /**
   * True when both the beginning and the end of the configuration were seen, and no damage between them: only then does a symbol that is not
   * mentioned count as not set (Kconfig leaves out what a missing dependency forbids).
   */
  readonly whole: boolean;
  /** True when an end of it was lost or a line is damaged; a few lines that somebody picked are not cut. */
  readonly cut: boolean;
  /** The symbols that the node was asked for; null when the text holds all of them. */
  readonly asked: ReadonlySet<string> | null;
  /** The kernel's release, of the file's name or of the head of a pasted text; null when neither tells. */
  readonly release: string | null;
};

// Every configuration mentions these, and the network's symbols stand between them: MODULES in the general part
// before, the others in the parts behind the drivers (Linux 3.10 to 7.2).
const FIRST = 'MODULES';
const LAST = ['PRINTK_TIME', 'MAGIC_SYSRQ', 'CRYPTO'];
/** More lines than anybody picks out by hand; the smallest configurations have ten times as many. */
const PICKED = 200;
const FROM = '# read from ';
const ASKED = '# asked for ';
const HEAD = /^# Linux\/\S{1,20} \d\S{2,100} Kernel Configuration$/;
const RELEASE =
  /^(?:# Linux\/\S{1,20} (\d\S{2,100}) Kernel Configuration|# read from \S{0,100}\/(?:config-|modules\/|linux-(?:headers-)?)(\d[^/\s]{2,100})(?:\/\S{1,40})?)$/;

const SET = /^CONFIG_([A-Za-z0-9_]{1,80})=([ym])$/;
const UNSET = /^# CONFIG_([A-Za-z0-9_]{1,80}) is not set$/;
const OTHER = /^CONFIG_[A-Za-z0-9_]{1,80}=/;
/** A line that is half a setting, or holds what no text file has: then another one may be lost altogether. */
const isDamaged = (line: string): boolean =>
  line.includes('\u0000') ||
  line.includes('\ufffd') ||
  (/^(?:# )?CONFIG_/.test(line) && !OTHER.test(line) && readLine(line) === null);

type Line = { readonly symbol: string; readonly value: 'y' | 'm' | 'n' };

function readLine(line: string): Line | null {
  const set = SET.exec(line);
  if (set?.[1] !== undefined) return { symbol: set[1], value: set[2] === 'm' ? 'm' : 'y' };
  const unset = UNSET.exec(line)?.[1];
  return unset === undefined ? null : { symbol: unset, value: 'n' };
}

function completeness(
  symbols: KernelConfig['symbols'],
  damaged: boolean,
  placed: boolean,
  asked: boolean,
): Pick<KernelConfig, 'whole' | 'cut'> {
  const bothEnds = [FIRST, ...LAST].every((name) => symbols.has(name));
  return {
    // A selection that does not say what it was selected by may leave out anything.
    whole: bothEnds && (!placed || asked) && !damaged,
    cut: damaged || (!bothEnds && (symbols.size > PICKED || placed)),
  };
}

/** Two kernels in one text: a symbol has two values, or is named again while another is not (picked lines may repeat). */
function isDouble(
  read: readonly Line[],
  symbols: KernelConfig['symbols'],
  lines: readonly string[],
): boolean {
  if (read.length === symbols.size) return false;
  const heads = lines.filter((line) => line.startsWith(FROM) || HEAD.test(line));
  const counts = new Map<string, number>();
  for (const { symbol } of read) counts.set(symbol, (counts.get(symbol) ?? 0) + 1);
  return (
    read.some(({ symbol, value }) => symbols.get(symbol) !== value) ||
    ((heads.length > 1 || symbols.size > PICKED) && new Set(counts.values()).size > 1)
  );
}

function parse(stdout: string): KernelConfig {
  const lines = linesOf(stdout).map((line) => line.trimEnd());
  const read = lines.flatMap((line) => readLine(line) ?? []);
  if (read.length === 0 && !lines.some((line) => OTHER.test(line))) {
    throw new ProbeParseError('it holds no line of a kernel configuration');
  }
  const symbols = new Map(read.map(({ symbol, value }) => [symbol, value]));
  if (isDouble(read, symbols, lines)) throw new ProbeParseError('it holds two configurations');
  // Both ends stand in the first lines.
  const head = lines.slice(0, 20);
  const place = head.find((line) => line.startsWith(FROM)) ?? '';
  const asked = head.find((line) => line.startsWith(ASKED));
  const release = head.map((line) => RELEASE.exec(line)).find((match) => match !== null);
  return {
    place: place.slice(FROM.length, FROM.length + 200),
    symbols,
    ...completeness(symbols, lines.some(isDamaged), place !== '', asked !== undefined),
    asked: asked === undefined ? null : new Set(asked.slice(ASKED.length).split(' ')),
    release: release?.[1] ?? release?.[2] ?? null,
  };
}

/** Places as kubeadm's validator searches them, those for the running kernel first; /proc/config.gz is the kernel's own. */
const PLACES = [
  '/proc/config.gz',
  '/boot/config-$release',
  '/usr/lib/modules/$release/config',
  '/lib/modules/$release/config',
  '/usr/lib/ostree-boot/config-$release',
  '/usr/lib/kernel/config-$release',
  '/usr/src/linux-$release/.config',
  '/usr/src/linux-headers-$release/.config',
  '/lib/modules/$release/build/.config',
  '/usr/src/linux/.config',
];

const wanted = [...SYMBOLS, FIRST, ...LAST];

/** How the running kernel was built, from the first place that has it. Only the lines we need leave the node. */
export const bootConfig = defineProbe<KernelConfig>({
  id: 'boot-config',
  command: 'cat /boot/config-$(uname -r)',
  script: `${READ_RELEASE}
denied=
for place in ${PLACES.map((place) => `"${place}"`).join(' ')}; do
  [ -f "$place" ] || continue
  if [ ! -r "$place" ]; then denied=$place; continue; fi
  case $place in
    *.gz)
      if command -v gzip >/dev/null; then show='gzip -dc'
      elif command -v zcat >/dev/null; then show='zcat'
      else echo "$place needs gzip or zcat" >&2; continue
      fi ;;
    *) show='cat' ;;
  esac
  echo "${FROM}$place"
  echo '${ASKED}${wanted.join(' ')}'
  $show "$place" | grep -E '^(# )?CONFIG_(${wanted.join('|')})[= ]'
  exit
done
if [ -n "$denied" ]; then echo "$denied may not be read" >&2; exit 126; fi
echo "no kernel configuration for $release in ${PLACES[0] ?? ''}, /boot, /usr/lib/modules or /usr/src" >&2
exit 127`,
  rootCommands: [],
  timeoutSeconds: 20,
  maxBytes: 2097152,
  fields: {
    place: 'plain',
    symbols: 'plain',
    whole: 'plain',
    cut: 'plain',
    asked: 'plain',
    release: 'plain',
  },
  recognises: (stdout) =>
    /^(?:CONFIG_[A-Z0-9_]{1,80}=[ymn0-9"-]|# CONFIG_[A-Z0-9_]{1,80} is not set)/m.test(stdout),
  parse: ({ stdout }) => parse(stdout),
});
