import { defineCheck, fail, pass, unknown, type Verdict } from '../../src/domain/check.js';
import type { Fix } from '../../src/domain/fix.js';
import { reason } from '../../src/domain/reason.js';
import { mountAt, mounts, type Mounts } from '../probes/mounts.js';
import { CGROUP_V2_KUBERNETES, compareKubernetes } from '../requirements/kubernetes-versions.js';

const POINT = '/sys/fs/cgroup';

function judge(list: Mounts, kubernetes: string): Verdict {
  const type = mountAt(list, POINT)?.type;
  if (type === undefined) {
    return unknown(reason('not-run', `the list of mounts has none on ${POINT}`));
  }
  if (type === 'cgroup2') return pass('cgroup v2');
  const found =
    mountAt(list, `${POINT}/unified`)?.type === 'cgroup2' ? 'cgroup v1 (hybrid)' : 'cgroup v1';
  const isRefused = (compareKubernetes(kubernetes, CGROUP_V2_KUBERNETES) ?? -1) >= 0;
  return isRefused
    ? fail(found, `cgroup v2: the kubelet of Kubernetes ${kubernetes} refuses cgroup v1`)
    : pass(`${found}; from Kubernetes ${CGROUP_V2_KUBERNETES} on the kubelet refuses it`);
}

const fix: Fix = {
  way: 'unified',
  summary: 'Start the node with cgroup v2.',
  kind: 'disruptive',
  consentWord: 'reboot',
  loses: ['The node restarts, and software that only knows cgroup v1 stops working.'],
  files: [],
  units: [],
  commands: [],
  undoCommands: [],
  disturbsNetwork: true,
  needsReboot: true,
  byHandOnly: true,
  byHand:
    'Add systemd.unified_cgroup_hierarchy=1 to the kernel command line (GRUB_CMDLINE_LINUX in /etc/default/grub and update-grub, or grubby --update-kernel=ALL --args=…) and restart. To undo, take it away again. Or let the kubelet go on with failCgroupV1: false.',
};

/** Calico works with both; the kubelet does not from 1.35 on. */
export const cgroupVersion = defineCheck({
  id: 'kernel/cgroup-version',
  title: 'The kubelet accepts the version of cgroups',
  why: `From Kubernetes ${CGROUP_V2_KUBERNETES} on the kubelet does not start on cgroup v1 unless failCgroupV1 is false, so that no pod of Calico starts either.`,
  sources: [
    {
      page: 'Kubernetes, system validators',
      url: 'https://github.com/kubernetes/system-validators/blob/master/validators/cgroup_validator_linux.go',
      date: '2025-10-23',
      says: 'cgroup v1 is an error from 1.35 on, unless the kubelet is told failCgroupV1=false.',
    },
  ],
  severity: 'recommended',
  waivable: true,
  rule: ({ kubernetes }) =>
    `cgroup2 on ${POINT} passes; cgroup v1 passes below Kubernetes ${CGROUP_V2_KUBERNETES} and is a warning from there on (the intent says ${kubernetes}).`,
  breaks: ['the kubelet, and with it everything'],
  needs: { mounts },
  judge: (facts, { intent }) => judge(facts.mounts, intent.kubernetes),
  fixes: () => [fix],
  example: {
    mounts: [{ point: POINT, type: 'tmpfs', root: '/', options: new Set(['rw']), shared: true }],
  },
});
