import { contains, parseCidr } from '../../src/domain/cidr.js';
import { usesIpip, usesVxlan, type Intent } from '../../src/domain/intent.js';
import type { Role } from '../../src/domain/inventory.js';
import type { FirewalldZone } from '../probes/support/firewalld-zones.js';

/** Traffic that must come in: a port such as `179/tcp`, or protocol 4. */
export type Need = { readonly what: string; readonly port: number; readonly protocol: string };

const need = (when: boolean, what: string, port: number, protocol: string): readonly Need[] =>
  when ? [{ what, port, protocol }] : [];

const etcdPorts = (intent: Intent): readonly number[] => {
  const ports = intent.etcdEndpoints.map((end) => Number(/:(\d{1,5})\/?$/.exec(end)?.[1] ?? 2379));
  return ports.length === 0 ? [2379] : [...new Set(ports)];
};

/** What this node must let in for this intent (facts: the ports table). Any node may be given a Typha. */
export function needsOf(intent: Intent, roles: readonly Role[]): readonly Need[] {
  const wireguard4 = intent.wireguard === 'ipv4' || intent.wireguard === 'both';
  const wireguard6 = intent.wireguard === 'ipv6' || intent.wireguard === 'both';
  const etcd = intent.datastore === 'etcd' && roles.includes('etcd');
  return [
    ...need(intent.bgp && intent.network === 'calico', 'BGP', 179, 'tcp'),
    ...need(usesIpip(intent), 'IP-in-IP', 4, 'ip'),
    ...need(usesVxlan(intent), 'VXLAN', intent.vxlanPort, 'udp'),
    ...need(intent.typha, 'Typha', intent.typhaPort, 'tcp'),
    ...need(wireguard4, 'WireGuard', 51820, 'udp'),
    ...need(wireguard6, 'WireGuard over IPv6', 51821, 'udp'),
    ...need(roles.includes('control-plane'), 'the API server', intent.apiServerPort, 'tcp'),
    ...etcdPorts(intent).flatMap((port) => need(etcd, 'etcd', port, 'tcp')),
  ];
}

export const inWords = ({ what, port, protocol }: Need): string =>
  protocol === 'ip' ? `${what} (protocol 4)` : `${what} (${String(port)}/${protocol})`;

// firewalld's own services; 94, which it calls ipip, is not what Calico sends.
const SERVICES: Readonly<Record<string, string>> = {
  bgp: '179/tcp',
  wireguard: '51820/udp',
  'kube-apiserver': '6443/tcp',
  'etcd-client': '2379/tcp',
};
const PROTOCOL_4: readonly string[] = ['4', 'ipencap', 'ipv4'];

function covers(entry: string, { port, protocol }: Need): boolean {
  const [, first = '', last = first, kind] =
    /^(\d{1,5})(?:-(\d{1,5}))?\/([a-z]{1,8})$/.exec(entry) ?? [];
  return kind === protocol && Number(first) <= port && port <= Number(last);
}

const denies = (zone: FirewalldZone): boolean =>
  zone.richRules.some((rule) => /\b(?:reject|drop)\b/.test(rule));

/** Whether a zone lets this in for everybody. Rich rules that allow are not counted, one that denies spoils the zone. */
export function admits(zone: FirewalldZone, wanted: Need): boolean {
  if (denies(zone)) return false;
  if (zone.target === 'ACCEPT') return true;
  if (wanted.protocol === 'ip') return zone.protocols.some((name) => PROTOCOL_4.includes(name));
  const ports = [...zone.ports, ...zone.services.map((name) => SERVICES[name] ?? '')];
  return ports.some((entry) => covers(entry, wanted));
}

/** Whether traffic from pods is forwarded: their block is a source of a zone that accepts everything. */
export const forwardsPods = (zones: readonly FirewalldZone[], podCidr: string): boolean => {
  const pods = parseCidr(podCidr);
  return zones.some(
    (zone) =>
      zone.target === 'ACCEPT' &&
      !denies(zone) &&
      zone.sources.some((source) => {
        const block = parseCidr(source);
        return block !== null && pods !== null && contains(block, pods);
      }),
  );
};
