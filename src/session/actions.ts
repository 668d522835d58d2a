import type { Intent } from '../domain/intent.js';
import type { Role } from '../domain/inventory.js';
import type { Waiver } from '../domain/report.js';
import type { FixPreview } from './ports.js';
import type { AccessSettings, ExportSettings, FixItem } from './state.js';
import type { StepId } from './steps.js';

/** Everything the screens can make happen. Long work returns at once and shows in `busy`; failures become a notice. */
export type SessionActions = {
  /** Goes to a step if it is reachable; saves the session. */
  goTo(step: StepId): void;
  next(): void;
  /** To where the step was gone to from, else to the step before. */
  back(): void;

  addNodes(text: string): void;
  loadInventory(path: string): Promise<void>;
  loadSshConfig(): Promise<void>;
  addThisMachine(): void;
  removeNode(name: string): void;
  toggleRole(node: string, role: Role): void;

  /** Changes keys of the intent; a report that exists is judged again at once, without asking any node. */
  setIntent(change: Partial<Intent>): void;
  loadIntent(path: string): Promise<void>;

  /** Changes how nodes are entered; no node was tried with the new settings. */
  setAccess(change: Partial<AccessSettings>): void;
  /** Connects to all nodes, or to those named. */
  openAccess(nodes?: readonly string[]): Promise<void>;
  acceptHostKey(node: string): void;
  /** Compares new host keys with these lines from now on; an empty text compares with none. */
  compareHostKeys(text: string): void;
  /** As `compareHostKeys`, with a file. */
  loadHostKeyList(path: string): Promise<void>;
  /**
   * Accepts every key on the table, or with a list of keys every one that agrees with it, and connects again with each
   * exact key pinned.
   */
  acceptAllHostKeys(): void;
  refuseHostKey(node: string): void;
  answerPrompt(secret: string | null): void;

  runSurvey(nodes?: readonly string[]): Promise<void>;
  /** Stops what runs; what is known stays. */
  cancel(): void;

  pickFix(key: string, picked: boolean): void;
  consentFix(key: string, typed: string): boolean;
  previewFix(item: FixItem): FixPreview;
  /** Applies picked fixes, the first node alone (canary), then the rest; each is verified by the same probes. */
  applyFixes(): Promise<void>;
  undoFix(key: string): Promise<void>;

  addWaiver(waiver: Waiver): void;
  removeWaiver(check: string, node?: string): void;

  /** A bundle's name that was typed is kept as an absolute path. */
  setExport(change: Partial<ExportSettings>): void;
  /** A path of the export as it is shown. */
  shortPath(path: string): string;
  suggestSignKeys(): Promise<readonly string[]>;
  runExport(): Promise<void>;

  /** Shows a sentence: why a key did nothing. */
  say(text: string): void;
  dismissNotice(): void;
  /** Ctrl-C: cancels what runs and saves. Resolves when it is safe to leave. */
  leave(): Promise<void>;
};
