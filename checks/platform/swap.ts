import { defineCheck, fail, pass, unknown, type Verdict } from '../../src/domain/check.js';
import type { Fix } from '../../src/domain/fix.js';
import { reason } from '../../src/domain/reason.js';
import { kernelState, type KernelState } from '../probes/kernel-state.js';

function judge({ swaps }: KernelState): Verdict {
  if (swaps === null) return unknown(reason('denied', '/proc/swaps could not be read'));
  if (swaps.length === 0) return pass('no swap is in use');
  const sizes = swaps.map(
    ({ type, kibibytes }) => `${type} of ${String(Math.round(kibibytes / 1024))} MiB`,
  );
  return fail(
    `swap: ${sizes.slice(0, 5).join(', ')}`,
    'no swap, or a kubelet with failSwapOn: false',
  );
}

const fix: Fix = {
  way: 'swapoff',
  summary: 'Stop using swap.',
  kind: 'disruptive',
  consentWord: 'swapoff',
  loses: ['What is in swap must fit into memory; where it does not, processes are killed.'],
  files: [],
  units: [],
  commands: ['/sbin/swapoff -a'],
  undoCommands: ['/sbin/swapon -a'],
  disturbsNetwork: false,
  needsReboot: false,
  byHandOnly: true,
  byHand:
    'Run swapoff -a, and for the next boot take the swap lines out of /etc/fstab or mask the .swap units of systemd (systemctl list-units --type swap). zram swap is made by zram-generator or zram-swap.',
};

/** The kubelet's own rule; Calico does not care. */
export const swap = defineCheck({
  id: 'platform/swap',
  title: 'No swap is in use',
  why: 'Unless it is told otherwise, the kubelet does not start on a node with swap, so that no pod of Calico starts either.',
  sources: [
    {
      page: 'Kubernetes, system validators and kubeadm',
      url: 'https://kubernetes.io/docs/setup/production-environment/tools/kubeadm/install-kubeadm/',
      date: '2026-08-21',
      says: 'The default of the kubelet is to fail to start where swap is found; failSwapOn: false tolerates it.',
    },
  ],
  severity: 'recommended',
  waivable: true,
  rule: () =>
    'An empty /proc/swaps passes. Any swap is a warning, because a kubelet can be told to tolerate it.',
  breaks: ['a kubelet with its default settings'],
  needs: { kernelState },
  judge: (facts) => judge(facts.kernelState),
  fixes: () => [fix],
  example: {
    kernelState: {
      places: new Map(),
      fileSystems: new Set<string>(),
      lockdown: null,
      secureBoot: null,
      swaps: [{ type: 'partition', kibibytes: 4_194_304 }],
    },
  },
});
