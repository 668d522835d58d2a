import { defineCheck, fail, notApplicable, pass, warn } from '../../src/domain/check.js';
import { timeSync } from '../probes/time-sync.js';

export const synchronised = defineCheck({
  id: 'time/synchronised',
  title: 'The clock of the node is kept right',
  why: 'A clock that nobody corrects drifts until certificates and leases are refused, and its jump back then does the same.',
  sources: [
    {
      page: 'Clock skew in the field: kubespray issue 8830, calico issue 6550',
      url: 'https://github.com/kubernetes-sigs/kubespray/issues/8830',
      date: '2026-08-23',
      says: 'Nodes whose clock was far off did not join; timedatectl and chronyc tell whether the clock is synchronised.',
    },
  ],
  severity: 'recommended',
  waivable: true,
  rule: () =>
    'Passes when chrony, or else the kernel as timedatectl or BusyBox tells it, says that the clock is synchronised; a container has the clock of its host and is not judged when it is not.',
  needs: { sync: timeSync },
  breaks: ['certificates, leases and log-ins, once the clock has drifted'],
  judge: ({ sync }) => {
    const { synchronised: isRight, by, container } = sync;
    if (isRight === true) return pass(`the clock is synchronised, says ${by}`);
    if (container) return notApplicable('a container has the clock of its host');
    const expected = 'chrony or systemd-timesyncd running, with a server that it reaches';
    return isRight === null
      ? warn('nothing says that the clock is synchronised', expected)
      : fail(`the clock is not synchronised, says ${by}`, expected);
  },
});
