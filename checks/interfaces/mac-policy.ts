import { defineCheck, pass, unknown, warn, type Verdict } from '../../src/domain/check.js';
import type { Fix } from '../../src/domain/fix.js';
import { usesVxlan } from '../../src/domain/intent.js';
import { reason } from '../../src/domain/reason.js';
import { networkdFiles, type NetworkdFiles } from '../probes/networkd-files.js';
import { isAtLeast } from '../requirements/releases.js';
import { firstTaking, lastValue, SHAPES } from './networkd-match.js';

const PATH = '/etc/systemd/network/00-calico.link';
const NAMES = 'cali* tunl* vxlan.calico vxlan-v6.calico';
const TEXT = `# systemd-udevd keeps the hardware addresses that Calico sets.
[Match]
OriginalName=${NAMES}

[Link]
MACAddressPolicy=none
`;

function judge(files: NetworkdFiles): Verdict {
  const { version } = files;
  if (version === null) {
    const why = reason('not-run', 'the release of systemd is not known');
    return unknown(why, 'Run systemctl --version on the node.');
  }
  if (version < 242)
    return pass(`systemd ${String(version)} does not change addresses of virtual interfaces`);
  const shape = SHAPES.find(({ kind }) => kind === 'vxlan');
  const file = shape === undefined ? null : firstTaking(files, '.link', shape);
  const policy = file === null ? undefined : lastValue(file.lines, 'MACAddressPolicy');
  return policy === 'persistent'
    ? warn(
        `systemd ${String(version)} gives vxlan.calico an address of its own: ${file?.path ?? ''} says MACAddressPolicy=persistent`,
        'MACAddressPolicy=none for the interfaces of Calico',
      )
    : pass('no .link file changes the address of vxlan.calico');
}

const fix: Fix = {
  way: 'keep',
  summary: `Write ${PATH}, so that systemd-udevd keeps the addresses that Calico sets.`,
  kind: 'safe',
  loses: [],
  files: [{ path: PATH, content: TEXT, mode: '0644', expected: null }],
  units: [],
  commands: ['/usr/bin/udevadm control --reload'],
  undoCommands: ['/usr/bin/udevadm control --reload'],
  disturbsNetwork: false,
  needsReboot: false,
  byHandOnly: true,
  byHand: `Write ${PATH} ([Match] OriginalName=${NAMES} and [Link] MACAddressPolicy=none), then run udevadm control --reload.`,
};

export const macPolicy = defineCheck({
  id: 'interfaces/mac-policy',
  title: 'systemd keeps the hardware address of vxlan.calico',
  why: 'The other nodes know the tunnel end by an address that Calico computes. When systemd-udevd replaces it, packets are sent to an address that nobody has.',
  sources: [
    {
      page: 'MAC address policy: k3s issue 4188, antrea issue 4426, calico PR 8924',
      url: 'https://github.com/k3s-io/k3s/issues/4188',
      date: '2026-08-23',
      says: 'Since systemd 242 MACAddressPolicy=persistent of 99-default.link also changes virtual interfaces; Calico sets the VXLAN address again since 3.30.',
    },
  ],
  severity: 'recommended',
  waivable: true,
  skip: (intent) => {
    if (!usesVxlan(intent)) return 'VXLAN is not used';
    return intent.calico !== '3.0' && isAtLeast(intent.calico, '3.30')
      ? 'Calico sets the address again by itself since 3.30'
      : null;
  },
  rule: ({ calico }) =>
    isAtLeast(calico, '3.30')
      ? 'Not needed since 3.30, which mends the address by itself.'
      : 'With systemd 242 or newer, warns when the first .link file that matches vxlan.calico says MACAddressPolicy=persistent.',
  needs: { files: networkdFiles },
  breaks: ['VXLAN to this node'],
  judge: ({ files }) => judge(files),
  fixes: ({ files }) => (files.files.some(({ path }) => path === PATH) ? [] : [fix]),
  example: {
    files: {
      version: 252,
      files: [
        {
          path: '/usr/lib/systemd/network/99-default.link',
          text: '[Match]\nOriginalName=*\n[Link]\nMACAddressPolicy=persistent',
        },
      ],
    },
  },
});
