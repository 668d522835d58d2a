import { defineCheck, notApplicable, pass, warn, type Verdict } from '../../src/domain/check.js';
import { beforeInstall, type KubernetesFacts } from '../kubernetes/installed.js';
import { kubectlCluster, type KubectlCluster } from '../probes/kubectl-cluster.js';
import { kubernetesFiles } from '../probes/kubernetes-files.js';
import { processes } from '../probes/processes.js';
import { pageA } from '../requirements/sources.js';
import { DEFAULT_MARK_MASK, ipvsPage, unlessIpvs } from './ipvs.js';
import { settingsOf } from './mode-of.js';

type Facts = Required<KubernetesFacts> & { readonly kubectl: KubectlCluster };

const DEFAULT_PODS = 110;
const MOST_PODS = 1022;
const DEFAULT_BIT = 14;

/** kubelet's own limit; without one in its configuration it is 110. */
function podsOf({ files }: KubernetesFacts): number {
  const said = files.files
    .map(({ keys }) => keys.get('maxPods'))
    .find((text) => text !== undefined);
  return said !== undefined && /^\d{1,6}$/.test(said) ? Number(said) : DEFAULT_PODS;
}

/** kubectl prints numbers in decimal and strings as they were written; null when it is neither. */
function maskOf({ kubectl }: Facts): number | null {
  const text = kubectl.state === 'answered' ? kubectl.cluster.felix?.markMask : undefined;
  return text !== null && text !== undefined && /^(?:0x[0-9a-fA-F]{1,8}|\d{1,10})$/.test(text)
    ? Number(text)
    : null;
}

const isInMask = (mask: number, bit: number): boolean => Math.floor(mask / 2 ** bit) % 2 === 1;
const hexadecimal = (mask: number): string => `0x${mask.toString(16)}`;

/** A mark that kube-proxy and Calico both write. */
function sharedBit(facts: Facts, mask: number): number | null {
  const bit = settingsOf(facts)
    .map(({ config }) => config?.masqueradeBit ?? null)
    .find((one) => one !== null);
  return isInMask(mask, bit ?? DEFAULT_BIT) ? (bit ?? DEFAULT_BIT) : null;
}

function judge(facts: Facts): Verdict {
  const early = beforeInstall(facts);
  if (early !== null) return early;
  const mask = maskOf(facts) ?? DEFAULT_MARK_MASK;
  const shared = sharedBit(facts, mask);
  if (shared !== null)
    return warn(
      `kube-proxy marks with bit ${String(shared)}, which lies in Calico's mask ${hexadecimal(mask)}`,
      'an iptablesMarkMask without the bit of kube-proxy',
    );
  const pods = podsOf(facts);
  if (pods <= MOST_PODS)
    return pass(`at most ${String(pods)} pods on this node, which Calico's mask has bits for`);
  return mask === DEFAULT_MARK_MASK
    ? warn(
        `maxPods: ${String(pods)}, with Calico's usual mask ${hexadecimal(mask)}`,
        `at most ${String(MOST_PODS)} pods on a node, or an iptablesMarkMask with more bits`,
      )
    : notApplicable(`maxPods: ${String(pods)}, with a mask of its own, ${hexadecimal(mask)}`);
}

export const ipvsMarkBits = defineCheck({
  id: 'kube-proxy/ipvs-mark-bits',
  title: 'Calico has enough mark bits for the pods of this node in ipvs mode',
  why: 'In ipvs mode Calico keeps one mark value a pod. Beyond 1022 pods the usual 16 bits run out, and policy is not applied to the pods left over.',
  sources: [
    ipvsPage(
      'With more than 1022 pods on a host IptablesMarkMask must be made wider; it is 0xffff0000 unless set.',
    ),
    pageA('A10', 'ipvs mode needs additional mark bits for Felix.'),
  ],
  severity: 'recommended',
  waivable: true,
  needs: { files: kubernetesFiles, processes, kubectl: kubectlCluster },
  skip: unlessIpvs,
  rule: () =>
    "Warns when the kubelet admits more than 1022 pods under Calico's usual mask, or when the bit of kube-proxy lies in that mask.",
  breaks: ['policy for pods beyond the 1022nd on a node'],
  judge,
});
