import { catalogue as builtIn } from '../../../checks/index.js';
import type { Catalogue } from '../../domain/check.js';
import type { Evidence, NodeEvidence } from '../../domain/evidence.js';
import type { Report } from '../../domain/report.js';
import { allProbes } from '../../engine/plan.js';
import { note } from '../io.js';

/** What the ids of own rules begin with. */
const OWN_PREFIX = 'own/';

// One process runs one command: what its --rules add holds for all of it, and is set before anything is asked.
const active = { catalogue: builtIn };

/** The checks of this version, and behind them the operator's own rules when `--rules` named any. */
export const currentCatalogue = (): Catalogue => active.catalogue;

/** Adds the rules of a file; without a file the catalogue is this version's alone. Rejects with InputError. */
export async function addRules(path: string | undefined): Promise<void> {
  if (path === undefined) {
    active.catalogue = builtIn;
    return;
  }
  // Loaded only here: a start without rules does not pay for it.
  const [{ readRules }, { checkOfRule }] = await Promise.all([
    import('../files/rules-file.js'),
    import('../rules/own-rule.js'),
  ]);
  const checks = (await readRules(path)).map(checkOfRule);
  active.catalogue = { ...builtIn, checks: [...builtIn.checks, ...checks] };
}

/** Says which own rules of an old report are not judged again, because `--rules` does not bring them. */
export function noteMissingRules(report: Report): void {
  const known = new Set(active.catalogue.checks.map(({ id }) => id));
  const findings = report.nodes.flatMap((node) => node.findings);
  const missing = new Set(
    findings.map(({ check }) => check).filter((id) => id.startsWith(OWN_PREFIX) && !known.has(id)),
  );
  if (missing.size > 0)
    note(
      `note: own rules of this bundle are not judged again: ${[...missing].join(', ')}. Give them with --rules FILE.`,
    );
}

/** Without the answers to an own rule of the same name that asked something else. */
export function ofSameRules(node: NodeEvidence): NodeEvidence {
  const commands = new Map(allProbes(active.catalogue).map(({ id, command }) => [id, command]));
  const holds = ({ probe, command }: Evidence): boolean =>
    !probe.startsWith(OWN_PREFIX.replace('/', '-')) || commands.get(probe) === command;
  return { ...node, evidence: node.evidence.filter(holds) };
}
