import { defineCheck, pass, unknown, warn, type Verdict } from '../../src/domain/check.js';
import type { Intent } from '../../src/domain/intent.js';
import { reason } from '../../src/domain/reason.js';
import { sysctlA, type Sysctls } from '../probes/sysctl-a.js';
import { sysctlFiles, type SysctlStatement } from '../probes/sysctl-files.js';
import { sysctlFix } from './sysctl-fix.js';

type Facts = {
  readonly sysctlA?: Sysctls;
  readonly sysctlFiles?: readonly SysctlStatement[];
};
type Family = { readonly key: string; readonly others: readonly string[] };

const IPV4: Family = { key: 'net.ipv4.ip_forward', others: ['net.ipv4.conf.all.forwarding'] };
const IPV6: Family = { key: 'net.ipv6.conf.all.forwarding', others: [] };

const familiesOf = ({ ipFamilies }: Intent): readonly Family[] => [
  ...(ipFamilies.includes('ipv4') ? [IPV4] : []),
  ...(ipFamilies.includes('ipv6') ? [IPV6] : []),
];
const valueOf = ({ key, others }: Family, values: Sysctls | undefined): string | undefined =>
  [key, ...others].map((name) => values?.get(name)).find((value) => value !== undefined);

/** The last word of the files on a family; undefined when they say nothing. */
const lastWord = (
  { key, others }: Family,
  statements: readonly SysctlStatement[] | undefined,
): SysctlStatement | undefined =>
  statements?.findLast((said) => said.key === key || others.includes(said.key));

function judge(facts: Facts, intent: Intent): Verdict {
  const families = familiesOf(intent);
  const expected = families.map(({ key }) => `${key} = 1`).join(', ');
  const off = families.filter((family) => valueOf(family, facts.sysctlA) === '0');
  const reset = families.flatMap((family) => {
    const word = lastWord(family, facts.sysctlFiles);
    return word?.value === '0' ? [`${word.file} sets ${word.key} = 0`] : [];
  });
  if (reset.length > 0) {
    return warn(
      `${reset.join(', ')}: forwarding ends when the files are read again`,
      `${expected}, and no file that sets 0`,
    );
  }
  if (off.length > 0) {
    return warn(
      `${off.map(({ key }) => `${key} = 0`).join(', ')} until Felix sets it; kubeadm refuses to start with it`,
      expected,
    );
  }
  const silent = families.filter((family) => valueOf(family, facts.sysctlA) === undefined);
  return silent.length > 0
    ? unknown(
        reason('not-run', `no output tells ${silent.map(({ key }) => key).join(' and ')}`),
        'Give sysctl-a.txt (sysctl -a).',
      )
    : pass(expected);
}

/** Felix switches forwarding on at its start; what is read later may switch it off again. */
export const sysctlIpForward = defineCheck({
  id: 'kernel/sysctl-ip-forward',
  title: 'The node forwards packets, and nothing switches that off',
  why: 'Pods reach each other through the node as a router. Felix switches forwarding on when it starts; wicked, hardening scripts and a later reading of /etc/sysctl.d switch it off again, and then pods lose every other node.',
  sources: [
    {
      page: 'Felix, what it sets at its start',
      url: 'https://github.com/projectcalico/calico/blob/master/felix/dataplane/linux/int_dataplane.go',
      date: '2026-08-22',
      says: 'Felix writes net.ipv4.ip_forward=1, and net.ipv6.conf.all.forwarding=1 where IPv6 is used.',
    },
    {
      page: 'RKE2, known issues',
      url: 'https://docs.rke2.io/known_issues',
      date: '2026-08-20',
      says: 'wicked reads the sysctl files again after a restart and may switch forwarding off.',
    },
  ],
  severity: 'recommended',
  waivable: true,
  rule: (intent) =>
    `${familiesOf(intent)
      .map(({ key }) => `${key} = 1`)
      .join(
        ' and ',
      )}, with no file of sysctl.d whose last word is 0, passes. 0 now is a warning, because Felix sets it itself while kubeadm asks for it before.`,
  disagreement:
    'The requirements pages do not mention it, and Felix sets it. kubeadm refuses a node without it.',
  breaks: ['traffic between pods of different nodes, once something switches forwarding off'],
  needs: {},
  witnesses: { sysctlA, sysctlFiles },
  judge: (facts, { intent }) => judge(facts, intent),
  fixes: (facts, { intent }) => [
    sysctlFix(
      'ip-forward',
      'Switch forwarding on, now and at every boot.',
      familiesOf(intent).map((family) => ({
        key: family.key,
        value: '1',
        now: valueOf(family, facts.sysctlA),
      })),
    ),
  ],
});
