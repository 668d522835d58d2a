/** One file as it shall be. A fix names every file it writes; nothing else on the node is written. */
export type FileChange = {
  /** Absolute. */
  readonly path: string;
  /** The whole new content; null removes the file. */
  readonly content: string | null;
  /** Octal, such as `0644`; undefined keeps the mode of an existing file. */
  readonly mode?: string;
  /** What the evidence showed: the file's text, or null when it was absent. The executor refuses when it differs. */
  readonly expected: string | null;
};

/** A systemd unit as it shall be. The executor records the state before and restores exactly that. */
export type UnitChange = {
  readonly unit: string;
  readonly active: boolean;
  readonly enabled: boolean;
};

/** Data, executed only by src/change: what to do, what it touches, how it is undone. */
export type Fix = {
  /** `--way NAME` where a check has several fixes; unique within the check. */
  readonly way: string;
  /** One sentence: what it does. */
  readonly summary: string;
  /** Safe fixes need `--yes`; disruptive ones also a typed consent. */
  readonly kind: 'safe' | 'disruptive';
  /** What the operator loses, one sentence each; shown before consent. */
  readonly loses: readonly string[];
  /** The word to type for a disruptive fix. */
  readonly consentWord?: string;
  readonly files: readonly FileChange[];
  readonly units: readonly UnitChange[];
  /** Commands after files and units are in place, as sh lines with absolute paths and fixed arguments. */
  readonly commands: readonly string[];
  /** Commands after files and units are restored. */
  readonly undoCommands: readonly string[];
  readonly disturbsNetwork: boolean;
  readonly needsReboot: boolean;
  /** Shown, printed and explained, and not yet applied by this tool: the operator does it. */
  readonly byHandOnly?: boolean;
  /** What to do by hand where this fix cannot be applied. */
  readonly byHand: string;
};
