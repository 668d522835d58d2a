import { defineClusterCheck, fail, pass, warn } from '../../src/domain/check.js';
import { clock } from '../probes/clock.js';

const WARN_SECONDS = 5;
const FAIL_SECONDS = 30;

const seconds = (value: number): string => `${value.toFixed(1)} s`;

export const skew = defineClusterCheck({
  id: 'time/skew',
  title: 'The clocks of the nodes agree',
  why: 'Certificates are not yet or no longer valid on a node whose clock is off, leases of the API server and of etcd run out, and Typha, Felix and kubelet cannot log in.',
  sources: [
    {
      page: 'Clock skew in the field: calico issue 6550, kubespray issue 8830',
      url: 'https://github.com/projectcalico/calico/issues/6550',
      date: '2026-08-23',
      says: 'Nodes with a wrong clock fail to authenticate. The limits are ours: more than 5 s is a warning, more than 30 s a failure.',
    },
  ],
  severity: 'required',
  waivable: true,
  disagreement:
    'No page of Calico or Kubernetes that was read names a limit, and Felix does not look at the clock (read 2026-08-22). The limits of this check judge.',
  rule: () =>
    `Compares the clocks of all nodes: warns above ${String(WARN_SECONDS)} s between the slowest and the fastest, fails above ${String(FAIL_SECONDS)} s.`,
  needs: { clock },
  breaks: ['certificates, leases and log-ins of every component'],
  judge: (shares) => {
    const clocks = shares
      .map(({ node, facts }) => ({ name: node.name, offset: facts.clock.offsetSeconds }))
      .toSorted((a, b) => a.offset - b.offset);
    const [slow, fast] = [clocks[0], clocks.at(-1)];
    const apart = (fast?.offset ?? 0) - (slow?.offset ?? 0);
    if (shares.length < 2) return pass('one node has nobody to differ from');
    const found = `${fast?.name ?? ''} is ${seconds(apart)} ahead of ${slow?.name ?? ''}`;
    const expected = `at most ${String(WARN_SECONDS)} s between any two nodes, kept by chrony or systemd-timesyncd`;
    if (apart > FAIL_SECONDS) return fail(found, expected);
    return apart > WARN_SECONDS
      ? warn(found, expected)
      : pass(`all clocks within ${seconds(apart)}`);
  },
});
