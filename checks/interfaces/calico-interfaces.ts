import type { Device } from './networkmanager-spec.js';

/** One of the documented patterns, with devices that stand for all that it names. */
export type CalicoName = { readonly pattern: string; readonly devices: readonly Device[] };

const veth = (name: string): Device => ({ name, type: 'veth', driver: 'veth' });
const vxlan = (name: string): Device => ({ name, type: 'vxlan', driver: 'vxlan' });
const wireguard = (name: string): Device => ({ name, type: 'wireguard', driver: 'wireguard' });

// A workload's interface is `cali` and eleven hexadecimal digits: one for each first digit, and the last digits vary too.
const workloads = Array.from({ length: 16 }, (_, index) => {
  const digit = index.toString(16);
  return veth(`cali${digit}3f07a5d1e${digit}${(15 - index).toString(16)}`);
});

/**
 * The six names of Calico's documentation for NetworkManager, in its order. tunl0 is the only tunl device that Calico
 * makes. bpfin.cali and bpfout.cali are not among the six: they are written by the fix and never judged.
 */
export const CALICO_NAMES: readonly CalicoName[] = [
  { pattern: 'cali*', devices: workloads },
  { pattern: 'tunl*', devices: [{ name: 'tunl0', type: 'iptunnel', driver: 'ipip' }] },
  { pattern: 'vxlan.calico', devices: [vxlan('vxlan.calico')] },
  { pattern: 'vxlan-v6.calico', devices: [vxlan('vxlan-v6.calico')] },
  { pattern: 'wireguard.cali', devices: [wireguard('wireguard.cali')] },
  { pattern: 'wg-v6.cali', devices: [wireguard('wg-v6.cali')] },
];

/** Whether an interface of a node is one of the six names. */
export const isCalicoName = (name: string): boolean =>
  /^(?:cali.*|tunl.*|vxlan\.calico|vxlan-v6\.calico|wireguard\.cali|wg-v6\.cali)$/.test(name);
