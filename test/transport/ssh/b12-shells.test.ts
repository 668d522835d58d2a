import { execFileSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Report } from '../../../src/domain/report.js';
import { describeAsRoot, describeWith } from '../../helpers/require-tool.js';
import {
  accountRig,
  nodeOf,
  steadyVerdicts,
  until,
  type Account,
  type AccountRig,
  type Audited,
} from './account-rig.js';

type Row = {
  /** Number and title of the case. */
  readonly title: string;
  readonly name: string;
  /** What the report says of the node; null: it was surveyed like any other. */
  readonly says: RegExp | null;
  /** What the operator is told to do. */
  readonly next?: RegExp;
};

const unreached = (title: string, name: string, says: RegExp, next?: RegExp): Row => ({
  title,
  name,
  says,
  ...(next === undefined ? {} : { next }),
});
const surveyed = (title: string, name: string): Row => ({ title, name, says: null });

const ROWS: readonly Row[] = [
  unreached(
    'B12/49 an account that has expired',
    'expired',
    /^no-login: .*has expired/,
    /who runs the node/,
  ),
  unreached('B12/49 a login shell that is nologin', 'nologin', /^no-login: .*not available/),
  surveyed('B12/51 fish', 'fish'),
  surveyed('B12/52 tcsh', 'tcsh'),
  unreached('B12/53 rbash', 'rbash', /^restricted-shell: .*restricted/, /ordinary shell/),
  unreached('B12/54 nologin', 'nologin', /^no-login: .*not available/, /may log in/),
  unreached(
    'B12/54 nologin with a text in /etc/nologin',
    'nologin-text',
    /^no-login: .*down for the night/,
  ),
  unreached(
    'B12/55 a forced command',
    'forced',
    /^forced-command: .*Welcome to the menu/,
    /command=/,
  ),
  unreached(
    'B12/55 a forced command that complains',
    'forced-mute',
    /^no-login: .*status 3.*Only git/,
  ),
  surveyed('B12/56 a .bashrc that prints on both streams', 'noisy'),
  unreached(
    'B12/57 a .bashrc that reads all',
    'reads',
    /^no-login: .*start-up file/,
    /interactive/,
  ),
  unreached(
    'B12/57 a .bashrc that reads a line',
    'reads-one',
    /^garbled: .*start-up file/,
    /interactive/,
  ),
  unreached(
    'B12/57 a .bashrc that never ends',
    'sleeps',
    /^timed-out: .*start-up file/,
    /interactive/,
  ),
  unreached('B12/57 a .bashrc that starts tmux', 'tmux', /not a terminal|no-login/),
  surveyed('B12/58 BusyBox and dropbear', 'busybox'),
  surveyed('B12/59 a German locale with decimal commas', 'german'),
  surveyed('B12/60 a PATH without /sbin', 'pathless'),
  surveyed('B12/61 functions and aliases over ip and grep', 'overridden'),
  surveyed('B12/62 no timeout, no ip -j, no ss: BusyBox has neither of the latter', 'no-timeout'),
  surveyed('B12/63 read-only root, noexec /tmp, full disk', 'full'),
  unreached('B12/64 a shell killed before it began', 'killed', /^lost: .*killed by SIGKILL/),
  surveyed('B12/65 a login that takes its time', 'slow-login'),
];

describeWith(
  ['sshd', 'useradd', 'fish', 'tcsh', 'bash', 'busybox', 'dropbear', 'unshare', 'chage'],
  'every kind of account and host',
  () => {
    describeAsRoot('in one audit, at real servers', () => {
      let rig: AccountRig;
      let audited: Audited;
      let report: Report;
      const accounts: Account[] = [];

      beforeAll(async () => {
        rig = accountRig();
        const sshd = await rig.sshd();
        const more = await rig.sshd();
        const add = (name: string, options = {}, server = sshd): { home: string; user: string } => {
          const made = rig.account(name, server, options);
          accounts.push(made);
          return made;
        };
        add('healthy');
        execFileSync('chage', ['-E', '0', add('expired').user]);
        add('nologin', { shell: '/usr/sbin/nologin' });
        add('fish', { shell: '/usr/bin/fish' });
        add('tcsh', { shell: '/usr/bin/tcsh' });
        add('rbash', { shell: '/bin/rbash' });
        add('forced', { keyOptions: 'command="echo Welcome to the menu"' });
        add('forced-mute', { keyOptions: 'command="echo Only git >&2; exit 3"' });
        add(
          'noisy',
          { bashrc: 'echo "Welcome $USER"; echo careful >&2; printf "no line end"' },
          more,
        );
        add('reads', { bashrc: 'while read -r line; do :; done' }, more);
        add('reads-one', { bashrc: 'read -r line' }, more);
        add('sleeps', { bashrc: 'exec sleep 600' }, more);
        add(
          'tmux',
          {
            bashrc: 'exec sh -c "echo open terminal failed: not a terminal >&2; exit 1"',
          },
          more,
        );
        add('german', {
          bashrc:
            'export LANG=de_DE.UTF-8 LC_ALL=de_DE.UTF-8 LANGUAGE=de LC_NUMERIC=de_DE.UTF-8; printf "%.1f\\n" 1,5',
        });
        add('pathless', { bashrc: 'export PATH=/usr/bin' }, more);
        add('overridden', { bashrc: OVERRIDES }, more);
        add('killed', { bashrc: 'kill -KILL $$' }, more);
        const slow = add('slow-login', {
          bashrc: 'touch ~/waiting; until [ -e ~/gate ]; do sleep 0.1; done',
        });
        const guest = rig.person();
        add('nologin-text', { user: guest }, await rig.sshd([], NOLOGIN_TEXT));
        add('full', {}, await rig.sshd([], FRUGAL));
        accounts.push(
          await rig.busyboxHost('busybox', []),
          await rig.busyboxHost('no-timeout', ['timeout', 'setsid']),
        );
        const running = rig.audit(accounts, ['--timeout', '25']);
        await until(() => existsSync(join(slow.home, 'waiting')), 30_000, 'the slow login');
        writeFileSync(join(slow.home, 'gate'), '');
        audited = await running;
        report = audited.report();
      }, 150_000);
      afterAll(async () => {
        await rig.stop();
      });

      test.each(ROWS.map((row) => [row.title, row] as const))('%s', (_, { name, says, next }) => {
        const node = nodeOf(report, name);
        if (says === null) {
          expect([node.reason, node.reached]).toEqual([undefined, true]);
          expect(node.findings.some(({ status }) => status === 'pass')).toBe(true);
          return;
        }
        expect([node.reached, node.readiness]).toEqual([false, 'unknown']);
        expect(node.reason).toMatch(says);
        expect(new Set(node.findings.map(({ status }) => status))).toEqual(new Set(['unknown']));
        if (next !== undefined) expect(node.findings[0]?.toKnow).toMatch(next);
      });

      test('the healthy node beside them is judged, and the exit code is that of the fleet', () => {
        expect(nodeOf(report, 'healthy')).toMatchObject({ reached: true });
        expect(audited.code).toBe({ ready: 0, 'not-ready': 1, unknown: 2 }[report.readiness]);
        expect(report.readiness).not.toBe('ready');
        expect(audited.stderr).not.toMatch(/bug of ours/);
      });

      test('what a login prints or overrides changes no verdict', () => {
        const verdicts = (name: string): unknown => steadyVerdicts(report, name);
        for (const name of [
          'fish',
          'tcsh',
          'noisy',
          'german',
          'pathless',
          'overridden',
          'slow-login',
        ])
          expect([name, verdicts(name)]).toEqual([name, verdicts('healthy')]);
      });
    });
  },
);

// bash hands exported functions on to the shells it starts.
const OVERRIDES = [
  "alias ip='echo lies' grep='echo lies'",
  'for f in ip grep cat head tail sed id date timeout printf sysctl lsmod; do eval "$f() { echo lies; }; export -f $f"; done',
  'export GREP_OPTIONS=-v POSIXLY_CORRECT=1',
].join('\n');

const OWN_ETC = [
  'B=$(mktemp -d)',
  'mount -t tmpfs none "$B"',
  'mkdir "$B/u" "$B/w" "$B/etc"',
  'mount -t overlay overlay -o "lowerdir=/etc,upperdir=$B/u,workdir=$B/w" "$B/etc"',
  'mount --rbind "$B/etc" /etc',
].join('\n');
const NOLOGIN_TEXT = `${OWN_ETC}\necho 'down for the night' >/etc/nologin`;
const FRUGAL = [
  'mount --bind /tmp /tmp',
  'mount -o remount,bind,noexec /tmp',
  'mount -t tmpfs -o size=4k none /var/tmp',
  'dd if=/dev/zero of=/var/tmp/full bs=1k count=64 2>/dev/null || :',
  'mount -t tmpfs -o size=4k,nr_inodes=2 none /home',
  'mount -o remount,bind,ro /',
].join('\n');
