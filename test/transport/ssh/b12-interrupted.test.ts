import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { surveyNode, type SurveyClock } from '../../../src/collect/survey.js';
import type { Finding, Report } from '../../../src/domain/report.js';
import { currentCatalogue } from '../../../src/cli/wiring/catalogue.js';
import { randomHex } from '../../../src/cli/wiring/run.js';
import { allProbes } from '../../../src/engine/plan.js';
import { builtCli } from '../../helpers/built.js';
import { Pty } from '../../helpers/pty.js';
import { describeAsRoot, describeWith } from '../../helpers/require-tool.js';
import { accountRig, nodeOf, processesOf, until } from './account-rig.js';
import type { Account, AccountRig, Audited } from './account-rig.js';
import { peer } from './fault-rig.js';
import { never, nodeAt, rig as transportRig } from './rig.js';

// A file that never ends stands for one on a file system that does not answer (a process in D state cannot be made).
const OWN_ETC = [
  'B=$(mktemp -d)',
  'mount -t tmpfs none "$B"',
  'mkdir "$B/u" "$B/w" "$B/etc"',
  'mount -t overlay overlay -o "lowerdir=/etc,upperdir=$B/u,workdir=$B/w" "$B/etc"',
  'mount --rbind "$B/etc" /etc',
].join('\n');
const fifo = (path: string): string => `rm -f ${path}; mkfifo -m 644 ${path}`;
const ONE_HANG = [
  OWN_ETC,
  fifo('/etc/os-release'),
  // The node's clock is ten years behind.
  'cp /bin/date "$B/real"',
  `printf '#!/bin/sh\\nexec %s -d "-10 years" "$@"\\n' "$B/real" >"$B/date"`,
  'chmod 755 "$B" "$B/real" "$B/date"',
  'mount --bind "$B/date" /bin/date',
].join('\n');
const THREE_HANGS = [
  OWN_ETC,
  'mkdir -p /etc/cni/net.d /etc/ufw',
  fifo('/etc/resolv.conf'),
  fifo('/etc/cni/net.d/10-hangs.conflist'),
  fifo('/etc/ufw/ufw.conf'),
  fifo('/etc/os-release'),
].join('\n');

/**
 * Once the survey stands before a file that hangs: a shell of it, four deep, has opened nothing for a while. In a session
 * of its own, so that the deed may end the whole of the survey's, whose leader is $S. The brackets keep the pattern from
 * finding itself.
 */
const midSurvey = (deed: string): string =>
  `S=$$ P=$PPID setsid sh -c 'until pgrep -u "$(id -u)" -f "[s]h -c exec 3>&1"; do sleep 0.1; done; sleep 2; ${deed}' </dev/null >/dev/null 2>&1 &`;

const unknowns = (report: Report, name: string): readonly Finding[] =>
  nodeOf(report, name).findings.filter(({ status }) => status === 'unknown');
const reasons = (report: Report, name: string): readonly string[] => [
  ...new Set(unknowns(report, name).map(({ reason = '' }) => reason)),
];

describeWith(
  ['sshd', 'useradd', 'unshare', 'pgrep', 'python3'],
  'surveys that are cut short',
  () => {
    describeAsRoot('at a real sshd', () => {
      let rig: AccountRig;
      let audited: Audited;
      let report: Report;
      let healthy: Account;
      let hanging: Account;
      let hangingToo: Account;

      beforeAll(async () => {
        rig = accountRig();
        const [one, three, again, reboots, killed] = Array.from({ length: 5 }, () =>
          rig.person({ shell: '/bin/bash' }),
        );
        const sshd = await rig.sshd();
        healthy = rig.account('healthy', sshd);
        const hung = await rig.sshd([], THREE_HANGS);
        const options = (user: typeof one, bashrc?: string) => ({
          ...(user === undefined ? {} : { user }),
          ...(bashrc === undefined ? {} : { bashrc }),
        });
        const oneHang = await rig.sshd([], ONE_HANG);
        hanging = rig.account('one-hang', oneHang, options(one));
        hangingToo = rig.account('hangs-too', oneHang, options(again));

        const accounts = [
          healthy,
          hanging,
          rig.account('three-hangs', hung, options(three)),
          {
            name: 'sheds',
            host: '127.0.0.1',
            port: await peer((socket) => socket.end()),
            user: 'x',
          },
          rig.account('reboots', oneHang, options(reboots, midSurvey('kill -KILL $P'))),
          rig.account('killed', oneHang, options(killed, midSurvey('pkill -KILL -s $S'))),
        ];
        audited = await rig.audit(accounts, ['--timeout', '60']);
        report = audited.report();
      }, 150_000);
      afterAll(async () => {
        await rig.stop();
      });

      test('the healthy node beside them is judged, and the exit code is that of the fleet', () => {
        expect(nodeOf(report, 'healthy').findings.some(({ status }) => status === 'pass')).toBe(
          true,
        );
        expect(reasons(report, 'healthy').filter((why) => /^(lost|timed-out)/.test(why))).toEqual(
          [],
        );
        expect(audited.code).toBe({ ready: 0, 'not-ready': 1, unknown: 2 }[report.readiness]);
      });

      test('B12/66 the clock of a node ten years off is a finding, and nothing else suffers', () => {
        const skew = report.cluster.findings.find(({ check }) => check === 'time/skew');
        expect(skew?.status).toBe('fail');
        expect(skew?.found).toMatch(/ahead of (one-hang|reboots|killed)/);
      });

      test('B12/29 a server that sheds every connection is given up after three pauses, with the cause', () => {
        const { reason, reached, findings } = nodeOf(report, 'sheds');
        expect([reached, reason?.replace(/127\S+:\d+/, 'AT')]).toEqual([
          false,
          'refused: AT: it closed the connection before any greeting, again after pauses of 2, 5, 15 s',
        ]);
        expect(findings[0]?.toKnow).toContain('MaxStartups, PerSourcePenalties, fail2ban');
      });

      test('B12/83 a hung probe is skipped, and the rest of the node is judged', () => {
        const hung = reasons(report, 'one-hang').filter((why) => why.startsWith('timed-out: '));
        expect(hung).toHaveLength(1);
        expect(hung[0]).toMatch(/os-release.* did not end within 5 seconds/);
        const asked = (name: string): number =>
          nodeOf(report, name).findings.length - unknowns(report, name).length;
        expect(asked('one-hang')).toBeGreaterThan(asked('healthy') - 5);
      });

      test('B12/84 three hangs: each is named, the node cannot be ready, the rest is judged', () => {
        const hung = reasons(report, 'three-hangs').filter((why) => why.startsWith('timed-out: '));
        expect([hung, hung.length > 2]).toEqual([hung, true]);
        expect(nodeOf(report, 'three-hangs').readiness).not.toBe('ready');
        expect(nodeOf(report, 'three-hangs').findings.some(({ status }) => status === 'pass')).toBe(
          true,
        );
      });

      test.each([
        ['B12/67 a node that reboots mid-probe', 'reboots', 'the connection was lost'],
        ['B12/64 shells killed mid-survey', 'killed', 'the shell was killed by SIGKILL'],
      ])('%s: what was not answered is not judged, and says why', (_, name, words) => {
        const { reached, readiness, findings } = nodeOf(report, name);
        const cut = reasons(report, name).filter((why) => /broke off|was not asked/.test(why));
        expect(cut).not.toEqual([]);
        for (const why of cut) expect(why).toMatch(new RegExp(`^(lost|not-run): .*: ${words}$`));
        expect(reached).toBe(true);
        expect(readiness).not.toBe('ready');
        // What arrived before is judged.
        expect(findings.some(({ status }) => status === 'pass')).toBe(true);
      });

      test('B12/66 a clock that jumps back ten years while a node is asked bends no duration', async () => {
        const decade = 315_360_000_000;
        let calls = 0;
        const clock: SurveyClock = {
          now: () => Date.now() - ((calls += 1) > 5 ? decade : 0),
          monotonic: () => performance.now(),
        };
        const { open } = transportRig(rig.folder, { identityFiles: [rig.identity] });
        const { evidence, unreached } = await surveyNode({
          node: nodeAt(healthy.port, healthy.user, healthy.host),
          transport: { open },
          probes: allProbes(currentCatalogue()),
          become: 'none',
          runAs: 'login',
          deadlineMs: 60_000,
          signal: never,
          clock,
          randomNonce: randomHex,
        });
        expect(unreached).toBeUndefined();
        expect(calls).toBeGreaterThan(5);
        for (const { probe, durationMs, problem } of evidence) {
          expect([probe, problem]).toEqual([probe, undefined]);
          expect(durationMs).toBeGreaterThanOrEqual(0);
          expect(durationMs).toBeLessThan(30_000);
        }
      });

      /** Stops the audit of a node that hangs, once the node runs the survey; resolves when nothing of ours runs there. */
      const stopped = async (signal: NodeJS.Signals, node: Account): Promise<Audited> => {
        let send: (name: NodeJS.Signals) => void = () => undefined;
        const running = rig.audit([node], [], { onStarted: (given) => (send = given) });
        await until(() => processesOf(node.user).includes('timeout'), 30_000, 'the survey began');
        send(signal);
        const ended = await running;
        await until(
          () => !/timeout|sh -c|\/bin\/sh/.test(processesOf(node.user)),
          40_000,
          'all of ours ended',
        );
        return ended;
      };

      test.each([
        ['B12/85 Ctrl-C', 'SIGINT'],
        ['B12/86 SIGTERM', 'SIGTERM'],
        ['B12/86 SIGHUP', 'SIGHUP'],
      ] as const)(
        '%s: 130, no further probe starts, and nothing of ours is left on the node',
        async (_, signal) => {
          const { code, stderr, stdout } = await stopped(signal, hanging);
          expect([code, stdout]).toEqual([130, '']);
          expect(stderr).toMatch(/Cancelled\./);
          expect(stderr).not.toMatch(/bug of ours/);
        },
        90_000,
      );

      test('B12/86 Ctrl-C on a terminal leaves the terminal as it was', async () => {
        const known = join(rig.folder, 'known-pty');
        writeFileSync(known, '');
        const pty = new Pty(process.execPath, [
          await builtCli(),
          'audit',
          `${hangingToo.user}@${hangingToo.host}:${String(hangingToo.port)}`,
          '--identity',
          rig.identity,
          '--known-hosts',
          known,
          '--host-key',
          'accept-new',
        ]);
        await until(
          () => processesOf(hangingToo.user).includes('timeout'),
          30_000,
          'the survey began',
        );
        pty.press('\u0003');
        expect(await pty.exit()).toEqual({ code: 130, modesRestored: true });
        await pty.close();
      }, 90_000);

      test('B12/87 a reader that goes away is no error of ours', async () => {
        const known = join(rig.folder, 'known-pipe');
        const child = spawn(
          process.execPath,
          [
            await builtCli(),
            'audit',
            `${healthy.user}@${healthy.host}:${String(healthy.port)}`,
            '--identity',
            rig.identity,
            '--known-hosts',
            known,
            '--host-key',
            'accept-new',
          ],
          { stdio: ['ignore', 'pipe', 'pipe'] },
        );
        child.stdout.destroy();
        let stderr = '';
        child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
        const code = await new Promise((resolve) => child.once('close', resolve));
        // The node alone, without what stands between it and the others.
        const { readiness } = nodeOf(report, 'healthy');
        expect(code).toBe({ ready: 0, 'not-ready': 1, unknown: 2 }[readiness]);
        expect(stderr).not.toMatch(/EPIPE|bug of ours/);
      }, 90_000);
    });
  },
);
