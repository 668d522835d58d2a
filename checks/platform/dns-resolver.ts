import { defineCheck, notApplicable, pass, warn, type Verdict } from '../../src/domain/check.js';
import type { Fix } from '../../src/domain/fix.js';
import { resolvConf, type ResolvConf, type Resolvers } from '../probes/resolv-conf.js';

const RESOLV = '/etc/resolv.conf';
const RESOLVED = '/run/systemd/resolve/resolv.conf';
const EXPECTED = 'a list of name servers without loopback addresses for the kubelet to hand on';

const isLoopback = (address: string): boolean =>
  /^127\./.test(address) || address === '::1' || /^::ffff:127\./i.test(address);

const loops = ({ nameservers }: ResolvConf): readonly string[] => nameservers.filter(isLoopback);

const fileOf = ({ files }: Resolvers, path: string): ResolvConf | undefined =>
  files.find(({ file }) => file === path);

function judge(resolvers: Resolvers): Verdict {
  const path = resolvers.kubelet === null || resolvers.kubelet === '' ? RESOLV : resolvers.kubelet;
  const used = fileOf(resolvers, path);
  if (used === undefined) {
    return path === RESOLV
      ? notApplicable(`there is no ${RESOLV}: pods get no name servers of the node`)
      : warn(`the kubelet hands on ${path}, which is not there or may not be read`, EXPECTED);
  }
  const bad = loops(used);
  if (bad.length > 0) {
    const other = fileOf(resolvers, RESOLVED);
    const hint =
      other !== undefined && loops(other).length === 0 ? `; ${RESOLVED} has real ones` : '';
    return warn(
      `${path} names ${bad.slice(0, 3).join(', ')}, which in a pod is the pod itself${hint}`,
      EXPECTED,
    );
  }
  return pass(
    used.nameservers.length === 0
      ? `${path} names no server`
      : `${path} names ${used.nameservers.slice(0, 3).join(', ')}`,
  );
}

function fixes(resolvers: Resolvers): readonly Fix[] {
  const real = fileOf(resolvers, RESOLVED);
  if (real === undefined || loops(real).length > 0) return [];
  return [
    {
      way: 'kubelet',
      summary: `Let the kubelet hand ${RESOLVED} to pods.`,
      kind: 'safe',
      loses: [],
      files: [],
      units: [],
      commands: [
        `/bin/sed -i.before-calico -e '/^resolvConf:/d' -e '$a resolvConf: ${RESOLVED}' /var/lib/kubelet/config.yaml`,
        '/bin/systemctl restart kubelet',
      ],
      undoCommands: [
        '/bin/mv /var/lib/kubelet/config.yaml.before-calico /var/lib/kubelet/config.yaml',
        '/bin/systemctl restart kubelet',
      ],
      disturbsNetwork: false,
      needsReboot: false,
      byHandOnly: true,
      byHand: `Set resolvConf: ${RESOLVED} in /var/lib/kubelet/config.yaml and restart the kubelet. kubeadm does so by itself where systemd-resolved runs when it sets a node up.`,
    },
  ];
}

/** Wildcard search domains would have to be asked over the network, which an audit does not do. */
export const dnsResolver = defineCheck({
  id: 'platform/dns-resolver',
  title: "The node's name servers can be reached from a pod",
  why: 'Pods get the name servers of the node. A stub on 127.0.0.53 is, in a pod, the pod itself: CoreDNS asks itself in a loop and ends, and calico-node and others then find no names.',
  sources: [
    {
      page: 'Embedded Cluster, host preflights',
      url: 'https://github.com/replicatedhq/embedded-cluster',
      date: '2026-08-22',
      says: 'A host whose resolv.conf names a loopback address, or whose search domain is a wildcard, is not taken.',
    },
    {
      page: 'Kubernetes, debugging DNS resolution',
      url: 'https://kubernetes.io/docs/tasks/administer-cluster/dns-debugging-resolution/',
      date: '2026-08-22',
      says: 'With systemd-resolved the kubelet must be given /run/systemd/resolve/resolv.conf; kubeadm does this by itself.',
    },
  ],
  severity: 'recommended',
  waivable: true,
  rule: () =>
    "Judges the file that the kubelet's resolvConf names, else /etc/resolv.conf: a loopback name server is a warning. Wildcard search domains are not looked for, since that needs questions to a name server.",
  breaks: ['names in pods, CoreDNS first'],
  needs: { resolvers: resolvConf },
  judge: ({ resolvers }) => judge(resolvers),
  fixes: ({ resolvers }) => fixes(resolvers),
  example: {
    resolvers: {
      files: [
        { file: RESOLV, nameservers: ['127.0.0.53'], searches: [] },
        { file: RESOLVED, nameservers: ['192.0.2.53'], searches: [] },
      ],
      kubelet: null,
    },
  },
});
