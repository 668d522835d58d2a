import type { Evidence } from '../domain/evidence.js';
import type { EvidencePointer } from '../domain/report.js';
import type { PlannedCheck } from './shared-judgement.js';

/** For each check, where in a survey its evidence stands. */
type Layout = readonly (readonly number[])[];

/** A pointer to each piece of a node's evidence. */
export type Pointed = { readonly layout: Layout; readonly all: readonly EvidencePointer[] };

/** Those of one check, in the order of the survey. */
export const pointersOf = ({ layout, all }: Pointed, check: number): readonly EvidencePointer[] =>
  (layout[check] ?? []).flatMap((place) => all[place] ?? []);

/** Points at the evidence of a node. A pointer that says the same as that of the node before is the same object. */
export type Pointing = (evidence: readonly Evidence[], before: Pointed | null) => Pointed;

export function pointing(
  checks: readonly PlannedCheck[],
  sha256: (bytes: Uint8Array) => string,
): Pointing {
  const layoutOf = layouts(checks);
  return (evidence, before) => {
    const layout = layoutOf(evidence);
    const known = before?.layout === layout ? before.all : [];
    const all = evidence.map(({ probe, command, exit, stdout }, place) => {
      const digest = sha256(stdout);
      const same = known[place];
      return same?.sha256 === digest && same.exit === exit && same.command === command
        ? same
        : { probe, command, exit, sha256: digest };
    });
    return { layout, all };
  };
}

/** Nodes are asked the same things in the same order, so most have the layout of the node before them. */
function layouts(checks: readonly PlannedCheck[]): (evidence: readonly Evidence[]) => Layout {
  const made = new Map<string, Layout>();
  return (evidence) => {
    const order = evidence.map(({ probe }) => probe);
    const key = JSON.stringify(order);
    const known = made.get(key);
    if (known !== undefined) return known;
    const layout = layoutOf(checks, order);
    made.set(key, layout);
    return layout;
  };
}

function layoutOf(checks: readonly PlannedCheck[], order: readonly string[]): Layout {
  const places = new Map<string, number[]>();
  for (const [place, probe] of order.entries()) {
    const others = places.get(probe);
    if (others === undefined) places.set(probe, [place]);
    else others.push(place);
  }
  return checks.map(({ probes }) =>
    [...probes].flatMap((probe) => places.get(probe) ?? []).sort((a, b) => a - b),
  );
}
