import { defineCheck, fail, pass, unknown, warn, type Source } from '../../src/domain/check.js';
import { reason } from '../../src/domain/reason.js';
import { hostnamectl, type Hostnamectl } from '../probes/hostnamectl.js';
import { hostname as hostnameProbe } from '../probes/hostname.js';
import { kubernetesFiles } from '../probes/kubernetes-files.js';
import { processes } from '../probes/processes.js';
import { unameA } from '../probes/uname-a.js';
import { overrideOf } from './override.js';

// The expression of the error that Calico itself prints for a node name, which is Kubernetes' own for a subdomain.
const VALID = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?$/;

/** Why Kubernetes and Calico refuse this node name; null when they take it (RFC 1123, lower case). */
export function refusal(name: string): string | null {
  if (name.length > 253) return 'it is longer than 253 characters';
  const labels = name.split('.');
  const bad = labels.find((label) => !VALID.test(label));
  if (bad === undefined) {
    return labels.some((label) => label.length > 63) ? 'a part is longer than 63 characters' : null;
  }
  if (bad === '') return 'a part between dots is empty';
  return /^-|-$/.test(bad)
    ? 'a part begins or ends with a dash'
    : 'it has characters beside letters, digits, dashes and dots';
}

export const RFC_1123: Source = {
  page: 'RFC 1123 subdomain names',
  url: 'https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#dns-subdomain-names',
  date: '2026-08-21',
  says: 'Node names are lower-case letters, digits, dashes and dots, and begin and end with a letter or digit.',
};

// What systemd prints for a static name that was never set: `(unset)`, `n/a` in older releases.
const nameSet = (name = ''): string | undefined =>
  ['', '(unset)', 'n/a'].includes(name) ? undefined : name;

// kubelet asks the kernel, whose name is the transient one (hostnamectl(1), hostname(5)); the line is left out where both are the same.
export const nameOf = (told: Hostnamectl | undefined): string | undefined =>
  nameSet(told?.transientHostname) ?? nameSet(told?.staticHostname);

export const hostname = defineCheck({
  id: 'identity/hostname',
  title: 'The host name can be a node name',
  why: 'kubelet names the node after the host, and calico-node takes the name of the Node, or without it that of the host. With an underscore the API refuses the name; where a name is set by hand in one of the two only, they differ and Calico never finds its node.',
  sources: [
    RFC_1123,
    {
      page: 'calico/node refuses to start if hostname is not lower case',
      url: 'https://github.com/projectcalico/calico/issues/1572',
      date: '2018-04-12',
      says: 'Calico refused such names; since 3.0 it makes the names that it finds by itself lower-case.',
    },
  ],
  disagreement:
    'Issue 1572 (2018) says that calico/node refuses a name with capitals. Since then calico-node lowers the names that it finds by itself (utils.DetermineNodeName: NODENAME, /var/lib/calico/nodename, HOSTNAME, the host name; read 2026-08-22), and the manifests and the operator give it the name of the Node in NODENAME. The code judges: capitals are a warning.',
  rule: () =>
    'The name is that of --hostname-override where a kubelet has it, else that of the host. A lower-case RFC 1123 name passes; upper-case letters warn, because both programs lower them; any other name fails.',
  severity: 'required',
  waivable: true,
  needs: {},
  witnesses: {
    kernel: hostnameProbe,
    uname: unameA,
    hostnamectl,
    files: kubernetesFiles,
    processes,
  },
  breaks: ['registration of the node with Kubernetes and Calico'],
  judge: ({ kernel, uname, hostnamectl: told, files, processes: all }) => {
    const override = overrideOf({ files, processes: all });
    const name = override ?? kernel?.hostname ?? uname?.hostname ?? nameOf(told);
    if (name === undefined)
      return unknown(
        reason('not-run', 'no witness tells the host name'),
        'Run uname -n on the node.',
      );
    const why = refusal(name.toLowerCase());
    const expected =
      'a lower-case RFC 1123 name; or kubelet with --hostname-override and calico-node with the same name';
    const by = override === undefined ? '' : ', by --hostname-override of the kubelet';
    if (why !== null) return fail(`${name}${by}: ${why}`, expected);
    if (/[A-Z]/.test(name)) {
      return warn(
        `${name} has upper-case letters; kubelet and calico-node make ${name.toLowerCase()} of it`,
        expected,
      );
    }
    return /^localhost(?:\.|$)/.test(name)
      ? warn(`${name} is the name of every host that was never named`, 'a name of its own')
      : pass(`${name}${by}`);
  },
});
