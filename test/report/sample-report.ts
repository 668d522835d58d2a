import { DEFAULT_INTENT } from '../../src/domain/intent.js';
import type { Finding, NodeReport, Report } from '../../src/domain/report.js';
import { countStatuses } from '../../src/engine/readiness.js';

const finding = (change: Partial<Finding>): Finding => ({
  check: 'kernel/ipip',
  title: 'The kernel can do IP-in-IP',
  severity: 'required',
  status: 'fail',
  found: 'CONFIG_NET_IPIP is not set',
  expected: 'IPIP built in or loadable',
  source: { page: 'B23', url: 'https://example.org/ipip' },
  breaks: ['IP-in-IP encapsulation'],
  alternatives: ['encapsulation: vxlan'],
  fixes: [],
  evidence: [
    { probe: 'boot-config', command: 'cat /boot/config', exit: 0, sha256: 'a'.repeat(64) },
  ],
  ...change,
});

const node = (name: string, change: Partial<NodeReport>): NodeReport => ({
  name,
  host: name,
  roles: [],
  reached: true,
  readiness: 'not-ready',
  facts: { distribution: 'Debian GNU/Linux 12 (bookworm)', kernel: '6.1.0-18-amd64' },
  findings: [finding({})],
  ...change,
});

/** What a node could say to break a reader: composed by hand. */
export const HOSTILE = `<script>alert(1)</script>|x|\`rm -rf\` [a](http://evil) & "q" 'q' ]]>`;

/** A report with every status, an unreached node and hostile text; composed by hand. */
export function sampleReport(): Report {
  const nodes = [
    node('n1', {}),
    node('n2', {}),
    node('n3', {
      readiness: 'unknown',
      findings: [
        finding({
          check: 'a/unknown',
          status: 'unknown',
          found: 'not known (tool-missing: nmcli)',
          reason: 'tool-missing: nmcli',
          toKnow: 'Install it.',
        }),
        finding({ check: 'a/warn', status: 'warn', severity: 'recommended', found: HOSTILE }),
        finding({ check: 'a/pass', status: 'pass', found: 'fine' }),
        finding({ check: 'a/none', status: 'not-applicable', found: 'not needed' }),
        finding({
          check: 'a/waived',
          status: 'waived',
          waiver: { check: 'a/waived', who: 'ops', why: 'lab only', until: '2027-01-31' },
          waivedFrom: 'fail',
        }),
        finding({
          check: 'a/fix',
          status: 'fail',
          found: 'mendable',
          fixes: [{ way: 'unmanaged', kind: 'safe', summary: 'Write one file.' }],
        }),
      ],
    }),
    node('n4', {
      reached: false,
      reason: 'refused: nobody listens on 10.0.0.4 port 22',
      readiness: 'unknown',
      facts: {},
      findings: [
        finding({
          status: 'unknown',
          reason: 'refused: nobody listens',
          found: 'not known (refused: nobody listens)',
        }),
      ],
    }),
  ];
  return {
    schema: 'calico-ready/report/v1',
    tool: { name: 'calico-ready', version: '0.0.0' },
    catalogue: { version: 'test', checks: 7 },
    run: {
      id: 'abc',
      startedAt: '2026-11-22T00:00:00.000Z',
      finishedAt: '2026-11-22T00:00:05.000Z',
    },
    intent: DEFAULT_INTENT,
    readiness: 'not-ready',
    summary: countStatuses(nodes.flatMap(({ findings }) => findings)),
    nodes,
    cluster: {
      findings: [
        finding({
          check: 'time/skew',
          title: 'The clocks agree',
          status: 'pass',
          found: '0.1 s apart',
        }),
      ],
    },
    paths: [],
  };
}
