/** Words that stand in front of a command without being it. */
const PREFIXES = new Set(['sudo', 'doas', 'time', '-n', '--']);

/** `[root@node1 ~]# `, `user@node:~$ `, `$ `: something that ends in $, #, % or > and a space. */
const PROMPT = /^(?:[^\n$#%>]{0,120})[$#%>][ \t]+(\S[^\n]{0,2000})$/;
/** The same with nothing behind it. */
const BARE_PROMPT = /^(?:\[[^\]\n]{1,80}\]|[\w.@:~/+-]{1,80}|)[$#][ \t]*$/;

/** Bytes of a pasted file as text: UTF-8 or UTF-16 with its mark, line ends as the node printed them. */
export function decodePaste(bytes: Uint8Array): string {
  const utf16 = bytes[0] === 0xff && bytes[1] === 0xfe;
  // Both decoders drop the byte order mark.
  const text = new TextDecoder(utf16 ? 'utf-16le' : 'utf-8').decode(bytes);
  return text.replaceAll('\r\n', '\n');
}

/**
 * The output alone: without the prompt line that shows the command, and without the prompt that followed. A first
 * line is a prompt line only if it names one of these commands, for `# …` is also how many outputs begin.
 */
export function stripPrompts(text: string, commands: ReadonlySet<string>): string {
  const lines = text.split('\n');
  const first = lines.findIndex((line) => line.trim() !== '');
  const typed = PROMPT.exec(lines[first] ?? '')?.[1];
  const body =
    typed !== undefined && commands.has(commandWord(typed)) ? lines.slice(first + 1) : lines;
  const cut = withoutLastPrompt(body);
  const joined = cut.join('\n');
  return cut.length < body.length && joined !== '' ? `${joined}\n` : joined;
}

function withoutLastPrompt(lines: readonly string[]): readonly string[] {
  const last = lines.findLastIndex((line) => line.trim() !== '');
  return BARE_PROMPT.test(lines[last] ?? 'none') ? lines.slice(0, last) : lines;
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
