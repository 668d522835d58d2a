import { defineCheck, unknown } from '../../src/domain/check.js';
import { reason } from '../../src/domain/reason.js';
import { BY_HAND } from '../paths/path-text.js';
import { inWords, needsOf } from './needs.js';
import { portsTable } from './texts.js';

export const admitsCalico = defineCheck({
  id: 'firewall/admits-calico',
  title: 'Whatever filters on or before the node admits what Calico needs',
  why: 'Rules of unknown origin, on the node or on the way to it, can keep out BGP, tunnels or Typha. Only traffic that arrives shows that they do not.',
  sources: [
    portsTable(
      'TCP 179 for BGP, protocol 4 for IP-in-IP, UDP 4789 for VXLAN, TCP 5473 for Typha, UDP 51820 and 51821 for WireGuard, TCP 443 or 6443 of the API server, TCP 2379 of etcd.',
    ),
  ],
  severity: 'recommended',
  waivable: true,
  rule: (intent) =>
    `Answered by the tests of the paths between nodes: ${needsOf(intent, []).map(inWords).join(', ')}. Until they have run it is unknown. Firewalls that are known by name are judged by checks of their own.`,
  needs: {},
  breaks: ['whatever uses the port that is kept out'],
  judge: () => unknown(reason('not-run', 'the paths between nodes were not tested'), BY_HAND),
});
