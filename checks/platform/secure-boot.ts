import { defineCheck, pass, unknown, warn, type Verdict } from '../../src/domain/check.js';
import type { Intent } from '../../src/domain/intent.js';
import { reason } from '../../src/domain/reason.js';
import { kernelState, type KernelState } from '../probes/kernel-state.js';

const concerns = ({ dataplane, wireguard }: Intent): readonly string[] => [
  ...(wireguard === 'none'
    ? []
    : ['a wireguard module that is not part of the kernel must be signed with an enrolled key']),
  ...(dataplane === 'ebpf' ? ['the kernel may be locked down (kernel/lockdown judges that)'] : []),
];

function judge({ places, secureBoot }: KernelState, intent: Intent): Verdict {
  if (secureBoot === true) {
    const care = concerns(intent);
    return care.length === 0
      ? pass('Secure Boot is on, and this intent needs no module from outside the kernel')
      : warn(`Secure Boot is on: ${care.join('; ')}`, 'signed modules, or Secure Boot off');
  }
  if (secureBoot === false) return pass('Secure Boot is off');
  return places.get('/sys/firmware/efi') === false
    ? pass('the node was not started by UEFI, so there is no Secure Boot')
    : unknown(
        reason('not-run', 'the firmware does not tell whether Secure Boot is on'),
        'Run mokutil --sb-state on the node.',
      );
}

/** With Secure Boot distributions lock the kernel down and load signed modules alone. */
export const secureBoot = defineCheck({
  id: 'platform/secure-boot',
  title: 'Secure Boot keeps nothing out that Calico loads',
  why: 'With Secure Boot the kernels of distributions load only signed modules and are locked down. Modules of the distribution are signed; a WireGuard module built on the node is not, unless its key was enrolled.',
  sources: [
    {
      page: 'talos#8117',
      url: 'https://github.com/siderolabs/talos/issues/8117',
      date: '2026-08-22',
      says: 'With Secure Boot the kernel of Talos is locked down in the mode confidentiality; that most other distributions take integrity is unverified.',
    },
  ],
  severity: 'recommended',
  waivable: true,
  rule: (intent) =>
    concerns(intent).length === 0
      ? 'Nothing in this intent is kept out by Secure Boot: on and off pass.'
      : `Off passes, and so does a node without UEFI. On is a warning: ${concerns(intent).join('; ')}.`,
  breaks: ['modules that were built on the node, such as WireGuard for kernels before 5.6'],
  needs: { kernelState },
  judge: (facts, { intent }) => judge(facts.kernelState, intent),
});
