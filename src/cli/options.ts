import { InvalidArgumentError, Option, type Command } from 'commander';
import { FORMATS, type Format } from '../report/render.js';

/** The flags that audit, demo, fix, undo, paths and the wizard share; see the README for their meaning. */
export type CommonOptions = {
  readonly inventory?: string;
  readonly intent?: string;
  readonly from?: string;
  readonly local?: boolean;
  readonly rules?: string;
  readonly waivers?: string;
  readonly format: Format;
  readonly output?: string;
  readonly bundle?: string;
  readonly signKey?: string;
  readonly unsigned?: boolean;
  readonly profile: 'evidence' | 'support';
  readonly transport?: 'ssh2' | 'openssh';
  readonly become: 'auto' | 'sudo' | 'doas' | 'none';
  readonly becomeShell?: boolean;
  readonly passwordFd?: number;
  readonly becomePasswordFd?: number;
  readonly concurrency: number;
  readonly timeout: number;
  readonly identity: readonly string[];
  readonly config?: string;
  readonly knownHosts?: string;
  readonly hostKey: 'ask' | 'strict' | 'accept-new';
};

/** Nodes that connect at once. */
export const DEFAULT_CONCURRENCY = 32;
/** Seconds for a node's whole survey. */
export const DEFAULT_TIMEOUT = 120;

/** Parses a whole number between two bounds. */
export const whole =
  (least: number, most: number) =>
  (text: string): number => {
    const value = Number(text);
    if (!/^\d{1,9}$/.test(text) || value < least || value > most) {
      throw new InvalidArgumentError(
        `Expected a whole number from ${String(least)} to ${String(most)}.`,
      );
    }
    return value;
  };

export const collect = (value: string, before: readonly string[]): readonly string[] => [
  ...before,
  value,
];

/** Parses the name of something. Of a flag that is given twice the last one counts, as with ssh. */
export const named = (value: string): string => {
  if (value === '') throw new InvalidArgumentError('It is empty.');
  return value;
};

/** As `named`, for what somebody may take for a list, as Ansible's inventories are: a second one would not be read. */
export const once = (value: string, before: string | undefined): string => {
  if (before !== undefined) throw new InvalidArgumentError('The flag is given twice.');
  return named(value);
};

export const formatOption = (): Option =>
  new Option('--format <format>', 'how to print the report').choices(FORMATS).default('human');

/** Where evidence comes from. */
export const withSource = (command: Command): Command =>
  command
    .option('--inventory <file>', 'nodes: our YAML, Ansible INI or YAML, or one host a line', once)
    .option('--intent <file>', 'what is to run; print one with `calico-ready intent`', named)
    .option('--from <path>', 'judge recorded evidence instead of asking nodes', once)
    .option('--local', 'ask this machine')
    .option('--rules <file>', 'own rules', once)
    .option('--waivers <file>', 'what was signed away', once);

/** Where the result goes. */
export const withResult = (command: Command): Command =>
  command
    .addOption(formatOption())
    .option('--output <file>', 'write the report here instead of standard output', named)
    .option('--bundle <file>', 'also write a readiness bundle', named)
    .option('--sign-key <file>', 'private key file that signs the bundle, or `agent`', named)
    .option(
      '--unsigned',
      'write a bundle without a signature; its name must end in -UNSIGNED.tar.gz',
    )
    .addOption(
      new Option('--profile <profile>', 'what the bundle holds')
        .choices(['evidence', 'support'])
        .default('evidence'),
    );

/** How nodes are reached and entered. */
export const withAccess = (command: Command): Command =>
  command
    .addOption(
      new Option(
        '--transport <transport>',
        'how to reach nodes; by itself: ssh2, and your own ssh where only that can',
      ).choices(['ssh2', 'openssh']),
    )
    .addOption(
      new Option('--become <how>', 'how to become root')
        .choices(['auto', 'sudo', 'doas', 'none'])
        .default('auto'),
    )
    .option('--become-shell', 'run the whole survey as root, not only the probes that need it')
    .option('--password-fd <n>', 'read the SSH password from this file descriptor', whole(0, 1023))
    .option(
      '--become-password-fd <n>',
      'read the sudo password from this file descriptor',
      whole(0, 1023),
    )
    .option('--concurrency <n>', 'nodes connecting at once', whole(1, 512), DEFAULT_CONCURRENCY)
    .option(
      '--timeout <seconds>',
      "limit of a node's whole survey",
      whole(1, 3600),
      DEFAULT_TIMEOUT,
    )
    .addOption(
      new Option('--identity <file>', 'private key file; may be repeated')
        .argParser(collect)
        .default([], 'as ssh'),
    )
    .option('--config <file>', 'SSH configuration, as ssh -F', named)
    .option('--known-hosts <file>', "known hosts instead of the user's and the system's", named)
    .addOption(
      new Option('--host-key <policy>', 'unknown host keys')
        .choices(['ask', 'strict', 'accept-new'])
        .default('ask'),
    );
