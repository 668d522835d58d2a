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

type Lanes = {
  /** Asked one after the other; each answer is sent at once. */
  readonly direct: readonly AnyProbe[];
  /** Asked beside them; the answers wait in a pipe until the direct lane is done. */
  readonly held: readonly (readonly AnyProbe[])[];
};

/**
 * Each slow probe has a lane of its own. The quick ones share two, because starting processes is most of their cost and
 * nodes have more than one processor. What is compared with the moment of its arrival is asked first and directly.
 */
function lanesOf(probes: readonly AnyProbe[]): Lanes {
  const slow = probes.filter((probe) => probe.slow === true).map((probe) => [probe]);
  const timely = probes.filter((probe) => probe.slow !== true && probe.timely === true);
  const quick = probes.filter((probe) => probe.slow !== true && probe.timely !== true);
  const second = quick.filter((_, index) => index % 2 === 1);
  return {
    direct: [...timely, ...quick.filter((_, index) => index % 2 === 0)],
    held: second.length === 0 ? slow : [...slow, second],
  };
}

/**
 * Held lanes start first, each in a pipe of its own that holds its frames until the direct one is done. A pipe
 * holds 64 KiB; longer output waits in the memory of a `tail` (Q=1), so no probe stands still for its reader.
 */
function lanes(held: Lanes['held'], direct: readonly AnyProbe[]): string {
  const [first, ...rest] = held;
  if (first === undefined) return ['Q=', ...direct.map(line)].join('\n');
  return `{ Q=1
${first.map(line).join('\n')}
} 7<&- | { exec 7<&0 </dev/null
${lanes(rest, direct)}
exec cat <&7
}`;
}

function line(probe: AnyProbe): string {
  const root = probe.rootCommands.length > 0;
  const script = `${root ? '"$R"' : ''}${quote(probe.script ?? '')}`;
  const seconds = Math.ceil(probe.timeoutSeconds);
  return `_cr_run ${probe.id} ${String(seconds)} ${String(probe.maxBytes + 1)} ${script}${root ? ' r' : ''}`;
}

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
  const probes = [...text.matchAll(/^_cr_run ([a-z0-9][a-z0-9-]{0,63}) \d+ \d+ ["']/gm)];
  return { nonce, become: become as Become, probes: probes.map(([, id = '']) => id) };
}
