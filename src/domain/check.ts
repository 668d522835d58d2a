import type { CalicoSetting } from './calico-setting.js';
import type { Fix } from './fix.js';
import type { Intent } from './intent.js';
import type { InventoryNode } from './inventory.js';
import type { AnyProbe, Probe } from './probe.js';
import type { Reason } from './reason.js';
import { STATUS, type Severity } from './status.js';

/** Where a requirement is written. */
export type Source = {
  /** `A` or `B` for the two source pages with the row's id, else a short title. */
  readonly page: string;
  readonly url: string;
  /** ISO date of the text that was read. */
  readonly date: string;
  /** The requirement in our own words. */
  readonly says: string;
};

/** What a check says of its facts. `expected` is there unless it passes. */
export type Verdict =
  | { readonly status: typeof STATUS.pass; readonly found: string }
  | { readonly status: typeof STATUS.warn; readonly found: string; readonly expected: string }
  | { readonly status: typeof STATUS.fail; readonly found: string; readonly expected: string }
  | { readonly status: typeof STATUS.unknown; readonly reason: Reason; readonly toKnow?: string }
  | { readonly status: typeof STATUS.notApplicable; readonly found: string };

export const pass = (found: string): Verdict => ({ status: STATUS.pass, found });
export const warn = (found: string, expected: string): Verdict => ({
  status: STATUS.warn,
  found,
  expected,
});
export const fail = (found: string, expected: string): Verdict => ({
  status: STATUS.fail,
  found,
  expected,
});
/** `toKnow` says what the operator can do to get an answer. */
export const unknown = (reason: Reason, toKnow?: string): Verdict =>
  toKnow === undefined
    ? { status: STATUS.unknown, reason }
    : { status: STATUS.unknown, reason, toKnow };
export const notApplicable = (found: string): Verdict => ({ status: STATUS.notApplicable, found });

/** A recommended check that fails is shown as a warning (design.md 5, Readiness). */
export const soften = ({ severity }: { readonly severity: Severity }, verdict: Verdict): Verdict =>
  verdict.status === STATUS.fail && severity === 'recommended'
    ? { ...verdict, status: STATUS.warn }
    : verdict;

export type Probes = Readonly<Record<string, AnyProbe>>;
type ValueOf<P> = P extends Probe<infer T> ? T : never;

/** Every needed answer; the engine has already turned a missing one into `unknown`. */
export type Facts<N extends Probes> = { readonly [K in keyof N]: ValueOf<N[K]> };
/** Those witnesses that answered: at least one when the check names any. */
export type WitnessFacts<W extends Probes> = { readonly [K in keyof W]?: ValueOf<W[K]> };

export type NodeContext = { readonly intent: Intent; readonly node: InventoryNode };

type CheckText = {
  /** `area/name`; a stable surface. */
  readonly id: string;
  /** The requirement as a short statement that is true when the check passes. */
  readonly title: string;
  /** Why Calico needs it: what goes wrong without it. */
  readonly why: string;
  /** The first one judges; the others are shown by `explain`. */
  readonly sources: readonly [Source, ...Source[]];
  readonly severity: Severity;
  /** False for what nobody may sign away. */
  readonly waivable: boolean;
  /** Null when the check applies; else why it does not, as `found`. */
  readonly skip?: (intent: Intent) => string | null;
  /** How it is judged for this intent, in one or two sentences: what passes, what warns, what fails. */
  readonly rule?: (intent: Intent) => string;
  /** Where the pages, today's documentation and the code disagree: what each says, and which one judges. */
  readonly disagreement?: string;
  /** The Calico features that do not work when it fails. */
  readonly breaks?: readonly string[];
  /** Intents that would pass on a node that fails here, in words such as `encapsulation: vxlan`. */
  readonly alternatives?: (intent: Intent) => readonly string[];
};

/** Judged for each node on its own. */
export type NodeCheck<N extends Probes = Probes, W extends Probes = Probes> = CheckText & {
  readonly scope: 'node';
  /** All of them must have an answer. */
  readonly needs: N;
  /** One of them suffices; the rest are handed over as far as they answered. */
  readonly witnesses?: W;
  /** Pure. */
  readonly judge: (facts: Facts<N> & WitnessFacts<W>, context: NodeContext) => Verdict;
  /** Pure; called only when the verdict is fail or warn. */
  readonly fixes?: (facts: Facts<N> & WitnessFacts<W>, context: NodeContext) => readonly Fix[];
  /** Pure; called only when the verdict is fail or warn: settings of Calico that mend what was found. */
  readonly settings?: (
    facts: Facts<N> & WitnessFacts<W>,
    context: NodeContext,
  ) => readonly CalicoSetting[];
  /** A node that does not pass, for `explain` to show the fixes by. Not needed where `fixes` answers to no facts at all. */
  readonly example?: Facts<N> & WitnessFacts<W>;
};

/** One node's share of a cluster check. */
// eslint-disable-next-line @typescript-eslint/no-generated-empty-object-type -- a check without witnesses has none
export type Share<N extends Probes, W extends Probes = Record<never, never>> = {
  readonly node: InventoryNode;
  readonly facts: Facts<N> & WitnessFacts<W>;
};

/** Judged once for the fleet. A pass becomes `unknown` when any node's share is missing: the engine sees to it. */
export type ClusterCheck<N extends Probes = Probes, W extends Probes = Probes> = CheckText & {
  readonly scope: 'cluster';
  readonly needs: N;
  /** As of a NodeCheck: a node's share is there when one of them answered. */
  readonly witnesses?: W;
  readonly judge: (shares: readonly Share<N, W>[], intent: Intent) => Verdict;
};

/** A check whose types of facts are erased: how the catalogue and the engine hold it. */
export type AnyNodeCheck = Omit<NodeCheck, 'judge' | 'fixes' | 'settings' | 'example'> & {
  readonly judge: (facts: never, context: NodeContext) => Verdict;
  readonly fixes?: (facts: never, context: NodeContext) => readonly Fix[];
  readonly settings?: (facts: never, context: NodeContext) => readonly CalicoSetting[];
  readonly example?: unknown;
};
export type AnyClusterCheck = Omit<ClusterCheck, 'judge'> & {
  readonly judge: (shares: never, intent: Intent) => Verdict;
};
export type AnyCheck = AnyNodeCheck | AnyClusterCheck;

export type Catalogue = { readonly version: string; readonly checks: readonly AnyCheck[] };

// eslint-disable-next-line @typescript-eslint/no-generated-empty-object-type -- a check without witnesses has none
export const defineCheck = <const N extends Probes, const W extends Probes = Record<never, never>>(
  check: Omit<NodeCheck<N, W>, 'scope'>,
): NodeCheck<N, W> => ({ ...check, scope: 'node' });

export const defineClusterCheck = <
  const N extends Probes,
  // eslint-disable-next-line @typescript-eslint/no-generated-empty-object-type -- a check without witnesses has none
  const W extends Probes = Record<never, never>,
>(
  check: Omit<ClusterCheck<N, W>, 'scope'>,
): ClusterCheck<N, W> => ({ ...check, scope: 'cluster' });
