/**
 * Patterns of people whom we do not know, over texts that we do not trust: matched by following all ways at once
 * (Thompson 1968), so that no pattern can take more than its size times the length of the text. Known are literals, `.`,
 * classes, `\d \w \s` and their opposites, groups, `|`, `* + ? {m,n}`, and `^ $`, which stand for the ends of a line.
 */
export type LinearPattern = { readonly found: (text: string) => boolean };

/** Size after counted repetitions are written out. */
const MOST_STATES = 500;
const MOST_REPEATS = 100;

export class PatternError extends Error {
  override readonly name = 'PatternError';
}

type Test = (character: string) => boolean;
type State =
  | { kind: 'one'; test: Test; next: number }
  | { kind: 'split'; next: number; other: number }
  | { kind: 'start' | 'end'; next: number }
  | { kind: 'match' };
/** Builds states that end in `next` and answers where they begin. */
type Part = (next: number) => number;

const CLASSES: Readonly<Record<string, Test>> = {
  d: (c) => /[0-9]/.test(c),
  w: (c) => /[A-Za-z0-9_]/.test(c),
  s: (c) => /\s/.test(c),
};
const CONTROLS: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r' };

function escapeTest(letter: string): Test {
  const known = CLASSES[letter.toLowerCase()];
  if (known !== undefined) return letter === letter.toLowerCase() ? known : (c) => !known(c);
  const literal = CONTROLS[letter] ?? letter;
  if (/[A-Za-z0-9]/.test(letter) && literal === letter)
    throw new PatternError(`\\${letter} is not known`);
  return (c) => c === literal;
}

class Builder {
  private readonly states: State[] = [];
  private at = 0;
  private readonly pattern: string;
  constructor(pattern: string) {
    this.pattern = pattern;
  }

  build(): { readonly states: readonly State[]; readonly start: number } {
    const part = this.alternatives(0);
    if (this.at < this.pattern.length) throw new PatternError('a ) without its (');
    const start = part(this.add({ kind: 'match' }));
    return { states: this.states, start };
  }

  private add(state: State): number {
    if (this.states.length >= MOST_STATES) throw new PatternError('it is too long');
    return this.states.push(state) - 1;
  }

  private alternatives(depth: number): Part {
    if (depth > 20) throw new PatternError('its groups are nested too deeply');
    const parts = [this.sequence(depth)];
    while (this.pattern[this.at] === '|') {
      this.at += 1;
      parts.push(this.sequence(depth));
    }
    return parts.reduce((left, right) => (next) => {
      const [a, b] = [left(next), right(next)];
      return this.add({ kind: 'split', next: a, other: b });
    });
  }

  private sequence(depth: number): Part {
    const parts: Part[] = [];
    while (this.at < this.pattern.length && !'|)'.includes(this.pattern[this.at] ?? ''))
      parts.push(this.repeated(this.atom(depth)));
    return (next) => parts.reduceRight((following, part) => part(following), next);
  }

  private atom(depth: number): Part {
    const character = this.pattern[this.at] ?? '';
    this.at += 1;
    if (character === '(') return this.group(depth);
    if (character === '[') return this.one(this.set());
    if (character === '.') return this.one((c) => c !== '\n');
    if (character === '^' || character === '$') {
      const kind = character === '^' ? 'start' : 'end';
      return (next) => this.add({ kind, next });
    }
    if (character === '\\') {
      const letter = this.pattern[this.at] ?? '';
      if (letter === '') throw new PatternError('it ends in a backslash');
      this.at += 1;
      return this.one(escapeTest(letter));
    }
    if ('*+?{'.includes(character)) throw new PatternError(`nothing in front of ${character}`);
    return this.one((c) => c === character);
  }

  private one(test: Test): Part {
    return (next) => this.add({ kind: 'one', test, next });
  }

  private group(depth: number): Part {
    if (this.pattern[this.at] === '?') {
      if (this.pattern[this.at + 1] !== ':') throw new PatternError('looking around is not known');
      this.at += 2;
    }
    const inner = this.alternatives(depth + 1);
    if (this.pattern[this.at] !== ')') throw new PatternError('a ( without its )');
    this.at += 1;
    return inner;
  }

  private set(): Test {
    const negated = this.pattern[this.at] === '^';
    if (negated) this.at += 1;
    const tests: Test[] = [];
    for (let first = true; first || this.pattern[this.at] !== ']'; first = false) {
      if (this.at >= this.pattern.length) throw new PatternError('a [ without its ]');
      tests.push(this.member());
    }
    this.at += 1;
    return (c) => tests.some((test) => test(c)) !== negated;
  }

  private member(): Test {
    const from = this.pattern[this.at] ?? '';
    this.at += 1;
    if (from === '\\') {
      const letter = this.pattern[this.at] ?? '';
      this.at += 1;
      return escapeTest(letter);
    }
    const to = this.pattern[this.at + 1];
    if (this.pattern[this.at] !== '-' || to === undefined || to === ']') return (c) => c === from;
    if (to === '\\' || to < from) throw new PatternError(`the range ${from}-${to}`);
    this.at += 2;
    return (c) => c >= from && c <= to;
  }

  private repeated(part: Part): Part {
    const sign = this.pattern[this.at] ?? '';
    if (sign === '' || !'*+?{'.includes(sign)) return part;
    const [least, most] = this.bounds(sign);
    if ('*+?{'.includes(this.pattern[this.at] ?? 'x'))
      throw new PatternError('a repetition of a repetition');
    return (next) => {
      let following = most === null ? this.loop(part, next) : next;
      for (let count = least; count < (most ?? least); count += 1) {
        const inner = part(following);
        following = this.add({ kind: 'split', next: inner, other: next });
      }
      for (let count = 0; count < least; count += 1) following = part(following);
      return following;
    };
  }

  private loop(part: Part, next: number): number {
    const split: State = { kind: 'split', next, other: next };
    const index = this.add(split);
    split.next = part(index);
    return index;
  }

  private bounds(sign: string): readonly [number, number | null] {
    this.at += 1;
    if (sign === '*') return [0, null];
    if (sign === '+') return [1, null];
    if (sign === '?') return [0, 1];
    const [all, least, comma, most] =
      /^(\d{1,3})(,)?(\d{1,3})?\}/.exec(this.pattern.slice(this.at, this.at + 9)) ?? [];
    if (all === undefined) throw new PatternError('a { without numbers and }');
    this.at += all.length;
    const low = Number(least);
    const high = comma === undefined ? low : most === undefined ? null : Number(most);
    if (Math.max(low, high ?? 0) > MOST_REPEATS || (high !== null && high < low))
      throw new PatternError(`the repetition {${all}`);
    return [low, high];
  }
}

/** Throws PatternError for what it does not know. */
export function linearPattern(pattern: string): LinearPattern {
  const { states, start } = new Builder(pattern).build();
  return { found: (text) => search(states, start, text) };
}

function search(states: readonly State[], start: number, text: string): boolean {
  let current: number[] = [];
  for (let at = 0; at <= text.length; at += 1) {
    const reached = closure(states, [...current, start], text, at);
    if (reached === 'match') return true;
    const character = text[at] ?? '';
    current = [];
    for (const index of reached) {
      const state = states[index];
      if (state?.kind === 'one' && at < text.length && state.test(character))
        current.push(state.next);
    }
  }
  return false;
}

/** All states that are reached without reading a character. */
function closure(
  states: readonly State[],
  from: readonly number[],
  text: string,
  at: number,
): ReadonlySet<number> | 'match' {
  const seen = new Set<number>();
  const open = [...from];
  const atStart = at === 0 || text[at - 1] === '\n';
  const atEnd = at === text.length || text[at] === '\n';
  for (let index = open.pop(); index !== undefined; index = open.pop()) {
    if (seen.has(index)) continue;
    seen.add(index);
    const state = states[index];
    if (state === undefined || state.kind === 'one') continue;
    if (state.kind === 'match') return 'match';
    if (state.kind === 'split') open.push(state.next, state.other);
    else if (state.kind === 'start' ? atStart : atEnd) open.push(state.next);
  }
  return seen;
}
