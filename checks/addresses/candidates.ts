import { blockOf, contains, formatCidr, parseAddress, parseCidr } from '../../src/domain/cidr.js';
import type { InventoryNode } from '../../src/domain/inventory.js';
import type { IpAddr } from '../probes/ip-addr.js';
import type { Route } from '../probes/ip-route.js';

/** An address that calico-node's first-found would look at. */
export type Candidate = {
  readonly device: string;
  /** Without its prefix length. */
  readonly address: string;
  /** The network it is in, such as `10.0.0.0/24`. */
  readonly network: string;
};

// The names that calico-node leaves out (node/pkg/lifecycle/startup/autodetection, DEFAULT_INTERFACES_TO_EXCLUDE).
const EXCLUDED =
  /^(?:docker|cbr|dummy|podman|virbr|lxcbr|veth|lo|br-|cali|tunl|flannel|kube-ipvs|cni|vxlan\.calico|vxlan-v6\.calico|wireguard\.cali|wg-v6\.cali|nodelocaldns)/;

// Go's IP.IsGlobalUnicast: all but these; private ranges count.
const NOT_UNICAST = [
  '0.0.0.0/32',
  '255.255.255.255/32',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '224.0.0.0/4',
  '::/128',
  '::1/128',
  'fe80::/10',
  'ff00::/8',
].flatMap((text) => parseCidr(text) ?? []);

// Several checks ask this of the same answer, under several intents.
const read = {
  4: new WeakMap<IpAddr, readonly Candidate[]>(),
  6: new WeakMap<IpAddr, readonly Candidate[]>(),
};

/** Every global unicast address of the node, those of the last interface first, and in the order of each interface. */
export function unicastAddresses(addresses: IpAddr, family: 4 | 6): readonly Candidate[] {
  const found = read[family].get(addresses) ?? readAddresses(addresses, family);
  read[family].set(addresses, found);
  return found;
}

function readAddresses(addresses: IpAddr, family: 4 | 6): readonly Candidate[] {
  return addresses.links
    .toSorted((a, b) => b.index - a.index)
    .flatMap(({ name }) =>
      addresses.addresses
        .filter(({ device }) => device === name)
        .flatMap(({ address }) => candidateOf(name, address, family)),
    );
}

/**
 * What first-found would look at, the address it would take first. It walks the interfaces from the last to the first, up
 * or down, and takes the first global unicast address (autodetection/interfaces.go and filtered.go, read 2026-11).
 */
export const candidates = (addresses: IpAddr, family: 4 | 6): readonly Candidate[] =>
  unicastAddresses(addresses, family).filter(({ device }) => !EXCLUDED.test(device));

function candidateOf(device: string, text: string, family: 4 | 6): readonly Candidate[] {
  const [address = '', length] = text.split('/');
  const parsed = parseAddress(address);
  if (parsed?.family !== family) return [];
  const block = blockOf(parsed, family === 4 ? 32 : 128);
  if (NOT_UNICAST.some((range) => contains(range, block))) return [];
  const network = blockOf(parsed, length === undefined ? block.prefix : Number(length));
  return [{ device, address, network: formatCidr(network) }];
}

/** The devices that the default route leaves by, the preferred one first. */
export function defaultDevices(routes: readonly Route[], family: 4 | 6): readonly string[] {
  // `default` is said of both families; a gateway or a source tells which, and a device of both is the same.
  const isOther = ({ gateway, source }: Route): boolean =>
    [gateway, source].some((text) => text !== '' && parseAddress(text)?.family !== family);
  const [best] = routes
    .filter(({ destination, type }) => destination === 'default' && type === 'unicast')
    .filter((route) => !isOther(route))
    .toSorted((a, b) => a.metric - b.metric);
  if (best === undefined) return [];
  return best.device === '' ? best.hops : [best.device];
}

export type Expected = { readonly candidate: Candidate; readonly because: string };

/** The address by which the other nodes know this one, as far as the inventory or the default route tell. */
export function expectedOf(
  found: readonly Candidate[],
  routes: readonly Route[],
  node: InventoryNode,
  family: 4 | 6,
): Expected | null {
  const host = parseAddress(node.host);
  if (host?.family === family) {
    const same = found.find(({ address }) => parseAddress(address)?.value === host.value);
    if (same !== undefined) return { candidate: same, because: 'the inventory' };
  }
  const devices = defaultDevices(routes, family);
  const routed = found.find(({ device }) => devices.includes(device));
  return routed === undefined ? null : { candidate: routed, because: 'the default route' };
}

/**
 * Whether the node has no address at all of a family. Where IPv6 is on, the loopback has ::1; IPv4 cannot be switched off,
 * so a list without any of it was asked for IPv6 alone.
 */
export const lacksFamily = ({ addresses }: IpAddr, family: 4 | 6): boolean =>
  !addresses.some(({ address }) => address.includes(':') === (family === 6));

/** Whether a list without IPv6 may have been asked for IPv4 alone: `ip -4 addr` leaves out the lines `link/…`. */
export const mayHideIpv6 = ({ links }: IpAddr): boolean =>
  links.every(({ linkType }) => linkType === '');
