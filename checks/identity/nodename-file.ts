import { defineCheck, fail, pass, unknown, warn } from '../../src/domain/check.js';
import { calicoNodename } from '../probes/calico-nodename.js';
import { hostname as hostnameProbe } from '../probes/hostname.js';
import { kubernetesFiles } from '../probes/kubernetes-files.js';
import { processes } from '../probes/processes.js';
import { reason } from '../../src/domain/reason.js';
import { refusal } from './hostname.js';
import { overrideOf } from './override.js';

const shortOf = (name: string): string => name.split('.')[0] ?? '';

export const nodenameFile = defineCheck({
  id: 'identity/nodename-file',
  title: 'The node name that Calico left on disk is still the right one',
  why: 'The CNI plug-in takes the name of the node from /var/lib/calico/nodename. After a node was renamed or cloned the old name stays there, and pods are booked on a node that is another or gone.',
  sources: [
    {
      page: 'Stale node name: calico issues 2521, 1627, 1572',
      url: 'https://github.com/projectcalico/calico/issues/2521',
      date: '2026-08-23',
      says: 'A nodename file that is not the name of the node gives duplicate tunnel addresses; deleting it and restarting calico-node mends it.',
    },
  ],
  severity: 'recommended',
  waivable: true,
  rule: () =>
    'Passes without the file, and when its name is the host name, its short form, the name in the inventory or that of --hostname-override. Fails on a name that Kubernetes refuses or a line end in the file; warns on any other name, which an override that was not seen may have set.',
  needs: { file: calicoNodename },
  witnesses: { host: hostnameProbe, files: kubernetesFiles, processes },
  breaks: ['addresses of new pods on this node'],
  judge: ({ file, host, files, processes: all }, { node }) => {
    const { name, endsWithNewline } = file;
    if (name === null) return pass('there is no /var/lib/calico/nodename yet');
    const expected =
      'the name of this node, without a line end; else delete the file and restart calico-node';
    const why = refusal(name);
    if (why !== null) return fail(`/var/lib/calico/nodename says ${name}: ${why}`, expected);
    if (endsWithNewline) return fail('/var/lib/calico/nodename ends with a line end', expected);
    const override = overrideOf({ files, processes: all });
    if (override === name)
      return pass(`/var/lib/calico/nodename says ${name}, as --hostname-override of the kubelet`);
    if (host === undefined)
      return unknown(reason('not-run', 'the host name is not known'), 'Run uname -n on the node.');
    const own = override ?? host.hostname.toLowerCase();
    const same = [own, node.name.toLowerCase()].includes(name) || shortOf(name) === shortOf(own);
    return same
      ? pass(`/var/lib/calico/nodename says ${name}`)
      : warn(
          `/var/lib/calico/nodename says ${name}, and ${override === undefined ? 'the host is called' : '--hostname-override of the kubelet says'} ${own}`,
          `${expected} (right only when kubelet runs with --hostname-override=${name})`,
        );
  },
  fixes: () => [
    {
      way: 'delete',
      summary: 'Delete /var/lib/calico/nodename; calico-node writes it again when it starts.',
      kind: 'disruptive',
      consentWord: 'delete',
      loses: ['Until calico-node is restarted no new pod starts on this node.'],
      files: [],
      units: [],
      commands: ['/bin/rm -f /var/lib/calico/nodename'],
      undoCommands: [],
      disturbsNetwork: false,
      needsReboot: false,
      byHandOnly: true,
      byHand:
        'Delete the file, delete the pod of calico-node on this node, and the Node of the old name.',
    },
  ],
  example: { file: { name: 'old-node', endsWithNewline: false }, host: { hostname: 'node-1' } },
});
