/** Words that stand in front of a command without being it. */
const PREFIXES = new Set([
  'sudo',
  'doas',
  'time',
  '-n',
  '-i',
  '-E',
  '-H',
  '--',
  'LC_ALL=C',
  'LANG=C',
]);

/** `[root@node1 ~]# `, `user@node:~$ `, `$ `, `❯ `: something that ends in $, #, %, > or ❯ and a space. */
const PROMPT = /^([^\n$#%>❯]{0,120}[$#%>❯])[ \t]+(\S[^\n]{0,2000})$/;
/** That of oh-my-zsh: an arrow, the folder, perhaps a branch. */
const ARROW = /^(➜[ \t]+\S{1,80}(?: git:\(\S{1,80}\))?(?: ✗)?)[ \t]+(\S[^\n]{0,2000})$/;
/** The same with nothing behind it. */
const BARE_PROMPT = /^(?:\[[^\]\n]{1,80}\]|[\w.@:~/+-]{1,80}|)[$#][ \t]*$/;
/** What a shell, ssh or script(1) says when it ends. */
const FAREWELL =
  /^(?:(?:[^\n$#%>]{0,120}[$#%>] )?(?:logout|exit)|Connection to \S{1,255} closed\.|Script done[ ,][^\n]{0,300})[ \t]*$/;
const PASSWORD =
  /^(?:\[sudo\][^\n]{0,200}:|Password:|sudo: unable to resolve host [^\n]{0,300})[ \t]*$/;
const FENCE = /^[ \t]{0,3}(?:```|~~~)[\w.+-]{0,20}[ \t]*$/;
/** Colours, cursor movements and titles (ECMA-48: CSI and OSC). */
const ESCAPES = new RegExp(
  [
    String.raw`\u001b\[[0-?]{0,40}[ -/]{0,4}[@-~]`,
    String.raw`\u001b\][^\u0007\u001b\n]{0,300}(?:\u0007|\u001b\\)`,
    String.raw`\u001b(?:[()][0-9A-B]|[=>78cM])`,
  ].join('|'),
  'g',
);

/** How far down a banner may push the line that shows the command. */
const BANNER_LINES = 60;

/** The command lines of the catalogue as they may stand behind a prompt. */
export type KnownCommands = {
  /** The second words that are known behind a program's name; those of `cat` and its kin are any. */
  readonly secondWords: ReadonlyMap<string, ReadonlySet<string>>;
};

/** What people use in place of the command that a probe names. */
const OTHER_COMMANDS = ['cat', 'zcat', 'more', 'less', 'grep', 'head'];

export function knownCommands(commands: readonly string[]): KnownCommands {
  const secondWords = new Map<string, Set<string>>(
    OTHER_COMMANDS.map((word) => [word, new Set<string>()]),
  );
  for (const command of commands) {
    const word = commandWord(command);
    const known = secondWords.get(word) ?? new Set<string>();
    const words = command.split(' ');
    secondWords.set(word, known.add(words[words.indexOf(word) + 1] ?? ''));
  }
  return { secondWords };
}

/** Bytes of a pasted file as text: UTF-8 or UTF-16 with its mark, line ends as the node printed them, no escapes. */
export function decodePaste(bytes: Uint8Array): string {
  const little = bytes[0] === 0xff && bytes[1] === 0xfe;
  const big = bytes[0] === 0xfe && bytes[1] === 0xff;
  const wide = little || big || looksWide(bytes);
  // The decoders drop the byte order mark.
  const text = new TextDecoder(!wide ? 'utf-8' : big ? 'utf-16be' : 'utf-16le').decode(bytes);
  const plain = text.includes('\u001b') ? text.replace(ESCAPES, '') : text;
  return plain.includes('\r') ? lineEnds(plain) : plain;
}

/** UTF-16 without its mark: every other byte of ASCII is zero, which no output of ours is. */
const looksWide = (bytes: Uint8Array): boolean =>
  bytes.length >= 16 &&
  bytes.subarray(0, 16).every((byte, index) => (index % 2 === 1) === (byte === 0));

/** Where readline has read a command its last escape is followed by a bare return, in front of the output. */
function lineEnds(text: string): string {
  if (!text.includes('\n')) return text.replace(/\r+/g, '\n');
  return text.replace(/\r+\n/g, '\n').replace(/(^|\n)\r+/g, '$1');
}

/** One command's output out of a pasted text. `typed` is the command line in front of it, when one was pasted. */
export type Pasted = { readonly typed: string | null; readonly text: string };

/**
 * The outputs alone: without fences, prompts, passwords and farewells. Text in front of the first prompt is a part of its
 * own, which may be a banner or an output. A line counts as a prompt only if a known command follows, for `# …` is also how many outputs begin.
 */
export function splitPaste(text: string, known: KnownCommands): readonly Pasted[] {
  const lines = withoutFences(text.split('\n'));
  const sections: { typed: string | null; lines: string[] }[] = [];
  let sign: string | null = null;
  for (const [index, line] of lines.entries()) {
    const prompt = promptOf(line, known);
    const opens =
      prompt !== null && (sign === null ? index < BANNER_LINES : again(prompt.sign, sign));
    if (opens) {
      // The output before it ended with a line end.
      sections.at(-1)?.lines.push('');
      sign = prompt.sign;
      sections.push({ typed: prompt.typed, lines: [] });
      continue;
    }
    if (sections.length === 0) sections.push({ typed: null, lines: [] });
    sections.at(-1)?.lines.push(line);
  }
  return sections.map(({ typed, lines: own }) => ({ typed, text: outputOf(own, sign) }));
}

/** A later prompt must look like the first: a bare `#` begins too many comments. */
const again = (sign: string, first: string): boolean =>
  sign === first || (sign.includes('@') && first.includes('@'));

function promptOf(
  line: string,
  { secondWords }: KnownCommands,
): { readonly sign: string; readonly typed: string } | null {
  if (line.length > 2200) return null;
  const [, sign, typed] = PROMPT.exec(line) ?? ARROW.exec(line) ?? [];
  if (sign === undefined || typed === undefined) return null;
  const word = commandWord(typed);
  const seconds = secondWords.get(word);
  if (seconds === undefined) return null;
  if (sign.length > 1) return { sign, typed };
  // `# NetworkManager configuration: …` is the first line of an output, `# NetworkManager --print-config` a command.
  const words = typed.split(/\s+/);
  const second = words[words.findIndex((one) => one.split('/').at(-1) === word) + 1] ?? '';
  return second === '' || /^[-/$~.]/.test(second) || seconds.has(second) ? { sign, typed } : null;
}

function withoutFences(lines: readonly string[]): readonly string[] {
  const first = lines.findIndex((line) => line.trim() !== '');
  if (!FENCE.test(lines[first] ?? '')) return lines;
  const end = lines.findLastIndex((line) => line.trim() !== '');
  const closed = end > first && FENCE.test(lines[end] ?? '');
  return closed ? [...lines.slice(first + 1, end), ''] : lines.slice(first + 1);
}

/** Without blank lines in front and without what the shell wrote behind. */
function outputOf(lines: readonly string[], sign: string | null): string {
  const asked = lines.slice(0, 20).some((line) => PASSWORD.test(line));
  const own = asked ? lines.filter((line, index) => index >= 20 || !PASSWORD.test(line)) : lines;
  const start = own.findIndex((line) => line.trim() !== '');
  if (start === -1) return '';
  let end = own.length;
  for (let trailing = 0; trailing < 4; trailing += 1) {
    const last = own.findLastIndex((line, index) => index < end && line.trim() !== '');
    const line = own[last] ?? 'none';
    const isBare = BARE_PROMPT.test(line) || line.trimEnd() === sign;
    if (last < start || !(isBare || FAREWELL.test(line))) break;
    end = last;
  }
  const body = own.slice(start, end).join('\n');
  return end < own.length && body !== '' ? `${body}\n` : body;
}

/** The program's name in a command line: `sudo -n /usr/sbin/lsmod` is lsmod. */
export function commandWord(line: string): string {
  const word = line.split(/\s+/).find((candidate) => candidate !== '' && !PREFIXES.has(candidate));
  return (word ?? '').split('/').at(-1) ?? '';
}

/** The tool that a shell said it does not have, if that is all the text says. */
export function missingTool(text: string): string | null {
  const line = text.trim();
  if (line.length > 300 || line.includes('\n')) return null;
  const found =
    /(?:^|: )([\w.+-]{1,60}): (?:command )?not found$/.exec(line) ??
    /^(?:Command|zsh: command not found:) '?([\w.+-]{1,60})'?/.exec(line);
  return found?.[1] ?? null;
}
