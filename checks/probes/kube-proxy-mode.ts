import { ProbeParseError } from '../../src/domain/errors.js';
import { defineProbe } from '../../src/domain/probe.js';
import { KUBERNETES_FOLDERS } from '../requirements/kubernetes-files.js';
import { NFT_TABLES } from './support/netfilter-gate.js';

export type KubeProxySigns = {
  /** What kube-proxy itself says over loopback; null when nobody answered there. */
  readonly says: string | null;
  /** The interface kube-ipvs0, which ipvs mode makes and a change of mode leaves behind. */
  readonly ipvsInterface: boolean;
  /** The nft table kube-proxy; null when that could not be asked. */
  readonly nftTable: boolean | null;
  /** The chain KUBE-SERVICES in the nat table; null when that could not be asked. */
  readonly iptablesChains: boolean | null;
  /** Whether its iptables rules masquerade all that goes to services, or only what comes from elsewhere; null: no such rule. */
  readonly masquerades: 'every' | 'some' | null;
};

const IPTABLES = '/usr/sbin/iptables-save -t nat';

// The rules are only listed where a Kubernetes is laid out: listing them can load modules, and a nat table of many
// services is long. They stay on the node. With masqueradeAll the rule of a cluster address has no "! -s PODS" in it
// (kubernetes pkg/proxy/iptables and pkg/proxy/ipvs, syncProxyRules).
const SCRIPT = `[ ! -d /sys/class/net/kube-ipvs0 ] || echo ipvs-interface
k=
for d in ${KUBERNETES_FOLDERS.join(' ')} /sys/class/net/kube-ipvs0; do [ ! -d "$d" ] || k=y; done
if [ -n "$k" ]; then
  m=
  if command -v curl >/dev/null; then m=$(curl -sf --noproxy '*' --max-time 2 http://127.0.0.1:10249/proxyMode 2>/dev/null)
  elif command -v wget >/dev/null; then m=$(wget -q -T 2 -O - http://127.0.0.1:10249/proxyMode 2>/dev/null)
  fi
  case $m in iptables|ipvs|nftables|userspace|kernelspace) printf 'says %s\\n' "$m" ;; esac
  if [ -x /usr/sbin/nft ] && o=$(as_root ${NFT_TABLES} 2>/dev/null); then
    case $o in *'ip kube-proxy'*|*'ip6 kube-proxy'*) echo 'nft yes' ;; *) echo 'nft no' ;; esac
  fi
  if [ -x /usr/sbin/iptables-save ]; then
    o=$(as_root ${IPTABLES} 2>/dev/null | sed -n -e '1s/.*/asked/p' -e 's/^:KUBE-SERVICES .*/chains/p' -e 's/^-A KUBE-S[A-Z0-9-]* -d .*cluster IP".* -j KUBE-MARK-MASQ$/every/p' -e 's/^-A KUBE-SERVICES -m comment .* -m set --match-set KUBE-CLUSTER-IP dst,dst -j KUBE-MARK-MASQ$/every/p' -e 's/^-A KUBE-S[A-Z0-9-]* ! -s .*-j KUBE-MARK-MASQ$/some/p' -e 's/^-A KUBE-SERVICES -m comment .* --match-set KUBE-CLUSTER-IP src,dst -j KUBE-MARK-MASQ$/some/p')
    case $o in *chains*) echo 'iptables yes' ;; asked*) echo 'iptables no' ;; esac
    case $o in *every*) echo 'masquerade every' ;; *some*) echo 'masquerade some' ;; esac
  fi
fi
echo end`;

const MARKS = new Set([
  'ipvs-interface',
  'nft yes',
  'nft no',
  'iptables yes',
  'iptables no',
  'masquerade every',
  'masquerade some',
]);
const SAYS = /^says (iptables|ipvs|nftables|userspace|kernelspace)$/;

function masquerades(lines: readonly string[]): KubeProxySigns['masquerades'] {
  if (lines.includes('masquerade every')) return 'every';
  return lines.includes('masquerade some') ? 'some' : null;
}

function parse(stdout: string): KubeProxySigns {
  const lines = stdout.split('\n').filter((line) => line !== '');
  if (lines.pop() !== 'end') throw new ProbeParseError('it does not end with "end"');
  const says = lines.map((line) => SAYS.exec(line)?.[1] ?? null);
  if (lines.some((line, index) => says[index] === null && !MARKS.has(line)))
    throw new ProbeParseError('a line that is no mark');
  const askedFor = (what: string): boolean | null => {
    if (lines.includes(`${what} yes`)) return true;
    return lines.includes(`${what} no`) ? false : null;
  };
  return {
    says: says.find((word) => word !== null) ?? null,
    ipvsInterface: lines.includes('ipvs-interface'),
    nftTable: askedFor('nft'),
    iptablesChains: askedFor('iptables'),
    masquerades: masquerades(lines),
  };
}

/** In which mode kube-proxy really runs here: what it says itself, else what it left in the kernel. */
export const kubeProxyMode = defineProbe<KubeProxySigns>({
  id: 'kube-proxy-mode',
  command: 'curl http://127.0.0.1:10249/proxyMode',
  script: SCRIPT,
  rootCommands: [NFT_TABLES, IPTABLES],
  timeoutSeconds: 10,
  maxBytes: 4096,
  talks: true,
  fields: {
    says: 'plain',
    ipvsInterface: 'plain',
    nftTable: 'plain',
    iptablesChains: 'plain',
    masquerades: 'plain',
  },
  parse: ({ stdout }) => parse(stdout),
});
