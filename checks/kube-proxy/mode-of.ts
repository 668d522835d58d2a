import type { KubeProxySigns } from '../probes/kube-proxy-mode.js';
import type { KubernetesFile } from '../probes/kubernetes-files.js';
import { running, type Process } from '../probes/processes.js';
import type { KubeProxyConfig } from '../probes/support/kube-proxy-config.js';
import type { Flags } from '../probes/support/kubernetes-flags.js';
import { booleanOf } from '../probes/support/kubernetes-flags.js';
import type { KubernetesFacts } from '../kubernetes/installed.js';

export type ProxyFacts = KubernetesFacts & { readonly signs?: KubeProxySigns };

export type RealMode = {
  /** `iptables`, `ipvs`, `nftables`, `none` or an older word of kube-proxy. */
  readonly mode: string;
  readonly how: string;
};

/** Where a kube-proxy is told how to run: its flags and its configuration. */
export type ProxySetting = {
  readonly flags: Flags;
  readonly config: KubeProxyConfig | null;
  readonly where: string;
};

const PROXY_FILE = /kube-proxy|\/k3s|\/rke2\/config/;
const isProxyFile = ({ path, proxyConfig }: KubernetesFile): boolean =>
  proxyConfig !== null || PROXY_FILE.test(path);

const embedded = (all: readonly Process[] | undefined): boolean =>
  running(all ?? [], 'k3s-server', 'k3s-agent', 'kubelite').length > 0;

/** What runs here is told first by the process; files count where kube-proxy is part of another program or hidden. */
export function settingsOf({ files, processes = [] }: KubernetesFacts): readonly ProxySetting[] {
  return [
    ...running(processes, 'kube-proxy').map(({ flags, proxyConfig }) => ({
      flags,
      config: proxyConfig,
      where: 'the running kube-proxy',
    })),
    ...files.files
      .filter(isProxyFile)
      .map(({ path, flags, proxyConfig }) => ({ flags, config: proxyConfig, where: path })),
  ];
}

/** An empty mode is iptables on Linux. */
function settingMode({ flags, config, where }: ProxySetting): RealMode | null {
  const mode = flags.get('proxy-mode') ?? config?.mode ?? null;
  return mode === null ? null : { mode: mode === '' ? 'iptables' : mode, how: where };
}

const isDisabled = ({ files }: KubernetesFacts): boolean =>
  files.files.some(
    ({ flags, keys }) =>
      booleanOf(flags.get('disable-kube-proxy')) === true ||
      booleanOf(keys.get('disable-kube-proxy')) === true,
  );

/** In the order in which kube-proxy's traces are to be believed (facts: detection on a node). */
function traceOf({ signs }: ProxyFacts): RealMode | null {
  if (signs?.ipvsInterface === true) return { mode: 'ipvs', how: 'kube-ipvs0 is there' };
  if (signs?.nftTable === true)
    return { mode: 'nftables', how: 'the nft table kube-proxy is there' };
  return signs?.iptablesChains === true
    ? { mode: 'iptables', how: 'the chain KUBE-SERVICES is there' }
    : null;
}

/** Seen from every side, nothing of a kube-proxy. */
function absenceOf(facts: ProxyFacts): RealMode | null {
  const { signs, processes } = facts;
  if (processes === undefined || running(processes, 'kube-proxy').length > 0) return null;
  const hidden = embedded(processes) && !isDisabled(facts);
  return !hidden && signs?.nftTable === false && signs.iptablesChains === false
    ? { mode: 'none', how: 'no kube-proxy runs, and it left nothing' }
    : null;
}

/** The mode in which kube-proxy runs on this node; null when nothing tells. Pure. */
export function realMode(facts: ProxyFacts): RealMode | null {
  const says = facts.signs?.says ?? null;
  if (says !== null) return { mode: says, how: 'kube-proxy says so' };
  const told = settingsOf(facts)
    .map(settingMode)
    .find((one) => one !== null);
  return told ?? traceOf(facts) ?? absenceOf(facts);
}
