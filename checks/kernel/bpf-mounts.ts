import { defineCheck, fail, pass, warn, type Verdict } from '../../src/domain/check.js';
import type { Intent } from '../../src/domain/intent.js';
import { kernelState, type KernelState } from '../probes/kernel-state.js';
import { mountAt, mounts, type Mounts } from '../probes/mounts.js';
import { BPF_REQUIRED } from '../requirements/bpf-features.js';
import { judgeFeature, unheard, wordsOf } from './feature.js';
import { kernelWitnesses, type KernelFacts } from './witnesses.js';

const PATH = '/sys/fs/bpf';
type Facts = KernelFacts & { readonly kernelState?: KernelState; readonly mounts?: Mounts };

/** The directory is there exactly when the kernel has the bpf system call. */
function isThere(facts: Facts): { readonly is: boolean | null; readonly how: string } {
  const seen = facts.kernelState?.places.get(PATH);
  if (seen !== undefined) return { is: seen, how: `${PATH} is ${seen ? '' : 'not '}there` };
  const [syscall] = BPF_REQUIRED;
  if (syscall === undefined) return { is: null, how: '' };
  const state = judgeFeature(syscall, facts);
  const is = state.state === 'usable' ? true : state.state === 'missing' ? false : null;
  return { is, how: wordsOf(state) };
}

const isHard = ({ install, dataplane }: Intent): boolean =>
  install === 'manifest' || dataplane === 'ebpf';

function judgeEbpf({ kernelState: state, mounts: list }: Facts, how: string): Verdict {
  if (state !== undefined && !state.fileSystems.has('cgroup2')) {
    return fail('the kernel knows no file system cgroup2', 'cgroup2, which Calico mounts itself');
  }
  const type = list === undefined ? undefined : mountAt(list, PATH)?.type;
  if (type !== undefined && type !== 'bpf') {
    return warn(`${type} is mounted on ${PATH}`, `bpffs on ${PATH}, or nothing`);
  }
  return pass(
    type === 'bpf'
      ? `bpffs is mounted on ${PATH}`
      : `${how}; where bpffs is not mounted on it, calico-node does that itself`,
  );
}

function judge(facts: Facts, intent: Intent): Verdict {
  const { is, how } = isThere(facts);
  if (is === null) return unheard(`the directory ${PATH}`);
  if (!is) {
    const expected = `the directory ${PATH}, which a kernel with CONFIG_BPF_SYSCALL shows`;
    return isHard(intent)
      ? fail(how, expected)
      : warn(`${how}; whether the operator mounts it without eBPF is not verified`, expected);
  }
  return intent.dataplane === 'ebpf' ? judgeEbpf(facts, how) : pass(how);
}

/** A hostPath of type Directory must exist, whatever the data plane. */
export const bpfMounts = defineCheck({
  id: 'kernel/bpf-mounts',
  title: 'The directories that calico-node mounts for eBPF are there',
  why: `The manifest mounts ${PATH} with the type Directory in every data plane: where it is missing the pod of calico-node stays in ContainerCreating. Under eBPF calico-node mounts bpffs on it and a cgroup2 of its own.`,
  sources: [
    {
      page: 'Manifest calico.yaml',
      url: 'https://github.com/projectcalico/calico/blob/v3.32.1/manifests/calico.yaml',
      date: '2026-06-24',
      says: 'hostPath /sys/fs/bpf of type Directory, from 3.25 on; an init container mounts bpffs where it is not mounted.',
    },
    {
      page: 'calico#2546',
      url: 'https://github.com/projectcalico/calico/pull/2546',
      date: '2026-08-22',
      says: 'A kernel without the bpf system call has no /sys/fs/bpf, and the volume cannot be mounted.',
    },
  ],
  severity: 'required',
  waivable: true,
  skip: ({ calico }) => (calico === '3.0' ? 'Calico 3.0 mounts no directory for eBPF' : null),
  rule: (intent) =>
    `${PATH} must be there: its absence ${isHard(intent) ? 'fails' : 'is a warning, because only the manifest is known to mount it without eBPF'}.${intent.dataplane === 'ebpf' ? ' The kernel must know cgroup2. bpffs need not be mounted: calico-node does it.' : ''}`,
  breaks: ['calico-node: its pod does not start'],
  needs: {},
  witnesses: { ...kernelWitnesses, kernelState, mounts },
  judge: (facts, { intent }) => judge(facts, intent),
});
