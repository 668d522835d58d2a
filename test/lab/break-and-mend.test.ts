import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { BREAKAGES } from '../../scripts/lab/break.js';
import { builtCli } from '../helpers/built.js';
import { auditLab, type LabReport } from './lab-cli.js';
import { describeLab } from './lab-helper.js';

const NODE = 'node-1';

// A manifest install, for the operator asks nothing of mounts; with BGP, for port 179.
const INTENT = `encapsulation: vxlan\ninstall: manifest\npodCIDRs: [10.244.0.0/16]\n`;

/** What can be broken at the same time, so that one audit sees all of it. Mended in reverse order. */
const TOGETHER: readonly (readonly string[])[] = [
  [
    // First, for it flushes the rules of the others, and last when mended.
    ...['nftables-service', 'iptables-mix', 'docker-forward', 'stale-saved-rules'],
    ...['bgp-port', 'ports', 'networkmanager-plain-equals', 'nm-cloud-setup'],
    ...['hostname', 'nodename', 'resolv-stub', 'cni-dir', 'name-taken'],
    ...['flannel-left', 'ip-forward', 'mount-private'],
  ],
  [
    ...['firewalld', 'iptables-service', 'fail2ban', 'hostname-duplicate', 'machine-id'],
    ...['containerd-bin-dir', 'other-cni', 'xtables-lock', 'mtu', 'pool-overlap'],
    ...['networkd', 'ip-forward-file'],
  ],
  ['noexec-cni', 'rp-filter'],
];

const SETTLED = { timeout: 20_000, interval: 500 };

const judgedBy = (what: string): string | null => BREAKAGES[what]?.check ?? null;

/** `what check status` of each breakage, as the report has its check. */
function statuses(report: LabReport, whats: readonly string[]): readonly string[] {
  const own = report.nodes.find(({ name }) => name === NODE)?.findings ?? [];
  return whats.map((what) => {
    const found = [...own, ...report.cluster.findings].find(
      ({ check }) => check === judgedBy(what),
    );
    return `${what} ${judgedBy(what) ?? ''} ${found?.status ?? 'not judged'}`;
  });
}

const isBroken = (line: string): boolean => line.endsWith(' fail') || line.endsWith(' warn');

test('everything that an audit can tell is broken here', () => {
  const judged = Object.keys(BREAKAGES).filter((what) => judgedBy(what) !== null);
  expect(TOGETHER.flat().toSorted()).toEqual(judged.toSorted());
});

describeLab('what is broken on a node is found, and mended passes again', { nodes: 2 }, (lab) => {
  let intent = '';
  beforeAll(async () => {
    await builtCli();
    intent = join(lab().dir, 'break-and-mend.yaml');
    writeFileSync(intent, INTENT);
  });

  test.each(TOGETHER.map((whats) => [whats.join(', '), whats] as const))(
    '%s',
    async (_, whats) => {
      // A duplicate is one only when another node has it too.
      const two = whats.filter((what) => what === 'machine-id');
      const mend = async (): Promise<void> => {
        for (const what of whats.toReversed()) await lab().mend(NODE, what);
        for (const what of two) await lab().mend('node-2', what);
      };
      // Daemons settle in their own time: what an audit does not see yet, a later one does.
      const unlike = async (wanted: (line: string) => boolean): Promise<readonly string[]> => {
        const { report } = await auditLab(lab(), '--intent', intent);
        return statuses(report, whats).filter((line) => !wanted(line));
      };
      try {
        for (const what of whats) await lab().break(NODE, what);
        for (const what of two) await lab().break('node-2', what);
        await expect.poll(() => unlike(isBroken), SETTLED).toEqual([]);
      } finally {
        await mend();
      }
      await expect.poll(() => unlike((line) => line.endsWith(' pass')), SETTLED).toEqual([]);
    },
    90_000,
  );
});
