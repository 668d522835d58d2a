import type { Catalogue } from '../../domain/check.js';
import { usesIpip, usesVxlan, type Intent } from '../../domain/intent.js';

export type Implied = {
  /** Ids of the checks that apply, in catalogue order. */
  readonly checks: readonly string[];
  /** Checks that do not apply, and why. */
  readonly skipped: readonly { readonly check: string; readonly why: string }[];
  /** What must pass between the nodes: `tcp/179 BGP`. */
  readonly ports: readonly string[];
  /** Kernel modules that the intent itself asks for, beside those every node needs. */
  readonly modules: readonly string[];
};

const port = (used: boolean, text: string): readonly string[] => (used ? [text] : []);
const wireguard = (intent: Intent, family: 'ipv4' | 'ipv6'): boolean =>
  intent.wireguard === family || intent.wireguard === 'both';

/** The ports table of the requirements page, for this intent (requirements B9). */
function portsOf(intent: Intent): readonly string[] {
  const calico = intent.network === 'calico';
  return [
    ...port(calico && intent.bgp, 'tcp/179 BGP'),
    ...port(usesIpip(intent), 'ip/4 IP-in-IP'),
    ...port(usesVxlan(intent), `udp/${String(intent.vxlanPort)} VXLAN`),
    ...port(intent.typha, `tcp/${String(intent.typhaPort)} Typha`),
    ...port(wireguard(intent, 'ipv4'), 'udp/51820 WireGuard IPv4'),
    ...port(wireguard(intent, 'ipv6'), 'udp/51821 WireGuard IPv6'),
    `tcp/${String(intent.apiServerPort)} Kubernetes API`,
    ...port(intent.datastore === 'etcd', 'tcp/2379 etcd'),
  ];
}

function modulesOf(intent: Intent): readonly string[] {
  return [
    ...port(usesIpip(intent), 'ipip'),
    ...port(usesVxlan(intent), 'vxlan'),
    ...port(intent.wireguard !== 'none', 'wireguard'),
    ...port(intent.kubeProxy === 'ipvs', 'ip_vs'),
    ...port(intent.sctp, 'nf_conntrack with SCTP'),
  ];
}

/** The live panel of the Intent step: what this intent asks of the nodes. Keep it with `useMemo` on the intent. */
export function impliedBy(intent: Intent, catalogue: Catalogue): Implied {
  const judged = catalogue.checks.map((check) => ({
    check: check.id,
    why: check.skip?.(intent) ?? null,
  }));
  return {
    checks: judged.filter(({ why }) => why === null).map(({ check }) => check),
    skipped: judged.flatMap(({ check, why }) => (why === null ? [] : [{ check, why }])),
    ports: portsOf(intent),
    modules: modulesOf(intent),
  };
}
