import { defineCheck, pass, unknown, warn, type Verdict } from '../../src/domain/check.js';
import { usesVxlan, type Intent } from '../../src/domain/intent.js';
import { reason } from '../../src/domain/reason.js';
import { hostFiles, type HostFiles } from '../probes/host-files.js';
import { listeningSockets, type ListeningSockets } from '../probes/listening-sockets.js';

type Facts = { readonly files?: HostFiles; readonly sockets?: ListeningSockets };

const STATE = '/var/lib/docker/swarm/docker-state.json';
const TASKS = '/var/lib/docker/swarm/worker/tasks.db';
/** Nodes of a swarm find each other there; 2377 is the managers' own. */
const GOSSIP = 7946;
const SWARM_VXLAN = 4789;

/** True, false, or null when nobody can tell. Without the port open there is no swarm, whatever files it left. */
function isInSwarm({ files, sockets }: Facts): boolean | null {
  const kinds = [files?.get(STATE), files?.get(TASKS)];
  const gossip = sockets?.sockets.filter(
    ({ port, protocol }) => port === GOSSIP && protocol === 'tcp',
  );
  if (gossip?.length === 0) return false;
  const isDockers = gossip?.some(({ processes }) => processes.includes('dockerd')) === true;
  if (isDockers || (gossip !== undefined && kinds.includes('file'))) return true;
  return kinds.every((kind) => kind === 'missing') ? false : null;
}

function judge(facts: Facts, { vxlanPort }: Intent): Verdict {
  const inSwarm = isInSwarm(facts);
  if (inSwarm === null) {
    return unknown(
      reason('denied', 'whether Docker is part of a swarm may not be seen'),
      'Look with: docker info --format {{.Swarm.LocalNodeState}}',
    );
  }
  if (!inSwarm) return pass('no Docker swarm on this node');
  return vxlanPort === SWARM_VXLAN
    ? warn(
        `a Docker swarm runs here, whose overlay networks use UDP ${String(SWARM_VXLAN)} as Calico's VXLAN does`,
        'no swarm on the node, or different VXLAN ports for both',
      )
    : pass(`a Docker swarm runs here, and Calico's VXLAN uses UDP ${String(vxlanPort)}`);
}

export const dockerSwarmVxlan = defineCheck({
  id: 'platform/docker-swarm-vxlan',
  title: "No Docker swarm takes the port of Calico's VXLAN",
  why: "A swarm's overlay networks are VXLAN on UDP 4789, with network numbers from 4096 on, where Calico's is too. Packets of the one then arrive at the other.",
  sources: [
    {
      page: 'Calico issue 9433',
      url: 'https://github.com/projectcalico/calico/issues/9433',
      date: '2026-08-20',
      says: 'VXLAN on UDP 4789 was taken by something else below; with another port it worked.',
    },
    {
      page: 'FelixConfiguration, vxlanPort',
      url: 'https://docs.tigera.io/calico/latest/reference/resources/felixconfig',
      date: '2026-08-21',
      says: 'The UDP port of VXLAN is 4789 unless vxlanPort says otherwise.',
    },
  ],
  severity: 'recommended',
  waivable: true,
  skip: (intent) => (usesVxlan(intent) ? null : 'this intent uses no VXLAN'),
  rule: ({ vxlanPort }) =>
    vxlanPort === SWARM_VXLAN
      ? "Warns when this node is part of a Docker swarm, seen by the swarm's port TCP 7946 and the state that Docker keeps."
      : `Passes: VXLAN uses UDP ${String(vxlanPort)}, and a swarm UDP ${String(SWARM_VXLAN)}.`,
  breaks: ['VXLAN between nodes'],
  alternatives: (intent) =>
    intent.dataplane === 'ebpf' || intent.network !== 'calico'
      ? ['vxlanPort: 4799']
      : ['vxlanPort: 4799', 'encapsulation: ipip'],
  needs: {},
  witnesses: { files: hostFiles, sockets: listeningSockets },
  judge: (facts, { intent }) => judge(facts, intent),
  settings: () => [
    {
      installation: null,
      manifest: 'FELIX_VXLANPORT',
      value: 4799,
      why: "Calico's VXLAN keeps out of the way of the swarm on UDP 4789.",
    },
  ],
});
