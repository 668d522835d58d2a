import { defineClusterCheck } from '../../src/domain/check.js';
import { pathRule, portsRow, UNTESTED } from './path-text.js';

export const apiServer = defineClusterCheck({
  ...UNTESTED,
  id: 'paths/api-server',
  title: 'Every node reaches the API server',
  why: 'calico-node, Typha and the CNI plugin log in at the API server before they do anything else. With the Kubernetes datastore everything that Calico knows comes from there.',
  sources: portsRow('All nodes reach the hosts of kube-apiserver on TCP 443 or 6443.'),
  rule: ({ apiServer: address, apiServerPort }) =>
    pathRule(
      `Every node to ${address === '' ? `every control-plane node on TCP ${String(apiServerPort)}` : address}.`,
      false,
    ),
  disagreement:
    'The page (2024-10-29) names TCP 443 or 6443; the port that counts is the value of --secure-port of kube-apiserver, else the targetPort of the service kubernetes. apiServer and apiServerPort of the intent judge.',
  breaks: ['everything that asks the API server'],
});
