import { defineCheck, pass, unknown, warn, type Verdict } from '../../src/domain/check.js';
import type { Fix } from '../../src/domain/fix.js';
import { reason } from '../../src/domain/reason.js';
import { hostFiles, type HostFiles } from '../probes/host-files.js';
import { processes, running, type Process } from '../probes/processes.js';
import type { HostPath } from '../requirements/host-paths.js';
import { pageB } from '../requirements/sources.js';

type Facts = { readonly files?: HostFiles; readonly daemons?: readonly Process[] };

const OF_CALICO = [
  '/var/lib/calico/nodename',
  '/etc/cni/net.d/10-calico.conflist',
  '/etc/cni/net.d/10-canal.conflist',
  '/etc/cni/net.d/calico-kubeconfig',
  '/etc/cni/net.d/calico-tls',
  '/opt/cni/bin/calico',
  '/opt/cni/bin/calico-ipam',
  '/etc/calico',
] as const satisfies readonly HostPath[];
const OF_FLANNEL = ['/var/lib/cni/flannel', '/run/flannel/subnet.env'] as const;
const OF_OTHERS = [
  '/var/run/cilium',
  '/opt/cni/bin/cilium-cni',
  '/var/lib/weave',
  '/opt/cni/bin/weave-net',
  '/var/run/antrea',
  '/var/run/kube-router',
] as const satisfies readonly HostPath[];

const EXPECTED = 'no files of a Calico that is gone, or of another network';

const there = (files: HostFiles, paths: readonly HostPath[]): readonly HostPath[] =>
  paths.filter((path) => ['file', 'directory', 'other'].includes(files.get(path) ?? 'missing'));

const others = (files: HostFiles, network: string): readonly HostPath[] =>
  there(files, network === 'flannel' ? OF_OTHERS : [...OF_FLANNEL, ...OF_OTHERS]);

const calicoRuns = (daemons: readonly Process[]): boolean =>
  running(daemons, 'calico-node', 'calico-felix').length > 0;

function judge({ files, daemons }: Facts, network: string): Verdict {
  if (files === undefined) {
    return unknown(
      reason('not-run', 'nobody looked for files of a network'),
      'Audit the node itself.',
    );
  }
  const own = there(files, OF_CALICO);
  const foreign = others(files, network);
  const isGone = daemons !== undefined && !calicoRuns(daemons);
  const stale = [...(isGone ? own : []), ...foreign];
  if (stale.length > 0) {
    const whose =
      isGone && own.length > 0 ? 'Calico does not run, and left ' : 'left by another network: ';
    return warn(`${whose}${stale.slice(0, 6).join(', ')}`, EXPECTED);
  }
  if (own.length === 0) return pass('no files of an earlier network');
  return daemons === undefined
    ? unknown(
        reason(
          'not-run',
          `${own.slice(0, 3).join(', ')} are there, and nobody looked whether Calico runs`,
        ),
        'Audit the node itself.',
      )
    : pass('the files there belong to the Calico that runs');
}

function fixes({ files = new Map(), daemons }: Facts, network: string): readonly Fix[] {
  const isGone = daemons !== undefined && !calicoRuns(daemons);
  const paths = [...(isGone ? there(files, OF_CALICO) : []), ...others(files, network)];
  if (paths.length === 0) return [];
  const aside = (path: string): string => `${path}.before-calico`;
  return [
    {
      way: 'set-aside',
      summary: `Rename ${paths.join(', ')}.`,
      kind: 'disruptive',
      consentWord: 'set-aside',
      loses: ['If that network is used after all, its pods on this node lose it.'],
      files: [],
      units: [],
      commands: paths.map((path) => `/bin/mv ${path} ${aside(path)}`),
      undoCommands: paths.map((path) => `/bin/mv ${aside(path)} ${path}`),
      disturbsNetwork: true,
      needsReboot: true,
      byHandOnly: true,
      byHand:
        'Remove what the old network left as its documentation says, then restart the node: interfaces, rules, IP sets and programs in the kernel go only with that.',
    },
  ];
}

/** Facts 8.1 and 11 F17: an old nodename gives two nodes one identity; old configuration gives pods a dead network. */
export const leftovers = defineCheck({
  id: 'cni/leftovers',
  title: 'Nothing is left of an earlier network',
  why: 'With files of an earlier installation the runtime gives pods a network that nobody serves, an old /var/lib/calico/nodename gives the node another name than its own, and programs of Cilium stay on the interfaces after it was removed.',
  sources: [
    pageB(
      'B16',
      'kubernetes-requirements',
      'A cluster that already uses another network provider cannot be migrated to Calico.',
    ),
    {
      page: 'Calico issue 2561',
      url: 'https://github.com/projectcalico/calico/issues/2561',
      date: '2026-08-20',
      says: 'After changing from flannel to Calico, what flannel left behind kept pods from working.',
    },
    {
      page: 'Calico issue 7835',
      url: 'https://github.com/projectcalico/calico/issues/7835',
      date: '2026-08-20',
      says: 'There is no removal script any more; a restart is the clean way to be rid of old state.',
    },
  ],
  severity: 'recommended',
  waivable: true,
  rule: ({ network }) =>
    `Warns when Calico's files are there and no calico-node runs, and when files of ${network === 'flannel' ? '' : 'flannel, '}Cilium, Weave Net, Antrea or kube-router are there.`,
  breaks: [
    'pods that are made before Calico has written its own files',
    'the name of the node in Calico',
  ],
  needs: {},
  witnesses: { files: hostFiles, daemons: processes },
  judge: (facts, { intent }) => judge(facts, intent.network),
  fixes: (facts, { intent }) => fixes(facts, intent.network),
  example: { files: new Map([['/var/lib/calico/nodename', 'file'] as const]), daemons: [] },
});
