import { write, STAGE_DIR, type Names } from './breakage.js';

/** Where the stand-ins are told what to say: a file for each answer. */
export const CLUSTER = `${STAGE_DIR}/kubernetes`;
export const MANIFEST = '/etc/kubernetes/manifests/kube-apiserver.yaml';
export const KUBELET_CONFIG = '/var/lib/kubelet/config.yaml';
export const KUBELET_FLAGS = '/var/lib/kubelet/kubeadm-flags.env';
const PORT = '18001';

/** Answers kubectl as an API server does, with objects composed after those of kubeadm 1.34 and Calico 3.32. */
const API_SERVER = `
import http.server, json, os
def told(name): return open("${CLUSTER}/" + name).read().split()
def meta(name, namespace=None): return {"name": name, **({"namespace": namespace} if namespace else {})}
def node(name, address, ready):
    return {"apiVersion": "v1", "kind": "Node", "metadata": meta(name), "status": {
        "nodeInfo": {"kubeletVersion": "v1.34.1", "kernelVersion": os.uname().release, "containerRuntimeVersion": "containerd://2.1.4"},
        "conditions": [{"type": "Ready", "status": ready}],
        "addresses": [{"type": "InternalIP", "address": address}, {"type": "Hostname", "address": name}]}}
def service(namespace, name, spec): return {"apiVersion": "v1", "kind": "Service", "metadata": meta(name, namespace), "spec": spec}
def named(kind, api, names, namespace=None):
    return [{"apiVersion": api, "kind": kind, "metadata": meta(name, namespace)} for name in names]
RBAC = "rbac.authorization.k8s.io/v1"
CORE = {"nodes": "Node", "services": "Service", "serviceaccounts": "ServiceAccount", "namespaces": "Namespace", "configmaps": "ConfigMap"}
ROLES = {"clusterroles": "ClusterRole", "clusterrolebindings": "ClusterRoleBinding"}
def items(kind):
    if kind == "nodes": return [node("node-1", told("address")[0], "True"), node("node-2", "192.0.2.12", told("ready")[0])]
    if kind == "services": return [
        service("default", "kubernetes", {"ports": [{"port": 443, "targetPort": 6443}]}),
        service("web", "shop", {"ports": [{"port": 80, "targetPort": 8080}], "externalIPs": told("external")})]
    if kind == "serviceaccounts": return named("ServiceAccount", "v1", told("accounts"), "kube-system")
    if kind == "clusterroles": return named("ClusterRole", RBAC, told("roles"))
    if kind == "clusterrolebindings": return named("ClusterRoleBinding", RBAC, told("accounts"))
    return named("Namespace", "v1", ["default", "kube-system"])
def resources(version, kinds, bound):
    return {"kind": "APIResourceList", "groupVersion": version, "resources": [
        {"name": name, "kind": kind, "namespaced": name in bound, "verbs": ["get", "list"]} for name, kind in kinds.items()]}
def answer(path):
    last = path.split("/")[-1]
    if path == "/version": return {"major": "1", "minor": "34", "gitVersion": told("version")[0]}
    if path == "/api": return {"kind": "APIVersions", "versions": ["v1"]}
    if path == "/apis": return {"kind": "APIGroupList", "apiVersion": "v1", "groups": [{"name": RBAC.split("/")[0],
        "versions": [{"groupVersion": RBAC, "version": "v1"}], "preferredVersion": {"groupVersion": RBAC, "version": "v1"}}]}
    if path == "/api/v1": return resources("v1", CORE, ["services", "serviceaccounts", "configmaps"])
    if path == "/apis/" + RBAC: return resources(RBAC, ROLES, [])
    if last in CORE or last in ROLES:
        return {"kind": {**CORE, **ROLES}[last] + "List", "apiVersion": RBAC if last in ROLES else "v1", "metadata": {}, "items": items(last)}
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        found = answer(self.path.split("?")[0])
        text = json.dumps(found or {"kind": "Status", "apiVersion": "v1", "status": "Failure", "reason": "NotFound", "code": 404}).encode()
        self.send_response(200 if found else 404)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)
    def log_message(self, *words): pass
http.server.ThreadingHTTPServer(("127.0.0.1", ${PORT}), Handler).serve_forever()`;

const ADMIN = `apiVersion: v1
kind: Config
clusters: [{name: lab, cluster: {server: "http://127.0.0.1:${PORT}"}}]
contexts: [{name: lab, context: {cluster: lab, user: ""}}]
current-context: lab`;

const API_MANIFEST = `apiVersion: v1
kind: Pod
spec:
  containers:
  - command:
    - kube-apiserver
    - --allow-privileged=true
    - --authorization-mode=Node,RBAC
    - --secure-port=6443
    - --service-node-port-range=30000-32767`;

const DAEMON = `#!/bin/sh
[ "$1" != --version ] || { echo "Kubernetes v1.34.1"; exit 0; }
sleep infinity & wait`;

const UNITS = ['kubelet', 'kube-proxy', 'calico-node', 'lab-api-server'];

/** Shell text that starts a stand-in, again where it runs. The kernel names a script by its own file. */
export const daemon = (name: string, properties: string, ...args: readonly string[]): string =>
  `{ systemctl --quiet stop ${name} 2>/dev/null; systemd-run --quiet --collect --unit=${name} --service-type=exec ${properties} ${name === 'kubelet' ? '/usr/bin/kubelet' : `${CLUSTER}/${name}`} ${args.join(' ')}; }`;

export const kubelet = (properties = ''): string =>
  daemon(
    'kubelet',
    properties,
    '--kubeconfig=/etc/kubernetes/kubelet.conf',
    `--config=${KUBELET_CONFIG}`,
  );
export const kubeProxy = (mode: string): string => daemon('kube-proxy', '', `--proxy-mode=${mode}`);

const told: Readonly<Record<string, string>> = {
  version: 'v1.34.1',
  ready: 'True',
  external: '203.0.113.9',
  accounts: 'calico-node calico-kube-controllers calico-cni-plugin',
  roles: 'calico-node calico-kube-controllers calico-cni-plugin',
};

/** Shell text that lets the API server say something else. */
export const tell = (name: string, text: string): string => `echo ${text} > ${CLUSTER}/${name}`;
/** Shell text that lets it say what it said first. */
export const untell = (name: string): string => tell(name, told[name] ?? '');

/** A control-plane node of kubeadm with Calico on it, as far as files and processes show one. */
export const kubernetes = {
  what: 'stand-ins for kubelet, kube-proxy, calico-node and an API server that a real kubectl asks',
  set: ({ address }: Names): string =>
    [
      `[ ! -e ${CLUSTER}/api.py ] || exit 0`,
      write(`${CLUSTER}/api.py`, API_SERVER),
      ...Object.keys(told).map(untell),
      tell('address', address),
      write('/usr/bin/kubelet', DAEMON),
      'chmod 755 /usr/bin/kubelet',
      `cp /usr/bin/kubelet ${CLUSTER}/kube-proxy && cp /usr/bin/kubelet ${CLUSTER}/calico-node`,
      write(MANIFEST, API_MANIFEST),
      write('/etc/kubernetes/admin.conf', ADMIN),
      ': > /etc/kubernetes/kubelet.conf',
      write(KUBELET_CONFIG, 'kind: KubeletConfiguration\nmaxPods: 110'),
      write(KUBELET_FLAGS, 'KUBELET_KUBEADM_ARGS=""'),
      `systemd-run --quiet --collect --unit=lab-api-server python3 ${CLUSTER}/api.py`,
      kubelet(),
      kubeProxy('iptables'),
      daemon('calico-node', ''),
      `until ss -Hlnt | grep -q :${PORT}; do sleep 0.05; done`,
    ].join(' &&\n'),
  clear: (): string =>
    `systemctl --quiet stop ${UNITS.join(' ')} 2>/dev/null; rm -rf ${CLUSTER} /etc/kubernetes /var/lib/kubelet /usr/bin/kubelet`,
};
