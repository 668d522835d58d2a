import type { AnyProbe } from '../domain/probe.js';
import { AFTER, BEFORE, HEADER, quote, type Become } from './shell-parts.js';

// Linux refuses a single argument of 128 KiB (MAX_ARG_STRLEN); the definition of as_root goes in front.
const LONGEST_SCRIPT = 100_000;
const ID = /^[a-z0-9][a-z0-9-]{0,63}$/;

/** The probes that can be collected: a probe whose script is null only has pasted answers. */
export const collectable = (probes: readonly AnyProbe[]): readonly AnyProbe[] =>
  probes.filter((probe) => probe.script !== null);

/**
 * One POSIX sh text that asks all these probes, for standard input of `/bin/sh -s`. The same probes give the same
 * bytes. It writes nothing on the node. A text cut short on its way is a syntax error and runs nothing, because all
 * of it is one function. Without a prelude in front it makes its own nonce and announces it in the first line.
 * Throws a plain Error for probes that break the contract of domain/probe (a bug of the catalogue).
 */
export function composeCollector(probes: readonly AnyProbe[]): string {
  const asked = collectable(probes);
  refuseBadProbes(asked);
  const { direct, held } = lanesOf(asked);
  return `${HEADER}_cr_main() {
${BEFORE}
_cr_body() {
${lanes(held, direct)}
}
${AFTER}
} </dev/null
_cr_main
`;
}

function refuseBadProbes(probes: readonly AnyProbe[]): void {
  const seen = new Set<string>();
  for (const { id, script, timeoutSeconds, maxBytes } of probes) {
    const text = script ?? '';
    if (!ID.test(id) || seen.has(id)) throw new Error(`probe id ${id} is malformed or used twice`);
    if (text.length > LONGEST_SCRIPT || text.includes('\0') || text.includes('\r'))
      throw new Error(`the script of probe ${id} cannot be sent`);
    if (!(timeoutSeconds > 0 && timeoutSeconds <= 3600) || !(maxBytes > 0 && maxBytes <= 2 ** 26))
      throw new Error(`the limits of probe ${id} are out of range`);
    seen.add(id);
  }
}

/** A piece of the collector: asks some probes one after the other. */
type Lane = string;
type Lanes = {
  /** Each answer is sent at once. */
  readonly direct: Lane;
  /** Run beside it; the answers wait in a pipe until the direct lane is done. */
  readonly held: readonly Lane[];
};

/**
 * Each slow probe has a lane of its own, and that with the longest limit starts first. All others share two shells,
 * because starting processes is most of their cost: one for those that read, whose answers are sent at once, and one
 * for those that wait, for a daemon or for sudo. A sudo that hangs cannot be killed, so what needs root comes last in
 * that shell, and its lane is the last to be read; of those the ones with the longest limit come last, which long lists of
 * rules keep busy. What is compared with the moment of its arrival is asked first.
 */
function lanesOf(probes: readonly AnyProbe[]): Lanes {
  const timely = probes.filter((probe) => probe.timely === true);
  const others = probes.filter((probe) => probe.timely !== true);
  const slow = others.filter((probe) => probe.slow === true);
  const quick = others.filter((probe) => probe.slow !== true);
  const rooted = quick.filter(needsRoot);
  const talking = quick.filter((probe) => probe.talks === true && !needsRoot(probe));
  const reading = quick.filter((probe) => probe.talks !== true && !needsRoot(probe));
  const held = [
    together([...talking, ...rooted.toSorted(byLimit)]),
    ...slow.toSorted(byLimit).reverse().map(alone),
  ];
  return {
    direct: [...timely.map(atOnce), together(reading)].filter(Boolean).join('\n'),
    held: held.filter(Boolean),
  };
}

const byLimit = (a: AnyProbe, b: AnyProbe): number => a.timeoutSeconds - b.timeoutSeconds;

/**
 * Held lanes start first, each in a pipe of its own that holds its frames until the direct one is done. A pipe
 * holds 64 KiB; longer output waits in the memory of a `tail` (Q=1), so no probe stands still for its reader.
 */
function lanes(held: Lanes['held'], direct: Lane): string {
  const [first, ...rest] = held;
  if (first === undefined) return `Q=\n${direct}`;
  return `{ Q=1
${first}
} 7<&- | { exec 7<&0 </dev/null
${lanes(rest, direct)}
exec cat <&7
}`;
}

const needsRoot = (probe: AnyProbe): boolean => probe.rootCommands.length > 0;

/** A probe's words: id, seconds, bytes, script, and `r` when it needs root. */
function words(probe: AnyProbe): string {
  const root = needsRoot(probe);
  const script = `${root ? '"$R"' : ''}${quote(probe.script ?? '')}`;
  const seconds = Math.ceil(probe.timeoutSeconds);
  return `${probe.id} ${String(seconds)} ${String(probe.maxBytes + 1)} ${script} ${root ? 'r' : "''"}`;
}

const alone = (probe: AnyProbe): Lane => `_cr_run ${words(probe)}`;
const atOnce = (probe: AnyProbe): Lane => `_cr_timely ${words(probe)}`;

// Light probes end within milliseconds; when their shell does not end in this time, or prints more than that, one
// of them is to blame, and all that are left get their own limits.
const TOGETHER_SECONDS = 5;
const TOGETHER_BYTES = 524_288;

const together = (probes: readonly AnyProbe[]): Lane =>
  probes.length === 0
    ? ''
    : [
        `_cr_light ${String(TOGETHER_SECONDS)} ${String(TOGETHER_BYTES)} ${probes.some(needsRoot) ? 'r' : "''"}`,
        ...probes.map(words),
      ].join(' \\\n');

export type PreludeOptions = {
  /** 32 lower-case hexadecimal digits from a random source. */
  readonly nonce: string;
  readonly become: Become;
};

const PRELUDE = /^N=([0-9a-f]{32});B=(auto|sudo|doas|none)$/;

/** The line in front of the collector that tells it the client's nonce. Throws a plain Error for another nonce. */
export function collectorPrelude({ nonce, become }: PreludeOptions): string {
  const text = `N=${nonce};B=${become}`;
  if (!PRELUDE.test(text)) throw new Error('the nonce is not 32 hexadecimal digits');
  return `${text}\n`;
}

/** What a received script asks for: for servers that answer a collector without running it. */
export type CollectorRequest = PreludeOptions & { readonly probes: readonly string[] };

/** Reads prelude and probe ids back out of prelude and collector; null when the text is something else. */
export function readCollectorText(text: string): CollectorRequest | null {
  const end = text.indexOf('\n');
  const prelude = PRELUDE.exec(text.slice(0, Math.max(0, end)));
  if (prelude === null || !text.startsWith(`${HEADER}_cr_main() {\n`, end + 1)) return null;
  const [, nonce = '', become = ''] = prelude;
  const probes = [
    ...text.matchAll(/^(?:_cr_(?:run|timely) )?([a-z0-9][a-z0-9-]{0,63}) \d+ \d+ ["']/gm),
  ];
  return { nonce, become: become as Become, probes: probes.map(([, id = '']) => id) };
}
