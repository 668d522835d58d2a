import { CancelledError, InputError, OperatorError, VerificationError } from '../domain/errors.js';
import { READINESS, type Readiness } from '../domain/status.js';

/** The exit codes of every command (a stable surface). */
export const EXIT = {
  good: 0,
  notReady: 1,
  cannotTell: 2,
  usage: 3,
  verification: 4,
  bug: 70,
  cancelled: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

export function exitOfReadiness(readiness: Readiness): ExitCode {
  switch (readiness) {
    case READINESS.ready:
      return EXIT.good;
    case READINESS.notReady:
      return EXIT.notReady;
    case READINESS.unknown:
      return EXIT.cannotTell;
  }
}

/** What an exception means for the exit code; anything not foreseen is our bug. */
export function exitOfError(error: unknown): ExitCode {
  if (error instanceof InputError) return EXIT.usage;
  if (error instanceof VerificationError) return EXIT.verification;
  if (error instanceof CancelledError) return EXIT.cancelled;
  return error instanceof OperatorError ? EXIT.cannotTell : EXIT.bug;
}
