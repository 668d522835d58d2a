import {
  defineClusterCheck,
  fail,
  pass,
  unknown,
  warn,
  type Share,
  type Verdict,
} from '../../src/domain/check.js';
import type { Intent } from '../../src/domain/intent.js';
import { reason } from '../../src/domain/reason.js';
import { someOf } from '../../src/domain/some-of.js';
import { CLUSTER_NEEDS, clusterOf } from '../kubernetes/cluster.js';
import { kubernetesOn } from '../kubernetes/installed.js';
import { kubeProxyMode } from '../probes/kube-proxy-mode.js';
import { processes } from '../probes/processes.js';
import { compareKubernetes, kubeProxyModes } from '../requirements/kubernetes-versions.js';
import { pageA, pageB } from '../requirements/sources.js';
import { realMode } from './mode-of.js';

const NEEDS = { ...CLUSTER_NEEDS, processes, signs: kubeProxyMode } as const;
type Shares = readonly Share<typeof NEEDS>[];
type Fault = { readonly fatal: boolean; readonly text: string; readonly expected: string };

const IPVS_DEPRECATED = '1.35';

const listed = ({ calico }: Intent): readonly string[] =>
  kubeProxyModes(calico).map(({ mode }) => mode);

/** Under eBPF Calico does the work of kube-proxy itself, so only the absence of one is as it should be. */
function ebpfFault(mode: string, who: string): Fault | null {
  return mode === 'none'
    ? null
    : {
        fatal: false,
        text: `${who}: ${mode}, beside the eBPF data plane, which does the same work`,
        expected: 'kubeProxy: none, with kube-proxy taken away once the eBPF data plane runs',
      };
}

/** What is wrong with a mode under this intent. `kubernetes` is the version that it runs on. */
function faultOf(mode: string, who: string, intent: Intent, kubernetes: string): Fault | null {
  if (intent.dataplane === 'ebpf') return ebpfFault(mode, who);
  const modes = listed(intent);
  if (!modes.includes(mode)) {
    const text =
      mode === 'none' ? `${who}: no kube-proxy, so nothing serves Services` : `${who}: ${mode}`;
    return { fatal: true, text, expected: `kube-proxy in one of the modes ${modes.join(', ')}` };
  }
  if ((intent.dataplane === 'nftables') !== (mode === 'nftables')) {
    const expected = intent.dataplane === 'nftables' ? 'nftables' : 'iptables or ipvs';
    return {
      fatal: true,
      text: `${who}: ${mode}, with Calico's ${intent.dataplane} data plane`,
      expected: `kube-proxy in mode ${expected}: nftables goes with nftables alone`,
    };
  }
  if (mode === 'ipvs' && intent.calico === '3.0')
    return {
      fatal: false,
      text: `${who}: ipvs, which the page of Calico 3.0 calls beta and not tested at scale`,
      expected: 'kube-proxy in mode iptables',
    };
  return mode === 'ipvs' && (compareKubernetes(kubernetes, IPVS_DEPRECATED) ?? -1) >= 0
    ? {
        fatal: false,
        text: `${who}: ipvs, which Kubernetes ${IPVS_DEPRECATED} and later call deprecated`,
        expected: 'kube-proxy in mode iptables or nftables',
      }
    : null;
}

type Seen = { readonly node: string; readonly mode: string | null };

/** The modes of the nodes that are part of a cluster. */
function seenOn(shares: Shares): readonly Seen[] {
  const joined = shares.filter(({ facts }) => kubernetesOn(facts).state === 'joined');
  const { cluster } = clusterOf(shares);
  const common = cluster?.proxyConfig?.mode;
  const fallback = common === '' ? 'iptables' : (common ?? null);
  return joined.map(({ node, facts }) => ({
    node: node.name,
    mode: realMode(facts)?.mode ?? fallback,
  }));
}

const nodesIn = (seen: readonly Seen[], mode: string | null): string =>
  someOf(
    seen.filter((one) => one.mode === mode).map(({ node }) => node),
    3,
  );

function differing(seen: readonly Seen[], modes: readonly string[]): Fault | null {
  return modes.length < 2
    ? null
    : {
        fatal: true,
        text: `several modes in one cluster: ${modes.map((mode) => `${mode} on ${nodesIn(seen, mode)}`).join('; ')}`,
        expected: 'kube-proxy in the same mode on all nodes',
      };
}

function mismatch(modes: readonly string[], seen: readonly Seen[], intent: Intent): Fault | null {
  const other = modes.find((mode) => mode !== intent.kubeProxy);
  return other === undefined
    ? null
    : {
        fatal: false,
        text: `the intent says ${intent.kubeProxy}, and kube-proxy runs in mode ${other} on ${nodesIn(seen, other)}`,
        expected: `kubeProxy: ${other} in the intent, so that all else is judged for it, or kube-proxy in mode ${intent.kubeProxy}`,
      };
}

function faultsOf(shares: Shares, seen: readonly Seen[], intent: Intent): readonly Fault[] {
  const modes = [...new Set(seen.flatMap(({ mode }) => mode ?? []))];
  const server = clusterOf(shares).cluster?.server ?? intent.kubernetes;
  // What really runs outweighs what the intent says about it.
  const claims = modes.length > 0 ? modes : [intent.kubeProxy];
  return [
    differing(seen, modes),
    ...claims.map((mode) =>
      faultOf(mode, modes.length > 0 ? nodesIn(seen, mode) : 'the intent', intent, server),
    ),
    mismatch(modes, seen, intent),
  ].filter((fault) => fault !== null);
}

function judge(shares: Shares, intent: Intent): Verdict {
  const seen = seenOn(shares);
  const faults = faultsOf(shares, seen, intent);
  const failed = faults.filter(({ fatal }) => fatal);
  const shown = failed.length > 0 ? failed : faults;
  const text = shown.map((fault) => fault.text).join('; ');
  if (failed.length > 0) return fail(text, failed[0]?.expected ?? '');
  if (seen.some(({ mode }) => mode === null))
    return unknown(
      reason('not-run', `nothing tells the mode of kube-proxy on ${nodesIn(seen, null)}`),
      'Run curl http://127.0.0.1:10249/proxyMode there, or audit with root.',
    );
  if (faults.length > 0) return warn(text, faults[0]?.expected ?? '');
  return seen.length === 0
    ? pass(`${intent.kubeProxy} fits, by the intent; ask again after install for the real mode`)
    : pass(`kube-proxy: ${intent.kubeProxy} on ${someOf(seen.map(({ node }) => node))}`);
}

export const mode = defineClusterCheck({
  id: 'kube-proxy/mode',
  title: 'kube-proxy runs in a mode that Calico supports, the same on all nodes',
  why: 'Calico builds its rules around those of kube-proxy. In a mode it does not know, or with nftables and iptables mixed, policy is not applied to traffic of Services or Services do not answer.',
  sources: [
    pageB(
      'B17',
      'kubernetes-requirements',
      'kube-proxy runs in iptables mode (the default), ipvs mode (Kubernetes 1.9.3 or later) or nftables mode (1.31.0 or later, listed from Calico 3.29 on).',
    ),
    pageA('A2', 'kube-proxy runs in iptables or ipvs mode.'),
    pageA('A13', 'ipvs mode is supported as beta and not tested at scale.'),
    {
      page: 'nftables data plane',
      url: 'https://docs.tigera.io/calico/latest/getting-started/kubernetes/nftables',
      date: '2026-08-21',
      says: "With Calico's nftables data plane kube-proxy must be in nftables mode too.",
    },
    {
      page: 'Kubernetes: ipvs mode deprecated',
      url: 'https://github.com/kubernetes/kubernetes/pull/134539',
      date: '2025-12',
      says: 'kube-proxy warns in ipvs mode from Kubernetes 1.35 on; its removal is planned.',
    },
  ],
  severity: 'required',
  waivable: true,
  needs: NEEDS,
  rule: (intent) =>
    intent.dataplane === 'ebpf'
      ? 'Under eBPF no kube-proxy passes and any mode warns.'
      : `The modes of this release are ${listed(intent).join(', ')}; another one, none, or several in one cluster fail. nftables goes with Calico's nftables data plane and with no other. ipvs warns ${intent.calico === '3.0' ? 'as beta' : 'from Kubernetes 1.35 on'}, and so does a mode that is not the intent's.`,
  disagreement:
    'The page of Calico 3.0 (2018) calls ipvs mode beta, later pages list it without reserve, and Kubernetes 1.35 (2025) deprecates it. Beta is a warning by that page alone; of the others the real version of Kubernetes judges, and deprecated is a warning. The pages up to 3.28 list iptables and ipvs alone; nftables stands on them from 3.29 (2024-10-29) on, and each release is judged by its own page. That eBPF takes the place of kube-proxy only the documentation of eBPF says (2026-08-21); it judges there.',
  breaks: ['Services', 'policy on traffic of Services'],
  alternatives: ({ dataplane }) =>
    dataplane === 'nftables'
      ? ['kubeProxy: nftables', 'dataplane: iptables']
      : ['kubeProxy: iptables'],
  judge,
});
