import { defineCheck, fail, pass, unknown, type Verdict } from '../../src/domain/check.js';
import { reason } from '../../src/domain/reason.js';
import { sysctlA, type Sysctls } from '../probes/sysctl-a.js';
import { sysctlFix } from './sysctl-fix.js';

const LIMITS = [
  { key: 'fs.inotify.max_user_instances', least: 8192 },
  { key: 'fs.inotify.max_user_watches', least: 524_288 },
] as const;

const tooLow = (values: Sysctls): (typeof LIMITS)[number][] =>
  LIMITS.filter(({ key, least }) => Number(values.get(key)) < least);

function judge(values: Sysctls): Verdict {
  const missing = LIMITS.filter(({ key }) => !/^\d{1,15}$/.test(values.get(key) ?? ''));
  if (missing.length > 0) {
    return unknown(
      reason('not-run', `no output tells ${missing.map(({ key }) => key).join(' and ')}`),
      'Give sysctl-a.txt (sysctl -a).',
    );
  }
  const found = LIMITS.map(({ key }) => `${key} = ${values.get(key) ?? ''}`).join(', ');
  return tooLow(values).length === 0
    ? pass(found)
    : fail(found, LIMITS.map(({ key, least }) => `${key} of ${String(least)} or more`).join(', '));
}

/** All containers of a node share the limits of one user: root. */
export const inotifyLimits = defineCheck({
  id: 'kernel/inotify-limits',
  title: 'The limits of inotify suffice for a node full of pods',
  why: 'The kubelet, the container runtime, Felix and many pods watch files, all as root, and the kernel counts them together. With the default of 128 instances later ones fail with "too many open files".',
  sources: [
    {
      page: 'RKE2, known issues',
      url: 'https://docs.rke2.io/known_issues',
      date: '2026-08-20',
      says: 'Nodes with many pods need fs.inotify.max_user_instances=8192 and fs.inotify.max_user_watches=524288.',
    },
  ],
  severity: 'recommended',
  waivable: true,
  rule: () =>
    `${LIMITS.map(({ key, least }) => `${key} of ${String(least)} or more`).join(' and ')} passes; less is a warning. The values are those that RKE2 documents and kubespray sets; Calico names none.`,
  breaks: ['pods and plug-ins that watch files, on nodes with many of them'],
  needs: { sysctlA },
  judge: (facts) => judge(facts.sysctlA),
  fixes: (facts) => [
    sysctlFix(
      'inotify',
      'Raise the limits of inotify, now and at every boot.',
      tooLow(facts.sysctlA).map(({ key, least }) => ({
        key,
        value: String(least),
        now: facts.sysctlA.get(key),
      })),
    ),
  ],
  // The default of Linux, and what a machine with little memory has.
  example: {
    sysctlA: new Map([
      ['fs.inotify.max_user_instances', '128'],
      ['fs.inotify.max_user_watches', '65536'],
    ]),
  },
});
