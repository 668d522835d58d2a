import {
  defineCheck,
  fail,
  notApplicable,
  pass,
  unknown,
  warn,
  type Verdict,
} from '../../src/domain/check.js';
import { reason } from '../../src/domain/reason.js';
import { sysctlA, type Sysctls } from '../probes/sysctl-a.js';
import { sysctlFix } from './sysctl-fix.js';

const COUNT = 'net.netfilter.nf_conntrack_count';
const MAX = 'net.netfilter.nf_conntrack_max';
/** What Calico's troubleshooting page sets. */
const DOCUMENTED = 1_000_000;

const numberOf = (values: Sysctls, key: string): number | null => {
  const text = values.get(key) ?? '';
  return /^\d{1,12}$/.test(text) ? Number(text) : null;
};

function judge(values: Sysctls): Verdict {
  const count = numberOf(values, COUNT);
  const max = numberOf(values, MAX);
  if (count === null || max === null || max === 0) {
    const hasNetwork = values.has('net.ipv4.ip_forward');
    return hasNetwork && !values.has(MAX)
      ? notApplicable('connection tracking is not in use yet, so there is no table')
      : unknown(reason('not-run', `no output tells ${COUNT} and ${MAX}`), 'Give sysctl-a.txt.');
  }
  const share = Math.round((count / max) * 100);
  const found = `${String(count)} of ${String(max)} entries (${String(share)} %)`;
  const expected = `below 75 %; the troubleshooting page sets ${MAX} = ${String(DOCUMENTED)}`;
  if (share >= 95) return fail(found, expected);
  return share >= 75 ? warn(found, expected) : pass(found);
}

/** A full table drops new connections, and the network looks as if it lost packets. */
export const conntrackTable = defineCheck({
  id: 'kernel/conntrack-table',
  title: 'The table of connections has room',
  why: 'When the connection tracking table is full the kernel drops new connections ("nf_conntrack: table full, dropping packet"), which looks like loss in the network.',
  sources: [
    {
      page: 'Troubleshooting: the conntrack table is out of space',
      url: 'https://docs.tigera.io/calico/latest/operations/troubleshoot/troubleshooting',
      date: '2026-08-21',
      says: `Where the table is full, set ${MAX} to a higher value such as 1000000.`,
    },
  ],
  severity: 'recommended',
  waivable: true,
  rule: () =>
    'Below 75 % of the table in use passes; above it is a warning, and from 95 % on a failure, which is shown as a warning. The limits are ours.',
  breaks: ['new connections while the table is full'],
  needs: { sysctlA },
  judge: (facts) => judge(facts.sysctlA),
  fixes: (facts) => [
    sysctlFix('conntrack', 'Make the table of connections larger.', [
      {
        key: MAX,
        value: String(Math.max(DOCUMENTED, (numberOf(facts.sysctlA, MAX) ?? 0) * 2)),
        now: facts.sysctlA.get(MAX),
      },
    ]),
  ],
  example: {
    sysctlA: new Map([
      [COUNT, '65536'],
      [MAX, '65536'],
    ]),
  },
});
