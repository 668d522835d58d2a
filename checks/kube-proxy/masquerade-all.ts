import {
  defineCheck,
  fail,
  notApplicable,
  pass,
  unknown,
  type Verdict,
} from '../../src/domain/check.js';
import type { Fix } from '../../src/domain/fix.js';
import { reason } from '../../src/domain/reason.js';
import { exampleFiles, exampleProcess } from '../kubernetes/example.js';
import { beforeInstall, type KubernetesFacts } from '../kubernetes/installed.js';
import { kubeProxyMode, type KubeProxySigns } from '../probes/kube-proxy-mode.js';
import { kubectlCluster, type KubectlCluster } from '../probes/kubectl-cluster.js';
import { kubernetesFiles } from '../probes/kubernetes-files.js';
import { processes } from '../probes/processes.js';
import type { KubeProxyConfig } from '../probes/support/kube-proxy-config.js';
import { booleanOf } from '../probes/support/kubernetes-flags.js';
import { pageA } from '../requirements/sources.js';
import { realMode, settingsOf } from './mode-of.js';

type Facts = Required<KubernetesFacts> & {
  readonly signs: KubeProxySigns;
  readonly kubectl: KubectlCluster;
};
type Statement = { readonly on: boolean; readonly how: string };

/** ipvs mode obeys the section iptables. */
const ofConfig = (config: KubeProxyConfig, mode: string): boolean | null =>
  config.masqueradeAll.get(mode === 'nftables' ? 'nftables' : 'iptables') ?? null;

function statementsOf(facts: Facts): readonly Statement[] {
  const mode = realMode(facts)?.mode ?? 'iptables';
  const settings = settingsOf(facts).flatMap(({ flags, config, where }) => {
    const flag = booleanOf(flags.get('masquerade-all'));
    const said = flag ?? (config === null ? null : ofConfig(config, mode));
    // A kube-proxy with neither the flag nor a configuration file masquerades only what it must.
    const silent =
      said === null && flags.size > 0 && !flags.has('config') && where.startsWith('the');
    return said === null && !silent ? [] : [{ on: said === true, how: where }];
  });
  const { masquerades } = facts.signs;
  const rules: readonly Statement[] =
    masquerades === null
      ? []
      : [{ on: masquerades === 'every', how: 'the iptables rules of kube-proxy' }];
  return [...rules, ...settings, ...ofConfigMap(facts, mode)];
}

function ofConfigMap({ kubectl }: Facts, mode: string): readonly Statement[] {
  if (kubectl.state !== 'answered' || kubectl.cluster.proxyConfig === null) return [];
  const said = ofConfig(kubectl.cluster.proxyConfig, mode);
  return said === null ? [] : [{ on: said, how: 'the ConfigMap kube-proxy' }];
}

function judge(facts: Facts): Verdict {
  const early = beforeInstall(facts);
  if (early !== null) return early;
  if (realMode(facts)?.mode === 'none') return notApplicable('no kube-proxy runs on this node');
  const said = statementsOf(facts);
  const on = said.find((one) => one.on);
  if (on !== undefined)
    return fail(
      `kube-proxy masquerades all traffic to Services: ${on.how}`,
      'kube-proxy without masqueradeAll',
    );
  const [off] = said;
  return off === undefined
    ? unknown(
        reason('not-run', 'neither the configuration nor the rules of kube-proxy could be read'),
        'Audit with root, and a control-plane node too: its ConfigMap kube-proxy tells for all nodes.',
      )
    : pass(`kube-proxy masquerades only what comes from outside the pods: ${off.how}`);
}

const FIX: Fix = {
  way: 'configuration',
  summary: "Take masqueradeAll out of kube-proxy's configuration and start it again.",
  kind: 'disruptive',
  consentWord: 'masquerade',
  loses: [
    'Clients that only reach a Service because their address was rewritten need a route back.',
    'Connections to Services may break once while kube-proxy starts again.',
  ],
  files: [],
  units: [],
  commands: [],
  undoCommands: [],
  disturbsNetwork: true,
  needsReboot: false,
  byHandOnly: true,
  byHand:
    'Run kubectl -n kube-system edit configmap kube-proxy, set masqueradeAll: false, then kubectl -n kube-system rollout restart daemonset kube-proxy. Of k3s and rke2 take masquerade-all out of kube-proxy-arg and restart the service.',
};

export const masqueradeAll = defineCheck({
  id: 'kube-proxy/masquerade-all',
  title: 'kube-proxy does not masquerade all traffic to Services',
  why: 'With masqueradeAll every packet to a Service carries the address of its node, so Calico cannot tell who sent it: policies allow and deny the wrong pods.',
  sources: [
    pageA(
      'A4',
      'kube-proxy must be started without --masquerade-all, which conflicts with policy.',
    ),
    {
      page: 'Policy and masqueraded Services in the field: calico issue 499',
      url: 'https://github.com/projectcalico/calico/issues/499',
      date: '2026-08-23',
      says: 'With --masquerade-all Calico sees all traffic to Services as coming from hosts.',
    },
  ],
  severity: 'required',
  waivable: true,
  needs: { files: kubernetesFiles, processes, signs: kubeProxyMode, kubectl: kubectlCluster },
  skip: ({ kubeProxy }) => (kubeProxy === 'none' ? 'the intent has no kube-proxy' : null),
  rule: () =>
    "Fails when kube-proxy's flag, its configuration or its own iptables rules show that it masquerades all; passes when one of them shows that it does not.",
  disagreement:
    'Only the page of Calico 3.0 (2018) has this rule; pages from 3.29 on do not mention it. kube-proxy still does what it always did, so the old page judges.',
  breaks: ['policy on traffic of Services'],
  judge,
  fixes: () => [FIX],
  example: {
    files: exampleFiles(),
    processes: [exampleProcess('kube-proxy', ['masquerade-all', 'true'])],
    signs: {
      says: 'iptables',
      ipvsInterface: false,
      nftTable: null,
      iptablesChains: true,
      masquerades: 'every',
    },
    kubectl: { state: 'none', hidden: [] },
  },
});
