import type { Source } from '../../src/domain/check.js';
import { pageB } from '../requirements/sources.js';

/** Row B6, which judges all firewalls of this folder. */
export const MANAGERS_OFF: Source = pageB(
  'B6',
  'node-requirements',
  'firewalld and any other manager of iptables should be disabled, because they interfere with the rules that Calico adds.',
);

/** Row B7: what the page offers in their place. */
export const HOST_POLICY: Source = {
  page: 'B7',
  url: 'https://docs.tigera.io/calico/latest/network-policy/hosts/',
  date: '2026-08-21',
  says: 'A firewall that is needed can be made of HostEndpoint and GlobalNetworkPolicy (Protect hosts).',
};

/** Row B9: the ports that must be open. */
export const portsTable = (says: string): Source => pageB('B9', 'network-requirements', says);

export const FIREWALL_BREAKS: readonly string[] = [
  'BGP, tunnels and Typha between nodes',
  'traffic of pods that this node forwards',
];
