import { defineCheck, unknown } from '../../src/domain/check.js';
import { compareKernelVersions, parseKernelVersion } from '../../src/domain/kernel-version.js';
import { reason } from '../../src/domain/reason.js';
import { modprobeWireguard } from '../probes/modprobe-n.js';
import { WIREGUARD } from '../requirements/kernel-features.js';
import { pageB, pageToday } from '../requirements/sources.js';
import { judgeFeature, verdictOn } from './feature.js';
import { kernelWitnesses, releaseOf } from './witnesses.js';

const SAYS = 'WireGuard support when Calico encrypts traffic between nodes.';

/** WireGuard encrypts what travels between nodes. */
export const wireguard = defineCheck({
  id: 'kernel/wireguard',
  title: 'The kernel can do WireGuard',
  why: 'Where the kernel has no WireGuard, Felix says so in its log alone, and the traffic of this node stays unencrypted while the cluster looks encrypted.',
  sources: [
    pageB('B23', 'kernel-dependencies', SAYS),
    pageToday('kernel-dependencies', SAYS),
    {
      page: 'Encrypt in-cluster pod traffic',
      url: 'https://docs.tigera.io/calico/latest/network-policy/encrypt-cluster-pod-traffic',
      date: '2026-08-21',
      says: 'WireGuard is in Linux from 5.6 and was backported by some distributions.',
    },
  ],
  severity: 'required',
  waivable: true,
  skip: (intent) =>
    intent.wireguard === 'none' ? 'the intent (wireguard: none) uses no WireGuard' : null,
  rule: () =>
    'It passes when the module is loaded, built in or installed, or configured. On kernels below 5.6 a configuration without it is no answer, because distributions ship the module apart; from 5.6 on it fails.',
  breaks: ['encryption between nodes: traffic of this node stays in the clear'],
  alternatives: () => ['wireguard: none'],
  needs: {},
  witnesses: { ...kernelWitnesses, modprobeWireguard },
  judge: (facts) => {
    const state = judgeFeature(WIREGUARD, { ...facts, pasted: [facts.modprobeWireguard] });
    const version = parseKernelVersion(releaseOf(facts) ?? '');
    if (state.state !== 'silent' || version === null) return verdictOn(state);
    if (compareKernelVersions(version, WIREGUARD.mainline ?? []) >= 0) return verdictOn(state);
    return unknown(
      reason(
        'not-run',
        'before 5.6 WireGuard is no part of Linux, and nothing at hand tells whether the distribution ships it',
      ),
      'Run modprobe -n -v wireguard on the node, or audit the node itself.',
    );
  },
});
