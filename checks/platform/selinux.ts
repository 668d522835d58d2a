import { defineCheck, pass, unknown, warn, type Verdict } from '../../src/domain/check.js';
import { reason } from '../../src/domain/reason.js';
import { hostFiles, type HostFiles } from '../probes/host-files.js';
import { selinux as selinuxState, type Selinux } from '../probes/selinux.js';
import type { HostPath } from '../requirements/host-paths.js';

// container-selinux installs its module there (its Makefile), and semodule keeps it in the store of the policy.
const POLICY = [
  '/usr/share/selinux/packages/container.pp.bz2',
  '/usr/share/selinux/packages/container.pp',
  '/var/lib/selinux/targeted/active/modules/200/container',
  '/etc/selinux/targeted/active/modules/200/container',
] as const satisfies readonly HostPath[];

function judge({ now, configured }: Selinux, files: HostFiles): Verdict {
  const isOn = now === 'enforcing';
  if (!isOn && (now === 'absent' || configured !== 'enforcing')) {
    return pass(now === 'absent' ? 'the kernel runs without SELinux' : 'SELinux is permissive');
  }
  const when = isOn ? 'SELinux enforces' : 'SELinux enforces after the next start';
  const kinds = POLICY.map((path) => files.get(path) ?? 'hidden');
  if (kinds.includes('file') || kinds.includes('directory')) {
    return pass(`${when}, and the policy for containers is there`);
  }
  return kinds.includes('hidden')
    ? unknown(
        reason('denied', `${when}, and the store of its policy may not be read`),
        'Look with: sudo semodule -l | grep -w container',
      )
    : warn(`${when}, and the policy for containers (container-selinux) is not there`, EXPECTED);
}

const EXPECTED =
  'container-selinux installed (rke2-selinux or k3s-selinux with those), or SELinux not enforcing';

export const selinux = defineCheck({
  id: 'platform/selinux',
  title: 'SELinux lets containers of Calico reach the host',
  why: "Calico's installer writes its plug-in and its configuration on the host. Where SELinux enforces without the policy for containers, those writes are denied and every pod waits for a network.",
  sources: [
    {
      page: 'Calico issue 2704',
      url: 'https://github.com/projectcalico/calico/issues/2704',
      date: '2026-08-20',
      says: 'Under enforcing SELinux install-cni could not write to the host; its container is privileged in all manifests since then.',
    },
    {
      page: 'RKE2, known issues',
      url: 'https://docs.rke2.io/known_issues',
      date: '2026-08-20',
      says: 'On hosts where SELinux enforces, the policies container-selinux and rke2-selinux have to be installed.',
    },
  ],
  severity: 'recommended',
  waivable: true,
  rule: () =>
    'Passes where SELinux is absent or permissive, and where container-selinux is installed. Enforcing without it, now or after the next start, is a warning.',
  breaks: ["Calico's installer and calico-node, which cannot write to the host"],
  needs: { state: selinuxState, files: hostFiles },
  judge: ({ state, files }) => judge(state, files),
  fixes: () => [
    {
      way: 'policy',
      summary: 'Install the policy for containers.',
      kind: 'safe',
      loses: [],
      files: [],
      units: [],
      commands: ['/usr/bin/dnf -y install container-selinux'],
      undoCommands: ['/usr/bin/dnf -y remove container-selinux'],
      disturbsNetwork: false,
      needsReboot: false,
      byHandOnly: true,
      byHand:
        'Install container-selinux with the package manager of the distribution, with RKE2 or k3s also rke2-selinux or k3s-selinux.',
    },
  ],
  example: {
    state: { now: 'enforcing', configured: 'enforcing' },
    files: new Map(POLICY.map((path) => [path, 'missing'] as const)),
  },
});
