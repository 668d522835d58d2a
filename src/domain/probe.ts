/** What kind of datum a field of an answer is; decides what a support bundle does with it (security.md A8). */
export type DataClass =
  'plain' | 'net-address' | 'mac' | 'hostname' | 'username' | 'serial' | 'free-text';

/** What a probe's command printed, as its parser gets it. Text is UTF-8 with replacement characters. */
export type RawOutput = {
  readonly stdout: string;
  readonly stderr: string;
  /** Null for a pasted output, whose exit status nobody knows. */
  readonly exit: number | null;
  /** The auditor's clock in milliseconds since 1970 when the output's end arrived; null when recorded without it. */
  readonly receivedAt: number | null;
};

/** A fixed, read-only question to one node. It asks, it never judges. */
export type Probe<T> = {
  /** Lower-case letters, digits and dashes; also the name of its pasted file (`uname-a.txt`). */
  readonly id: string;
  /** What the operator would type to see the same, for screens and reports. */
  readonly command: string;
  /**
   * POSIX sh text, run by `/bin/sh -c` with stdin closed, PATH and LC_ALL=C set. It calls what needs root as
   * `as_root /absolute/path fixed arguments`. Exits 127 when its tool is missing (stderr may name it).
   * Null: the answer only comes from pasted output and is never collected.
   */
  readonly script: string | null;
  /** Exactly the command lines that `script` hands to `as_root`, for the least-privilege rule. */
  readonly rootCommands: readonly string[];
  /** What takes longer is ended, and the answer is `unknown`. */
  readonly timeoutSeconds: number;
  /** Longer output is cut and the answer is `unknown` (truncated). */
  readonly maxBytes: number;
  /** Slow probes (a tenth of a second and more, on every node) start first and overlap with the others. */
  readonly slow?: boolean;
  /**
   * It asks a daemon or a program that may hang or be slow to answer (systemctl, nmcli, kubectl): those share a
   * shell with those that need root. All other probes read files or ask the kernel and share one shell: they use
   * builtins for short files and cat, grep, sed for long ones, because every process on the node costs.
   */
  readonly talks?: boolean;
  /** The answer is compared with the moment it arrives: it is asked first and never waits in a buffer. */
  readonly timely?: boolean;
  /**
   * The answer is an object that names the node, so no two are alike. Checks that look at its other fields alone are
   * judged once for all nodes that agree in those.
   */
  readonly namesNode?: boolean;
  /** The class of each field of the answer. */
  readonly fields: Readonly<Record<string, DataClass>>;
  /** Exit statuses that carry an answer besides 0 and null. Any other makes the answer unknown. */
  readonly goodExits?: readonly number[];
  /** True when these bytes are plainly this probe's output (for pasted files under a wrong name). */
  readonly recognises?: (stdout: string) => boolean;
  /** A few words for the report's `facts`, by stable key. */
  readonly facts?: (value: T) => Readonly<Record<string, string>>;
  /** Pure. Throws ProbeParseError when the output is not in the expected form, and nothing else. */
  readonly parse: (raw: RawOutput) => T;
  /** Pure. In a few words why a text that was read is not the whole output, null where it is: the engine lets no pass rest on a part. */
  readonly partOf?: (raw: RawOutput, value: T) => string | null;
};

// Catalogues hold probes of many answer types. `facts` and `parse` are used through `Probe<never>`-safe casts
// in one place, engine/answers.ts.
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- the one erased type of the catalogue
export type AnyProbe = Probe<any>;

export const defineProbe = <T>(probe: Probe<T>): Probe<T> => probe;
