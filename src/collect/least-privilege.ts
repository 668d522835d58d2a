import type { AnyProbe } from '../domain/probe.js';
import { visibleLine } from '../domain/visible.js';

/** A probe's command line, cut into the words that sudo and doas see. */
type Command = {
  readonly probe: AnyProbe;
  readonly line: string;
  readonly argv: readonly string[];
};

/**
 * Cuts a command line as sh does. Only blanks and single quotes mean anything in it: throws a plain Error for the rest
 * (a bug of the catalogue), and for a command that is no absolute path.
 */
export function wordsOfCommand(line: string): readonly string[] {
  const words: string[] = [];
  const token = / *((?:'[^']*'|[A-Za-z0-9_@%+=:,./{}^~\\-])+)/y;
  while (token.lastIndex < line.length) {
    const word = token.exec(line)?.[1];
    // A backslash or a tilde outside of quotes would mean something to the shell.
    if (word === undefined || /[\\~]/.test(word.replace(/'[^']*'/g, '')))
      throw new Error(`${line} is no plain command line`);
    words.push(word.replaceAll("'", ''));
  }
  if (words[0]?.startsWith('/') !== true) throw new Error(`${line} names no absolute path`);
  return words;
}

const ALIAS = 'CALICO_READY';

/**
 * The least that the survey needs to run as root, as a file for /etc/sudoers.d: exactly the commands that these probes
 * hand to sudo, with their arguments, and the same rules for doas.conf in comments. Nothing is allowed by a wildcard.
 */
export function sudoersText(probes: readonly AnyProbe[]): string {
  const groups = groupsOf(probes);
  const names = groups.map(([probe]) => aliasOf(probe));
  return `${[
    '# What calico-ready runs as root while it surveys a node: these commands with exactly these arguments.',
    '# All of them only read. No pattern is in them: every special character is escaped and stands for itself.',
    '# Install:  visudo -cf FILE && install -m 0440 FILE /etc/sudoers.d/calico-ready',
    '# Then name the login user in the last line of the rule, and take its # away.',
    '# The programs must be writable by root alone, as everything that sudo may run.',
    ...groups.flatMap(([probe, commands]) => ['', ...aliasLines(probe, commands)]),
    '',
    `Cmnd_Alias ${ALIAS} = ${names.join(', \\\n    ')}`,
    `Defaults!${ALIAS} !requiretty`,
    `# USER ALL=(root) NOPASSWD: ${ALIAS}`,
    '',
    '# The same for doas, in /etc/doas.conf (check it with doas -C FILE):',
    ...groups.flatMap(([, commands]) => commands.map((command) => `# ${doasLine(command)}`)),
  ].join('\n')}\n`;
}

/** Probes with their root commands; a command that two probes share stands with the first. */
function groupsOf(
  probes: readonly AnyProbe[],
): readonly (readonly [AnyProbe, readonly Command[]])[] {
  const seen = new Set<string>();
  return probes
    .filter(({ script }) => script !== null)
    .map((probe) => {
      const lines = probe.rootCommands.filter((line) => !seen.has(line));
      for (const line of lines) seen.add(line);
      return [probe, lines.map((line) => ({ probe, line, argv: wordsOfCommand(line) }))] as const;
    })
    .filter(([, commands]) => commands.length > 0);
}

const aliasOf = ({ id }: AnyProbe): string => `${ALIAS}_${id.toUpperCase().replaceAll('-', '_')}`;

const aliasLines = (probe: AnyProbe, commands: readonly Command[]): readonly string[] => [
  `# ${visibleLine(probe.command, 240)}`,
  `Cmnd_Alias ${aliasOf(probe)} = ${commands.map(sudoersCommand).join(', \\\n    ')}`,
];

// sudoers(5): `, : = \` end a word, `* ? [ ]` and `\` are patterns of fnmatch(3), `!` and `#` mean something of their
// own, and a `^` in front makes the arguments a regular expression. The pattern's own backslash is escaped twice.
const escaped = (text: string): string =>
  text
    .replaceAll('\\', '\\\\\\\\')
    .replace(/[,:=#*?[\]!]/g, '\\$&')
    .replace(/^\^/, '\\^');

function sudoersCommand({ argv: [path = '', ...rest] }: Command): string {
  // Without arguments of its own a command would be allowed with any.
  return `${escaped(path)} ${rest.length === 0 ? '""' : escaped(rest.join(' '))}`;
}

/** doas.conf(5): a word in double quotes is taken as is, save for `\` and `"`. */
const doasWord = (text: string): string =>
  /^[A-Za-z0-9_/.,:=-]+$/.test(text) ? text : `"${text.replace(/[\\"]/g, '\\$&')}"`;

const doasLine = ({ argv: [path = '', ...rest] }: Command): string =>
  ['permit nopass USER as root cmd', doasWord(path), 'args', ...rest.map(doasWord)].join(' ');
