import { CommanderError } from 'commander';
import { CancelledError, OperatorError } from '../domain/errors.js';
import { visible } from '../domain/visible.js';
import { EXIT, exitOfError, type ExitCode } from './exit-codes.js';
import { cannotPrint, note } from './io.js';
import { buildProgram } from './program.js';
import { VERSION } from './version.js';

/** Runs one command line and sets the exit code; never calls `process.exit`, so that pipes drain. */
export async function main(args: readonly string[]): Promise<void> {
  for (const stream of [process.stdout, process.stderr])
    stream.on('error', (error: NodeJS.ErrnoException) => {
      tellUnlessClosed(error, stream);
    });
  let exit: ExitCode = EXIT.good;
  try {
    const program = buildProgram((code) => {
      exit = code;
    });
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    exit = explain(error);
  }
  // What standard output said meanwhile stays.
  process.exitCode ??= exit;
}

/**
 * Nobody reads any more: a pipe that was closed, or a terminal that was. EIO of a file is a failure. What standard error
 * does not take can be told nowhere.
 */
function tellUnlessClosed(error: NodeJS.ErrnoException, stream: NodeJS.WriteStream): void {
  if (error.code === 'EPIPE' || (stream.isTTY && error.code === 'EIO')) return;
  if (stream !== process.stdout || process.exitCode === EXIT.usage) return;
  process.exitCode = explain(cannotPrint(error));
}

function explain(error: unknown): ExitCode {
  // Commander has already printed its message; --help and --version end with 0.
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.good : EXIT.usage;
  if (error instanceof CancelledError) {
    note('Cancelled.');
  } else if (error instanceof OperatorError) {
    note(`calico-ready: ${visible(error.message)}`);
    note(`  ${visible(error.nextStep)}`);
  } else {
    note(`calico-ready ${VERSION}: this is a bug of ours. Please report it with the lines below.`);
    note(visible(error instanceof Error ? (error.stack ?? error.message) : String(error)));
  }
  return exitOfError(error);
}
