import type { Reason } from './reason.js';

/** An expected failure that the operator can mend: what happened, where, and what to do next. */
export class OperatorError extends Error {
  override readonly name: string = 'OperatorError';
  /** One sentence in the imperative: the next step. */
  readonly nextStep: string;
  constructor(message: string, nextStep: string) {
    super(message);
    this.nextStep = nextStep;
  }
}

/** Usage or bad input: exit code 3. */
export class InputError extends OperatorError {
  override readonly name = 'InputError';
}

/** A bundle that cannot be trusted: exit code 4. */
export class VerificationError extends OperatorError {
  override readonly name = 'VerificationError';
}

/** A node could not be reached or entered. The reason's code is what reports show. */
export class ConnectError extends OperatorError {
  override readonly name = 'ConnectError';
  readonly reason: Reason;
  /** Why ssh2 cannot do it, each a short clause, when the user's own ssh could; else absent. */
  readonly needsOpenSsh?: readonly string[];
  constructor(reason: Reason, nextStep: string, needsOpenSsh: readonly string[] = []) {
    super(reason, nextStep);
    this.reason = reason;
    if (needsOpenSsh.length > 0) this.needsOpenSsh = needsOpenSsh;
  }
}

/** The operator stopped it: exit code 130. */
export class CancelledError extends Error {
  override readonly name = 'CancelledError';
}

/** A probe's output is not in the form its parser knows. The only error a parser may throw. */
export class ProbeParseError extends Error {
  override readonly name = 'ProbeParseError';
}
