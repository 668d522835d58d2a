import { defineCheck, pass, unknown, warn, type Verdict } from '../../src/domain/check.js';
import { usesVxlan, type Intent } from '../../src/domain/intent.js';
import { compareKernelVersions, parseKernelVersion } from '../../src/domain/kernel-version.js';
import { reason } from '../../src/domain/reason.js';
import { netDevices, type NetDevices } from '../probes/net-devices.js';
import { unameR } from '../probes/uname-r.js';
import { isAtLeast } from '../requirements/releases.js';

type Facts = { readonly release?: string; readonly devices?: NetDevices };

const EXPECTED = 'ChecksumOffloadBroken=true in featureDetectOverride, or the offload switched off';
/** 3.25 to 3.27 switch it off on every kernel; 3.28 and newer only below 5.7. */
const alwaysOff = ({ calico }: Intent): boolean => !isAtLeast(calico, '3.28');

function judge({ release = '', devices }: Facts, intent: Intent): Verdict {
  if (alwaysOff(intent)) return pass(`Calico ${intent.calico} switches the offload off by itself`);
  const kernel = parseKernelVersion(release);
  if (kernel !== null && compareKernelVersions(kernel, [5, 7]) < 0)
    return pass(`Calico switches the offload off by itself on kernel ${release}`);
  const cards = (devices?.devices ?? []).filter(({ driver }) => driver === 'vmxnet3');
  if (cards.length > 0) {
    const names = cards.slice(0, 5).map(({ name }) => name);
    return warn(`${names.join(', ')} is a vmxnet3 adapter and the offload stays on`, EXPECTED);
  }
  if (release.startsWith('5.8.'))
    return warn(`kernel ${release} is of a line that lost VXLAN packets`, EXPECTED);
  if (kernel === null || devices === undefined) {
    const why = reason('not-run', 'the kernel and the drivers of the adapters are not both known');
    return unknown(why, 'Run uname -r and ethtool -i on the adapter of the node.');
  }
  return pass(`no adapter that is known for it, kernel ${release}`);
}

export const checksumOffload = defineCheck({
  id: 'interfaces/checksum-offload',
  title: 'Checksum offload does not damage VXLAN packets',
  why: 'Some kernels and virtual adapters compute wrong UDP checksums for VXLAN packets that were also rewritten by NAT: they are dropped, and connections to services hang for a minute.',
  sources: [
    {
      page: 'Checksum offload: calico issues 3145, 4865, 7040, 9433',
      url: 'https://github.com/projectcalico/calico/issues/9433',
      date: '2026-08-23',
      says: 'Felix switched the offload off below kernel 5.7 (3.20), on all kernels up to 3.27 (PR 6842), and again only below 5.7 from 3.28 (PR 8746); vmxnet3 and Ubuntu 5.8 then failed.',
    },
  ],
  severity: 'recommended',
  waivable: true,
  skip: (intent) => {
    if (!usesVxlan(intent)) return 'VXLAN is not used';
    return intent.calico === '3.0' ? 'Calico 3.0 makes no VXLAN device' : null;
  },
  rule: (intent) =>
    alwaysOff(intent)
      ? 'Passes: up to 3.27 Calico switches the offload off on every kernel.'
      : 'Passes below kernel 5.7, where Calico switches the offload off; above it warns on vmxnet3 adapters and on kernel 5.8.',
  needs: {},
  witnesses: { release: unameR, devices: netDevices },
  breaks: ['services whose pods are on other nodes, over VXLAN'],
  alternatives: () => ['encapsulation: ipip'],
  judge: (facts, { intent }) => judge(facts, intent),
  settings: () => [
    {
      installation: null,
      manifest: 'FELIX_FEATUREDETECTOVERRIDE',
      value: 'ChecksumOffloadBroken=true',
      why: 'VXLAN packets get wrong checksums on adapters or kernels of this fleet',
    },
  ],
});
