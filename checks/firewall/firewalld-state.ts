import type { FirewalldRules } from '../probes/firewall-cmd-list-all.js';
import type { FirewalldZone } from '../probes/support/firewalld-zones.js';
import type { UnitState, UnitStates } from '../probes/support/systemctl.js';

export type FirewalldFacts = {
  readonly units?: UnitStates;
  readonly status?: UnitState;
  readonly state?: { readonly running: boolean };
  readonly rules?: FirewalldRules;
};

// Bridges of containers and guests on this node: no other node comes in there, and libvirt's zone rejects by design.
const isLocalBridge = (name: string): boolean => /^(?:docker|virbr|lxcbr|lxdbr|br-)/.test(name);

/** Zones that a packet of another node can arrive in: those in use, and the default for every other interface. */
export const entryZones = (
  zones: readonly FirewalldZone[],
  fallback: string,
): readonly FirewalldZone[] =>
  zones.filter(
    ({ name, interfaces, sources }) =>
      name === fallback || sources.length > 0 || interfaces.some((one) => !isLocalBridge(one)),
  );

export const unitOf = ({ units }: FirewalldFacts): UnitState | undefined =>
  units?.get('firewalld.service');

/** Null when no witness tells. */
export const runningOf = (facts: FirewalldFacts): boolean | null => {
  const { status, state, rules } = facts;
  const said = [unitOf(facts), status, state, rules].map((witness) => witness?.running);
  if (said.includes(true)) return true;
  return said.includes(false) ? false : null;
};
