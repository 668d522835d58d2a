import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { ConnectError } from '../../../domain/errors.js';
import { reason } from '../../../domain/reason.js';
import { visibleLine } from '../../../domain/visible.js';
import { parseSshG, type Asked, type HostConfig } from './values.js';

const run = promisify(execFile);

/** `ssh -G` may run the `Match exec` commands of the user's own configuration; they get this long. */
const LIMIT_MS = 5_000;

/** What ssh(1) ends with in a container whose user has no line in the user database. */
const NAMELESS = /^No user exists for uid \d+/m;

export type SshQuestion = {
  /** As `ssh -F`; undefined: the user's and the system's own. */
  readonly config: string | undefined;
  /** As `ssh -i`, most likely first. */
  readonly identities: readonly string[];
};

/**
 * What the user's own `ssh` would do for a host: the one exact answer to Host, Match, Include, tokens and
 * canonicalisation. Null when there is no `ssh`, or it does not work here. Rejects with ConnectError when `ssh` refuses
 * its configuration.
 */
export async function askSsh(asked: Asked, question: SshQuestion): Promise<HostConfig | null> {
  const words = [
    '-G',
    ...(question.config === undefined ? [] : ['-F', question.config]),
    ...question.identities.flatMap((path) => ['-i', path]),
    ...(asked.user === undefined ? [] : ['-l', asked.user]),
    ...(asked.port === undefined ? [] : ['-p', String(asked.port)]),
    '--',
    asked.host,
  ];
  try {
    const { stdout } = await run('ssh', words, { timeout: LIMIT_MS, maxBuffer: 1_048_576 });
    return { values: parseSshG(stdout), ignored: [] };
  } catch (error) {
    const { code, killed, stderr } = failureOf(error);
    if (code === 'ENOENT' || NAMELESS.test(stderr ?? '')) return null;
    const why = killed === true ? `it did not answer within ${String(LIMIT_MS / 1000)} s` : stderr;
    throw new ConnectError(
      reason(
        'no-route',
        `ssh -G refuses ${visibleLine(asked.host, 80)}: ${visibleLine(why?.trim() ?? '', 200)}`,
      ),
      'Mend the SSH configuration, or name another with --config FILE.',
    );
  }
}

type Failure = { readonly code?: unknown; readonly killed?: boolean; readonly stderr?: string };

/** What execFile's error carries. */
const failureOf = (error: unknown): Failure =>
  error instanceof Error ? (error as Error & Failure) : {};
