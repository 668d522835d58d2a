import { defineCheck, fail, pass, unknown, type Verdict } from '../../src/domain/check.js';
import type { Fix } from '../../src/domain/fix.js';
import { reason } from '../../src/domain/reason.js';
import { kubeletVersion } from '../probes/kubelet-version.js';
import { kubernetesFiles } from '../probes/kubernetes-files.js';
import { processes, running } from '../probes/processes.js';
import type { KubernetesFacts } from './installed.js';
import { exampleFiles } from './example.js';
import { beforeInstall } from './installed.js';
import { compareKubernetes } from '../requirements/kubernetes-versions.js';
import { pageA, pageB } from '../requirements/sources.js';

type Facts = Required<KubernetesFacts> & { readonly kubelet: { readonly version: string | null } };

const REMOVED = '1.24';
const KUBEADM_FLAGS = '/var/lib/kubelet/kubeadm-flags.env';
const NOT_KUBELET = /kube-apiserver|kube-proxy|k3s|rke2/;

/** Where the kubelet gets the flag from, and its value. */
function flagOf({ files, processes: all }: Facts): { value: string; where: string } | null {
  for (const { flags } of running(all, 'kubelet')) {
    const value = flags.get('network-plugin');
    if (value !== undefined) return { value, where: 'the running kubelet' };
  }
  for (const { path, flags } of files.files.filter((file) => !NOT_KUBELET.test(file.path))) {
    const value = flags.get('network-plugin');
    if (value !== undefined) return { value, where: path };
  }
  return null;
}

const isOlder = (version: string): boolean => (compareKubernetes(version, REMOVED) ?? 0) < 0;

/** A runtime that is no Docker owns CNI itself, also up to 1.23. */
const hasRemoteRuntime = ({ files, processes: all }: Facts): boolean =>
  [...running(all, 'kubelet'), ...files.files].some(
    ({ flags }) => flags.get('container-runtime') === 'remote',
  );

function judgeOld(version: string, facts: Facts): Verdict {
  const flag = flagOf(facts);
  const expected = '--network-plugin=cni, which kubelets up to 1.23 need with Docker';
  if (hasRemoteRuntime(facts))
    return pass(`kubelet ${version} with a runtime that does CNI itself`);
  if (flag?.value === 'cni') return pass(`kubelet ${version} with --network-plugin=cni`);
  if (flag !== null) return fail(`--network-plugin=${flag.value} in ${flag.where}`, expected);
  return running(facts.processes, 'kubelet').length > 0
    ? fail(`kubelet ${version} runs without --network-plugin`, expected)
    : unknown(
        reason(
          'not-run',
          'the kubelet does not run, and no file that was read sets --network-plugin',
        ),
        'Start the kubelet and ask again.',
      );
}

function judgeByProcess(facts: Facts): Verdict {
  const [kubelet] = running(facts.processes, 'kubelet');
  if (kubelet === undefined) {
    const embedded = running(
      facts.processes,
      'k3s-server',
      'k3s-agent',
      'k3s',
      'rke2',
      'rke2-server',
      'rke2-agent',
      'kubelite',
    )[0];
    return embedded === undefined
      ? unknown(
          reason('not-run', 'no kubelet was found, running or installed'),
          "Name the kubelet's place.",
        )
      : pass(`${embedded.name} brings the kubelet together with a runtime that does CNI itself`);
  }
  const flag = kubelet.flags.get('network-plugin');
  if (flag === 'cni') return pass('the running kubelet has --network-plugin=cni');
  return unknown(
    reason('not-run', 'the version of the kubelet is not known, and up to 1.23 it needs a flag'),
    'Run kubelet --version.',
  );
}

function judge(facts: Facts): Verdict {
  const early = beforeInstall(facts);
  if (early !== null) return early;
  const { version } = facts.kubelet;
  if (version === null) return judgeByProcess(facts);
  if (isOlder(version)) return judgeOld(version, facts);
  const flag = flagOf(facts);
  return flag === null
    ? pass(`kubelet ${version} leaves CNI to the container runtime`)
    : fail(
        `--network-plugin=${flag.value} in ${flag.where}, a flag that kubelet ${version} does not know: it does not start with it`,
        'no --network-plugin, which Kubernetes 1.24 removed',
      );
}

const fixes = (facts: Facts): readonly Fix[] => {
  const { version } = facts.kubelet;
  const old = version !== null && isOlder(version);
  const byHand = old
    ? 'Add --network-plugin=cni to KUBELET_EXTRA_ARGS in /etc/default/kubelet (/etc/sysconfig/kubelet on Red Hat), then run systemctl restart kubelet.'
    : `Take --network-plugin out of ${flagOf(facts)?.where ?? "the kubelet's arguments"}${flagOf(facts)?.where === KUBEADM_FLAGS ? '' : ` (kubeadm keeps them in ${KUBEADM_FLAGS})`}, then run systemctl restart kubelet.`;
  return [
    {
      way: 'flag',
      summary: old
        ? 'Tell the kubelet to use CNI.'
        : 'Take the removed flag away from the kubelet.',
      kind: 'safe',
      loses: [],
      files: [],
      units: [],
      commands: [],
      undoCommands: [],
      disturbsNetwork: false,
      needsReboot: false,
      byHandOnly: true,
      byHand,
    },
  ];
};

export const kubeletCni = defineCheck({
  id: 'kubernetes/kubelet-cni',
  title: 'The kubelet uses CNI',
  why: 'Without CNI the kubelet never calls Calico, and pods get no address of it. From Kubernetes 1.24 on the old flag for it keeps the kubelet from starting at all.',
  sources: [
    pageB(
      'B15',
      'kubernetes-requirements',
      'Kubernetes has CNI enabled; up to 1.23 the kubelet needs --network-plugin=cni for that.',
    ),
    pageA('A1', 'The kubelet must be set up to use CNI plug-ins: --network-plugin=cni.'),
    {
      page: 'Kubernetes: removal of dockershim and its flags',
      url: 'https://github.com/kubernetes/kubernetes/pull/106907',
      date: '2021-12',
      says: 'Kubernetes 1.24 has no --network-plugin any more: a kubelet that is given it ends with "unknown flag".',
    },
  ],
  severity: 'required',
  waivable: true,
  needs: { files: kubernetesFiles, processes, kubelet: kubeletVersion },
  rule: () =>
    'Judged by the kubelet found on the node: up to 1.23 with Docker it needs --network-plugin=cni, from 1.24 on the flag must be gone. Not applicable before the node joins a cluster.',
  disagreement:
    'The page of Calico 3.0 (2018) demands the flag of every kubelet. The kubelet refuses it since Kubernetes 1.24 (2022). The version of the kubelet decides which of the two judges.',
  breaks: ['every pod on this node'],
  judge,
  fixes,
  example: {
    files: exampleFiles('/var/lib/kubelet/kubeadm-flags.env', ['network-plugin', 'cni']),
    processes: [],
    kubelet: { version: 'v1.34.1' },
  },
});
