import { defineCheck, fail, notApplicable, pass, unknown } from '../../src/domain/check.js';
import { reason } from '../../src/domain/reason.js';
import { etcdVersion } from '../probes/etcd-version.js';
import { processes, running } from '../probes/processes.js';
import { pageB } from '../requirements/sources.js';

const MAJOR = 3;

export const etcdVersionCheck = defineCheck({
  id: 'datastore/etcd-version',
  title: 'etcd speaks version 3 of its interface',
  why: "Calico stores its data with version 3 of etcd's interface alone since Calico 3.0; an etcd 2 knows nothing of it.",
  sources: [
    pageB('B8', 'key-value-store', 'The etcd datastore is etcd v3.'),
    {
      page: "Calico's own tests",
      url: 'https://github.com/projectcalico/calico/blob/master/metadata.mk',
      date: '2026-08-22',
      says: 'Tested with etcd 3.5.1 (Calico 3.25 to 3.27), 3.5.6 (3.28 to 3.31) and 3.5.24 (3.32); no oldest version is documented.',
    },
  ],
  severity: 'required',
  waivable: true,
  needs: { etcd: etcdVersion, processes },
  skip: ({ datastore }) => (datastore === 'etcd' ? null : 'the datastore is the Kubernetes API'),
  rule: () =>
    'On a node that runs etcd, version 3 or later passes and an older one fails. A node without etcd is not concerned.',
  breaks: ['every component of Calico'],
  judge: ({ etcd, processes: all }, { node }) => {
    const version = etcd.running ?? etcd.program;
    const runs = etcd.running !== null || running(all, 'etcd').length > 0;
    if (version === null)
      return runs || node.roles.includes('etcd')
        ? unknown(
            reason('not-run', "the version of this node's etcd could not be asked"),
            'Run etcd --version where it runs, or etcdctl endpoint status.',
          )
        : notApplicable('no etcd on this node');
    const how = etcd.running === null ? 'installed' : 'running';
    return Number.parseInt(version, 10) >= MAJOR
      ? pass(`etcd ${version}, ${how}`)
      : fail(`etcd ${version}, ${how}`, 'etcd 3 or later');
  },
});
