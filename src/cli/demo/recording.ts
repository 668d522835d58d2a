/** What one probe's command printed on the recorded machine. */
export type RecordedAnswer = {
  readonly stdout: string;
  readonly stderr?: string;
  readonly exit: number;
  /** Milliseconds. */
  readonly ms: number;
};

/** Answers by probe id. */
export type RecordedAnswers = Readonly<Record<string, RecordedAnswer>>;

/** A script that the machine ran as root, and what it printed. */
export type RecordedRun = {
  /** SHA-256 of everything after the script's first line, which holds what differs from run to run. */
  readonly sha256: string;
  /** With `{nonce}` and `{change}` where the machine printed those of the recording. */
  readonly stdout: string;
  readonly exit: number;
};

/** A real change of the recorded machine, and its way back. */
export type RecordedChange = {
  readonly check: string;
  readonly way: string;
  readonly apply: RecordedRun;
  readonly undo: RecordedRun;
  /** The answers that differed once the change was made. */
  readonly answers: RecordedAnswers;
};

/** One machine as `scripts/record-demo.ts` met it. */
export type NodeRecording = {
  readonly name: string;
  readonly recordedAt: string;
  /** Says what in the answers no machine printed. */
  readonly composed?: string;
  readonly answers: RecordedAnswers;
  readonly changes: readonly RecordedChange[];
};
