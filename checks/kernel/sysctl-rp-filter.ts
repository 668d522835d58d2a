import { defineCheck, fail, pass, unknown, warn, type Verdict } from '../../src/domain/check.js';
import type { Intent } from '../../src/domain/intent.js';
import { reason } from '../../src/domain/reason.js';
import { ipRoute, type Route } from '../probes/ip-route.js';
import { sysctlA, type Sysctls } from '../probes/sysctl-a.js';
import { sysctlFix } from './sysctl-fix.js';

type Facts = {
  readonly sysctlA?: Sysctls;
  readonly ipRoute?: { readonly routes: readonly Route[] };
};

const ALL = 'net.ipv4.conf.all.rp_filter';
const KEY = /^net\.ipv4\.conf\.(.{1,64})\.rp_filter$/;
// Interfaces that no packet of another node comes in by, or that Felix sets itself.
const OWN =
  /^(?:all|default|lo|cali|tunl|vxlan|wireguard|wg|bpf|docker|br-|virbr|lxc|veth|cni|flannel|kube-ipvs|nodelocaldns|dummy|ifb)/;

/** Host interfaces with their effective filter, the higher of theirs and `all`. */
function filters(values: Sysctls): readonly { readonly name: string; readonly filter: number }[] {
  const all = Number(values.get(ALL));
  return [...values].flatMap(([key, value]) => {
    const name = KEY.exec(key)?.[1]?.replaceAll('/', '.') ?? '';
    return name === '' || OWN.test(name) ? [] : [{ name, filter: Math.max(all, Number(value)) }];
  });
}

/** Host interfaces that routes lead out of; null when nobody showed the routes. */
const waysOut = (routes: readonly Route[] | undefined): readonly string[] | null =>
  routes === undefined
    ? null
    : [
        ...new Set(
          routes
            .flatMap(({ type, device, hops }) => (type === 'unicast' ? [device, ...hops] : []))
            .filter((name) => name !== '' && !OWN.test(name)),
        ),
      ];

const unlisted = (): Verdict =>
  unknown(
    reason('not-run', 'the settings of the host interfaces are not at hand'),
    'Give the whole output of sysctl -a.',
  );

function judgeToday(values: Sysctls, facts: Facts, { dataplane }: Intent): Verdict {
  const found = filters(values);
  const strict = found.filter(({ filter }) => filter === 1).map(({ name }) => name);
  // Loose for all is loose for each of them, listed or not.
  if (found.length === 0 && values.get(ALL) !== '2') return unlisted();
  if (strict.length === 0) return pass('no host interface filters strictly');
  const names = strict.slice(0, 5).join(', ');
  const expected = `${ALL} = 2 (loose), or 0`;
  if (dataplane === 'ebpf') {
    return warn(`strict on ${names}: replies that come in by another way are dropped`, expected);
  }
  const ways = waysOut(facts.ipRoute?.routes);
  const used = ways === null ? strict : strict.filter((name) => ways.includes(name));
  return (ways ?? strict).length > 1 && used.length > 0
    ? warn(
        `strict on ${used.slice(0, 5).join(', ')}, and the node has several ways out: what comes in by another one is dropped`,
        expected,
      )
    : pass(`strict on ${names}, which the node's only way out can do with`);
}

function judge(facts: Facts, intent: Intent): Verdict {
  const values = facts.sysctlA;
  const all = values?.get(ALL);
  if (values === undefined || all === undefined || !/^[012]$/.test(all)) {
    return unknown(reason('not-run', `no output tells ${ALL}`), 'Give sysctl-a.txt (sysctl -a).');
  }
  if (intent.calico !== '3.0') return judgeToday(values, facts, intent);
  return all === '2'
    ? fail(`${ALL} = 2 (loose)`, '0 or 1: Felix of Calico before 3.12 does not start with 2')
    : pass(`${ALL} = ${all}`);
}

/** Calico before 3.12 refused a loose filter; since then a strict one may drop what takes another way back. */
export const sysctlRpFilter = defineCheck({
  id: 'kernel/sysctl-rp-filter',
  title: 'The reverse path filter drops no traffic of Calico',
  why: 'A strict filter drops packets that come in by another interface than the answer would leave by: on nodes with several networks, and with the direct return of eBPF node ports. Calico before 3.12 wanted the opposite and did not start with a loose filter.',
  sources: [
    {
      page: 'Felix before and after 3.12',
      url: 'https://github.com/projectcalico/felix/pull/2189',
      date: '2026-08-22',
      says: 'Up to 3.11 Felix stops when net.ipv4.conf.all.rp_filter is 2; from 3.12 on it has a rule of its own against forged addresses and does not look.',
    },
    {
      page: 'calicoctl#1082',
      url: 'https://github.com/projectcalico/calicoctl/issues/1082',
      date: '2026-08-22',
      says: 'Felix of that time stops with a loose filter.',
    },
  ],
  severity: 'recommended',
  waivable: true,
  rule: ({ calico }) =>
    calico === '3.0'
      ? `${ALL} of 0 or 1 passes; 2 fails, because Felix of that time stops with it.`
      : 'The effective value of an interface is the higher of its own and that of all. Strict (1) is a warning where routes leave by several host interfaces, and under eBPF; anything else passes.',
  disagreement:
    'Calico before 3.12, and so page A, could not do with a loose filter (2); today neither pages nor code ask for a value, and installers such as embedded-cluster set 2 for all. The release judges.',
  breaks: ['traffic that comes in by another interface than the answer leaves by'],
  needs: {},
  witnesses: { sysctlA, ipRoute },
  judge: (facts, { intent }) => judge(facts, intent),
  fixes: (facts, { intent }) => [
    sysctlFix(
      'rp-filter',
      intent.calico === '3.0'
        ? 'Filter strictly, as Calico before 3.12 wants it.'
        : 'Filter loosely on every interface, now and at every boot.',
      [{ key: ALL, value: intent.calico === '3.0' ? '1' : '2', now: facts.sysctlA?.get(ALL) }],
      true,
    ),
  ],
});
