import { ADMIN_KUBECONFIGS } from '../../requirements/kubernetes-files.js';
import { PROXY_LINES } from './kube-proxy-config.js';

/** A kubectl and the administrator's kubeconfig that belongs to it. */
type Way = { readonly program: string; readonly command: string; readonly kubeconfig: string };

const way = (program: string, kubeconfig: string, word = ''): Way => ({
  program,
  command: `${program}${word}`,
  kubeconfig,
});

const WAYS: readonly Way[] = [
  way('/usr/bin/kubectl', ADMIN_KUBECONFIGS.kubeadm),
  way('/usr/local/bin/kubectl', ADMIN_KUBECONFIGS.kubeadm),
  way('/opt/bin/kubectl', ADMIN_KUBECONFIGS.kubeadm),
  way('/var/lib/rancher/rke2/bin/kubectl', ADMIN_KUBECONFIGS.rke2),
  way('/usr/local/bin/k3s', ADMIN_KUBECONFIGS.k3s, ' kubectl'),
  way('/usr/local/bin/k0s', ADMIN_KUBECONFIGS.k0s, ' kubectl'),
];

// One call for all objects, because every start of kubectl costs a tenth of a second. A column holds no blanks.
const COLUMNS = [
  'KIND:.kind',
  'NS:.metadata.namespace',
  'NAME:.metadata.name',
  'VERSION:.status.nodeInfo.kubeletVersion',
  'KERNEL:.status.nodeInfo.kernelVersion',
  'RUNTIME:.status.nodeInfo.containerRuntimeVersion',
  'CONDITIONS:.status.conditions[*].type',
  'STATES:.status.conditions[*].status',
  'ADDRESSES:.status.addresses[*].address',
  'EXTERNAL:.spec.externalIPs[*]',
  'PORTS:.spec.ports[*].targetPort',
  'ENFORCE:.metadata.labels.pod-security\\.kubernetes\\.io/enforce',
].join(',');
const KINDS = 'nodes,services,serviceaccounts,clusterroles,clusterrolebindings,namespaces';
const FELIX =
  'custom-columns=RANGES:.spec.kubeNodePortRanges[*],MASK:.spec.iptablesMarkMask,BPF:.spec.bpfEnabled';

/** A cache folder that cannot be made, so that kubectl writes nothing on the node. */
const QUIET = '--cache-dir=/dev/null --request-timeout=5s';

const CALLS = {
  version: 'get --raw /version',
  objects: `get ${KINDS} -A --no-headers -o 'custom-columns=${COLUMNS}'`,
  proxy: `get configmap kube-proxy -n kube-system --ignore-not-found -o 'jsonpath={.data.config\\.conf}'`,
  felix: `get felixconfigurations.crd.projectcalico.org default --ignore-not-found --no-headers -o '${FELIX}'`,
} as const;

const lineOf = ({ command, kubeconfig }: Way, call: string): string =>
  `${command} --kubeconfig=${kubeconfig} ${QUIET} ${call}`;

/** Every line that may be run as root: the same few questions for each way to ask them. */
export const KUBECTL_COMMANDS: readonly string[] = WAYS.flatMap((one) =>
  Object.values(CALLS).map((call) => lineOf(one, call)),
);

const asked = (one: Way): string => `if [ -z "$k" ] && [ -e ${one.kubeconfig} ]; then
  c=${one.kubeconfig}
  if [ -x ${one.program} ]; then
    k=y
    ask() {
      case $1 in
${Object.entries(CALLS)
  .map(([name, call]) => `        ${name})\n          as_root ${lineOf(one, call)}\n          ;;`)
  .join('\n')}
      esac
    }
  fi
fi`;

/**
 * Answers in marked lines, last of all `end`. What is not asked for by a check stays on the node: of services only the
 * API server's and those with external addresses, of accounts and roles only Calico's.
 */
export const KUBECTL_SCRIPT = `k='' c=''
${WAYS.map(asked).join('\n')}
for d in /etc/kubernetes /etc/rancher /etc/rancher/k3s /etc/rancher/rke2 /var/lib/k0s/pki; do
  if [ -z "$c" ] && [ -d "$d" ] && [ ! -x "$d" ]; then printf 'hidden %s\\n' "$d"; fi
done
if [ -z "$c" ]; then echo none; echo end; exit 0; fi
printf 'kubeconfig %s\\n' "$c"
if [ -z "$k" ]; then echo no-kubectl; echo end; exit 0; fi
o=$(ask version 2>&1)
case $o in
  *'"gitVersion": "'*) o=\${o#*'"gitVersion": "'}; printf 'server %s\\n' "\${o%%'"'*}" ;;
  [s]udo:*|doas:*|as_root:*) printf '%s\\n' "$o" >&2; exit 126 ;;
  *) o=\${o##*'
'}; printf 'refused %.300s\\n' "$o"; echo end; exit 0 ;;
esac
{ ask objects 2>/dev/null || echo 'failed objects'; } | while read -r kind ns name version kernel runtime types states addresses external ports enforce; do
  case $kind in
    failed) echo 'failed objects' ;;
    Node) printf 'node %s %s %s %s %s %s %s\\n' "$name" "$version" "$kernel" "$runtime" "$types" "$states" "$addresses" ;;
    Service)
      case $ns/$name/$external in
        default/kubernetes/*) printf 'api-port %s\\n' "$ports" ;;
        *'/<none>'|*/) ;;
        *) printf 'external %s/%s %s\\n' "$ns" "$name" "$external" ;;
      esac ;;
    ServiceAccount|ClusterRole|ClusterRoleBinding)
      case $name in *calico*|*canal*|*tigera*) printf 'rbac %s %s %s\\n' "$kind" "$ns" "$name" ;; esac ;;
    Namespace)
      case $enforce in '<none>'|'') ;; *) printf 'enforce %s %s\\n' "$name" "$enforce" ;; esac
      case $name in calico-*|tigera-*) printf 'namespace %s\\n' "$name" ;; esac ;;
  esac
done
if o=$(ask proxy 2>/dev/null); then
  if [ -n "$o" ]; then echo 'proxy yes'; else echo 'proxy no'; fi
  printf '%s\\n' "$o" | while IFS= read -r l; do
    case $l in ${PROXY_LINES}) printf 'config %s\\n' "$l" ;; esac
  done
fi
o=$(ask felix 2>/dev/null) && [ -n "$o" ] && printf 'felix %s\\n' "$o"
echo end`;
