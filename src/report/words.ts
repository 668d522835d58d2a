import type { Finding, Report } from '../domain/report.js';
import { READINESS, STATUS, type Readiness, type Status } from '../domain/status.js';

export const READINESS_WORD: Readonly<Record<Readiness, string>> = {
  [READINESS.ready]: 'READY',
  [READINESS.notReady]: 'NOT READY',
  [READINESS.unknown]: 'CANNOT TELL',
};

export const plural = (count: number, noun: string): string =>
  `${String(count)} ${noun}${count === 1 ? '' : 's'}`;

/** `Calico 3.32, iptables, vxlan, BGP off` */
export function intentLine({ intent }: Report): string {
  return [
    `Calico ${intent.calico}`,
    `${intent.dataplane} data plane`,
    intent.network === 'calico'
      ? `encapsulation ${intent.encapsulation}`
      : `network ${intent.network}`,
    `BGP ${intent.bgp ? 'on' : 'off'}`,
    `pods ${intent.podCIDRs.join(', ')}`,
    `Kubernetes ${intent.kubernetes}`,
  ].join(', ');
}

/** One finding and the nodes that share it word for word. */
export type FoldedFinding = { readonly finding: Finding; readonly nodes: readonly string[] };

/** Findings that agree in everything a reader sees, folded over nodes, in catalogue order; the fleet's own come first. */
export function foldFindings(report: Report): readonly FoldedFinding[] {
  const folded = new Map<string, { finding: Finding; nodes: string[] }>();
  const add = (finding: Finding, node: string): void => {
    const key = [
      finding.check,
      finding.status,
      finding.found,
      finding.expected,
      finding.reason,
      ...finding.alternatives,
    ].join('\u0000');
    const seen = folded.get(key);
    if (seen === undefined) folded.set(key, { finding, nodes: [node] });
    else seen.nodes.push(node);
  };
  for (const finding of report.cluster.findings) add(finding, 'the fleet');
  for (const node of report.nodes) for (const finding of node.findings) add(finding, node.name);
  return [...folded.values()];
}

/** `n1, n2, n3 and 37 more` */
export function someOf(names: readonly string[], most = 6): string {
  const shown = names.slice(0, most).join(', ');
  return names.length > most ? `${shown} and ${String(names.length - most)} more` : shown;
}

/** The statuses that need somebody's attention. */
export const needsAttention = (status: Status): boolean =>
  status === STATUS.fail ||
  status === STATUS.unknown ||
  status === STATUS.warn ||
  status === STATUS.waived;
