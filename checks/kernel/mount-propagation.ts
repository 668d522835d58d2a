import { defineCheck, fail, pass, unknown, warn, type Verdict } from '../../src/domain/check.js';
import type { Fix } from '../../src/domain/fix.js';
import type { Intent } from '../../src/domain/intent.js';
import { reason } from '../../src/domain/reason.js';
import { mountOf, mounts, type Mount, type Mounts } from '../probes/mounts.js';

/** What the init container of calico-node mounts with the propagation Bidirectional. */
const NEEDED = ['/sys/fs', '/run/calico'] as const;

/** The mounts that those paths lie on and that are not shared; null when the list has not even `/`. */
function notShared(list: Mounts): readonly Mount[] | null {
  const found = NEEDED.flatMap((path) => mountOf(list, path) ?? []);
  if (found.length < NEEDED.length) return null;
  return [...new Set(found)].filter(({ shared }) => !shared);
}

/** Only the manifest, and whatever runs eBPF, is known to pass mounts on (its manifest, and k0s#252). */
const skip = ({ calico, install, dataplane }: Intent): string | null => {
  if (calico === '3.0') return 'Calico 3.0 passes on no mounts';
  return install === 'manifest' || dataplane === 'ebpf'
    ? null
    : 'the operator is not known to pass mounts on without eBPF';
};

const names = (list: readonly Mount[]): string =>
  list.map(({ point, type }) => `${point} (${type})`).join(', ');

function judge(list: Mounts): Verdict {
  const privately = notShared(list);
  if (privately === null) {
    return unknown(reason('garbled', 'the list of mounts has no mount of /'));
  }
  const expected = 'shared mounts, as systemd makes them at boot';
  if (privately.length > 0) {
    return fail(`not shared: ${names(privately)}`, expected);
  }
  const root = mountOf(list, '/');
  return root?.shared === true
    ? pass('/, /sys and /run are shared')
    : warn('not shared: /', 'a shared /, for volumes of pods that ask for it');
}

const fix: Fix = {
  way: 'rshared',
  summary: 'Share every mount with the namespaces of containers, until the next boot.',
  kind: 'safe',
  loses: [],
  files: [],
  units: [],
  commands: ['/bin/mount --make-rshared /'],
  undoCommands: [],
  disturbsNetwork: false,
  needsReboot: false,
  byHandOnly: true,
  byHand:
    'Run mount --make-rshared / before the kubelet starts, and make that permanent: with systemd it is so by default, with another init put it into its start-up scripts. Undo with mount --make-private on the mounts that were named.',
};

/** The kubelet refuses a Bidirectional mount of a path that is not on a shared mount. */
export const mountPropagation = defineCheck({
  id: 'kernel/mount-propagation',
  title: 'The mounts that calico-node passes on are shared',
  why: 'The init container of calico-node mounts /sys/fs and /var/run/calico with the propagation Bidirectional, for which their mounts must be shared. Else it does not start: path "/sys/fs/" is mounted on "/sys" but it is not a shared mount.',
  sources: [
    {
      page: 'k0s#252',
      url: 'https://github.com/k0sproject/k0s/issues/252',
      date: '2026-08-22',
      says: 'calico-node does not start where /sys is not a shared mount; mount --make-rshared / helps.',
    },
    {
      page: 'Manifest calico.yaml',
      url: 'https://github.com/projectcalico/calico/blob/v3.32.1/manifests/calico.yaml',
      date: '2026-06-24',
      says: 'The init container (mount-bpffs up to 3.30, ebpf-bootstrap from 3.31) mounts both with mountPropagation Bidirectional.',
    },
  ],
  severity: 'required',
  waivable: true,
  skip,
  rule: (intent) =>
    skip(intent) === null
      ? 'The mounts that /sys/fs and /run/calico lie on must be shared, as process 1 sees them: otherwise the check fails. A / that is not shared is a warning.'
      : `Not needed: ${skip(intent) ?? ''}.`,
  breaks: ['calico-node: its init container does not start'],
  needs: { mounts },
  judge: (facts) => judge(facts.mounts),
  fixes: () => [fix],
  example: {
    mounts: ['/', '/sys', '/run'].map((point) => ({
      point,
      type: point === '/sys' ? 'sysfs' : 'ext4',
      root: '/',
      options: new Set(['rw']),
      shared: false,
    })),
  },
});
