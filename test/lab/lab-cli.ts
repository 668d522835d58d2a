import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { reportSchema } from '../../src/cli/report-schema.js';
import { runCli, type CliRun } from '../helpers/built.js';
import type { Lab } from './lab-helper.js';

/** The intent that a lab node can meet: its kernel has no IPIP, and no BGP peer is there. */
export const LAB_INTENT = 'encapsulation: vxlan\nbgp: false\n';

/** Writes the intent of the lab beside its other files. */
export function intentFile(lab: Lab): string {
  const path = join(lab.dir, 'intent.yaml');
  writeFileSync(path, LAB_INTENT);
  return path;
}

/** How an operator reaches the lab's nodes without being asked anything. */
export const accessTo = (lab: Lab): readonly string[] => [
  ...['--inventory', lab.inventory],
  ...['--identity', lab.identity],
  ...['--known-hosts', lab.knownHosts],
];

/** Runs the built command against the lab. */
export const calicoReady = (lab: Lab, ...args: readonly string[]): Promise<CliRun> =>
  runCli([...args, ...accessTo(lab)], { env: { HOME: lab.dir }, cwd: lab.dir });

export type LabReport = ReturnType<typeof reportSchema.parse>;

/** An audit in JSON, held against its schema. */
export async function auditLab(
  lab: Lab,
  ...args: readonly string[]
): Promise<{ readonly code: number; readonly report: LabReport }> {
  const ran = await calicoReady(lab, 'audit', '--format', 'json', ...args);
  expect(ran.stderr).toBe('');
  return { code: ran.code, report: reportSchema.parse(JSON.parse(ran.stdout)) };
}

/** `node check` of every finding with this status. */
export const having = (report: LabReport, status: string): readonly string[] =>
  report.nodes.flatMap(({ name, findings }) =>
    findings.filter((one) => one.status === status).map(({ check }) => `${name} ${check}`),
  );

/** What the clock alone changes on a node: the stamps of systemd's timers and of NetworkManager's connections. */
const NOT_OURS = /^\/var\/lib\/(systemd|NetworkManager)(\/|$)/;

/** Everything below /etc, /var/lib and /usr/local: type, mode, owner, time and link target, and each file's hash. */
export async function listing(lab: Lab, name: string, without?: RegExp): Promise<string> {
  const { code, stdout } = await lab.ssh(
    name,
    "find /etc /var/lib /usr/local -printf '%p %y %m %U:%G %l\\n' | sort; " +
      "find /etc /var/lib /usr/local -type f -printf '%p %T@ %s\\n' | sort; " +
      "find /etc /var/lib /usr/local -type f -print0 | sort -z | xargs -0 sha256sum | sed -E 's/^([0-9a-f]+) +(.*)/\\2 \\1/'",
    { user: 'root' },
  );
  expect(code).toBe(0);
  const own = stdout
    .split('\n')
    .filter((line) => !NOT_OURS.test(line.split(' ')[0] ?? '') && without?.test(line) !== true);
  expect(own.length).toBeGreaterThan(1000);
  return own.join('\n');
}
