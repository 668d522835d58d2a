import { defineClusterCheck } from '../../src/domain/check.js';
import { pathRule, portsRow, UNTESTED } from './path-text.js';

export const etcd = defineClusterCheck({
  ...UNTESTED,
  id: 'paths/etcd',
  title: 'Every node reaches etcd',
  why: 'With etcd as its datastore every component of Calico talks to etcd itself; a node that cannot reach it learns of no pod, route or policy.',
  sources: portsRow('etcd hosts take TCP 2379 from all nodes; the port can vary.'),
  skip: ({ datastore }) =>
    datastore === 'etcd' ? null : 'this intent keeps its data in Kubernetes',
  rule: ({ etcdEndpoints }) =>
    pathRule(
      `Every node to ${etcdEndpoints.length === 0 ? 'every etcd node on TCP 2379' : etcdEndpoints.join(', ')}.`,
      false,
    ),
  breaks: ['everything that asks the datastore'],
  alternatives: () => ['datastore: kubernetes'],
});
