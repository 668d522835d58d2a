import {
  defineCheck,
  notApplicable,
  pass,
  unknown,
  warn,
  type Verdict,
} from '../../src/domain/check.js';
import type { Fix } from '../../src/domain/fix.js';
import { reason } from '../../src/domain/reason.js';
import { exampleFiles, exampleProcess } from '../kubernetes/example.js';
import { beforeInstall } from '../kubernetes/installed.js';
import { kubeProxyMode, type KubeProxySigns } from '../probes/kube-proxy-mode.js';
import { kubernetesFiles } from '../probes/kubernetes-files.js';
import { processes, running } from '../probes/processes.js';
import { pageA } from '../requirements/sources.js';
import { ipvsPage } from './ipvs.js';
import { realMode, type ProxyFacts } from './mode-of.js';

type Facts = Required<ProxyFacts>;

/** What an earlier mode left, and Felix takes for the mode of today: it looks for these two alone. */
function leftoversOf(signs: KubeProxySigns, mode: string): readonly string[] {
  return [
    ...(signs.ipvsInterface && mode !== 'ipvs' ? ['the interface kube-ipvs0 of ipvs mode'] : []),
    ...(signs.nftTable === true && mode !== 'nftables'
      ? ['the nft table kube-proxy of nftables mode']
      : []),
  ];
}

function judge(facts: Facts): Verdict {
  const early = beforeInstall(facts);
  if (early !== null) return early;
  if (running(facts.processes, 'calico-node', 'calico-felix').length === 0)
    return notApplicable('Calico does not run on this node yet');
  const real = realMode(facts);
  if (real === null)
    return unknown(
      reason('not-run', 'nothing tells the mode of kube-proxy'),
      'Run curl http://127.0.0.1:10249/proxyMode on the node.',
    );
  const left = leftoversOf(facts.signs, real.mode);
  return left.length > 0
    ? warn(
        `kube-proxy runs in mode ${real.mode}, and ${left.join(' and ')} is still there`,
        'no trace of an earlier mode, and calico-node started after the change',
      )
    : pass(`kube-proxy runs in mode ${real.mode}, and no other mode left a trace`);
}

const FIX: Fix = {
  way: 'restart',
  summary: 'Take away what the earlier mode left and start calico-node again.',
  kind: 'disruptive',
  consentWord: 'restart',
  loses: ['New pods wait, and policy does not follow changes, until calico-node is up again.'],
  files: [],
  units: [],
  commands: [],
  undoCommands: [],
  disturbsNetwork: true,
  needsReboot: false,
  byHandOnly: true,
  byHand:
    'Run kube-proxy --cleanup with the arguments that it runs with, or ip link delete kube-ipvs0 and nft delete table ip kube-proxy for what is named; then kubectl rollout restart daemonset calico-node in its namespace.',
};

export const modeChanged = defineCheck({
  id: 'kube-proxy/mode-changed',
  title: 'Calico knows the mode that kube-proxy runs in now',
  why: 'Felix looks for the mode once, when it starts, by what kube-proxy made in the kernel. After a change, or where an old mode left its traces, it works for the wrong one.',
  sources: [
    ipvsPage(
      'The mode is detected when calico-node starts: restart it after the mode was changed.',
    ),
    pageA(
      'A14',
      "The mode may be changed after Calico was installed; Calico's settings for ipvs are made before the switch.",
    ),
  ],
  severity: 'recommended',
  waivable: true,
  needs: { files: kubernetesFiles, processes, signs: kubeProxyMode },
  rule: () =>
    "Warns when calico-node runs and kube-ipvs0 or the nft table kube-proxy belongs to another mode than kube-proxy's. Not applicable while Calico does not run. Whether calico-node was started after a clean change is not seen.",
  breaks: ['policy on traffic of Services'],
  judge,
  fixes: () => [FIX],
  example: {
    files: exampleFiles(),
    processes: [exampleProcess('calico-node')],
    signs: {
      says: 'iptables',
      ipvsInterface: true,
      nftTable: null,
      iptablesChains: true,
      masquerades: 'some',
    },
  },
});
