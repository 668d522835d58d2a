import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { composeCollector } from '../../src/collect/compose.js';
import { readCollectorOutput } from '../../src/collect/collector-output.js';
import type { Transcript } from '../../src/collect/frame-reader.js';
import type { Evidence } from '../../src/domain/evidence.js';
import { describeAsRoot, describeWith, findTool } from '../helpers/require-tool.js';
import { NASTY, probeOf } from './fixture-probes.js';
import { collect, NONCE, runShell, sentText, type Ran } from './run-shell.js';

const SHELLS = [
  { tool: 'dash', argv: ['dash', '-s'] },
  { tool: 'busybox', argv: ['busybox', 'sh', '-s'] },
  { tool: 'bash', argv: ['bash', '-s'] },
  { tool: 'bash', argv: ['bash', '--posix', '-s'] },
] as const;

const latin1 = (bytes: Uint8Array | undefined): string =>
  Buffer.from(bytes ?? []).toString('latin1');
const of = (read: Transcript, id: string): Evidence | undefined =>
  read.evidence.find((item) => item.probe === id);

/** id, exit, standard output, beginning of the problem. */
type Expected = readonly [
  id: string,
  exit: number | null,
  stdout: string,
  problem: string | undefined,
];
const row = (id: string, exit: number | null, stdout: string, problem?: string): Expected => [
  id,
  exit,
  stdout,
  problem,
];
const EXPECTED: readonly Expected[] = [
  row('hello', 0, 'hello\n'),
  row('no-newline', 0, 'abc'),
  row('empty', 0, ''),
  row('newlines', 0, '\n\n\n'),
  row('binary', 0, '\0\xff\x1b]52;c;x\x07\r\n\x80'),
  row('status-3', 3, 'three\n'),
  row('missing-tool', 127, ''),
  row('both', 0, 'out\nout2\n'),
  row('stderr-5mb', 0, 'done\n'),
  row('exactly-the-limit', 0, '0123456789'),
  row('one-over-the-limit', 0, '0123456789', 'truncated: '),
  row('hangs', null, 'before\n', 'timed-out: '),
  row('ignores-term', null, 'before\n', 'timed-out: '),
  row('quotes', 0, "it's a  b $HOME c $(no)\n"),
  row('reads-stdin', 0, 'end\n'),
  row('killed', null, '', 'lost: '),
  row('slow-1mb', 0, 'x'.repeat(1_000_000)),
  row('slow-2', 0, 'slow\n'),
  row('slow-hang', null, 'begun\n', 'timed-out: '),
  row('timely', 0, 'now\n'),
  row('timely-hangs', null, 'begun\n', 'timed-out: '),
];

describe.each(SHELLS)('$argv', ({ tool, argv }) => {
  describeWith([tool, 'timeout'], 'runs the collector', () => {
    let ran: Ran;
    let read: Transcript;
    beforeAll(async () => {
      ({ ran, read } = await collect(argv, NASTY));
    });

    test.each(EXPECTED)('%s', (id, exit, stdout, problem) => {
      const item = of(read, id);
      expect(item?.exit).toBe(exit);
      expect(latin1(item?.stdout)).toBe(stdout);
      expect(item?.problem ?? '').toMatch(problem === undefined ? /^$/ : new RegExp(`^${problem}`));
    });

    test('everything arrives, whole and in one piece', () => {
      expect(ran.code).toBe(0);
      expect(ran.stderr).toBe('');
      expect(read).toMatchObject({ complete: true, noiseBytes: 0 });
      expect(read.evidence.map((item) => item.probe)).toEqual(
        NASTY.filter((probe) => probe.script !== null).map((probe) => probe.id),
      );
    });

    test('standard error is kept apart, and bounded', () => {
      expect(latin1(of(read, 'both')?.stderr)).toBe('err\n');
      expect(of(read, 'stderr-5mb')?.stderr).toHaveLength(8192);
    });

    test('a flood is cut at its limit and stopped', () => {
      expect(of(read, 'flood')).toMatchObject({
        problem: 'truncated: flood printed more than 1000 bytes',
      });
      expect(of(read, 'flood')?.stdout).toHaveLength(1000);
    });

    test('a probe sees a clean environment and never the nonce', () => {
      expect(latin1(of(read, 'environment')?.stdout)).toBe(
        'C|/usr/sbin:/sbin:/usr/bin:/bin:/usr/local/sbin:/usr/local/bin|0077|unset|unset\n',
      );
    });

    test('hanging probes overlap: the run takes about as long as its slowest lane', () => {
      // 5 s for the shared shell and 2 s until it is killed, then 1 s for `hangs` and, in the other lane, 3 s for
      // `ignores-term` (TERM, then KILL), after 1 s for `timely-hangs`; the slow lanes run beside them.
      expect(ran.milliseconds).toBeLessThan(15_000);
    });

    test('what one light probe does to the shared shell, the others do not feel', () => {
      // One shell broke off at a flood, the other at a probe that hangs; those behind them answered all the same.
      const voided = [...latin1(ran.stdout).matchAll(new RegExp(`@@${NONCE} V (\\S+)`, 'g'))];
      expect(voided.map(([, id]) => id).sort()).toEqual(['flood', 'hangs']);
      expect(of(read, 'environment')?.problem).toBeUndefined();
    });
  });
});

describeWith('dash', 'a hostile login', () => {
  test('variables and exported functions of the login shell change nothing', async () => {
    const probes = [probeOf('words', 'printf "%s\\n" a b | grep b'), NASTY[0] ?? probeOf('x', ':')];
    const env = {
      PATH: '/nowhere:/usr/bin:/bin',
      ENV: '/nowhere/rc',
      BASH_ENV: '/nowhere/rc',
      IFS: 'o',
      N: 'abc',
      B: 'sudo',
      GREP_OPTIONS: '--invalid',
      LC_ALL: 'de_DE.UTF-8',
      'BASH_FUNC_printf%%': '() { echo bitten; }',
      'BASH_FUNC_grep%%': '() { echo bitten; }',
      'BASH_FUNC_timeout%%': '() { echo bitten; }',
    };
    for (const { tool, argv } of SHELLS.filter((shell) => findTool(shell.tool) !== null)) {
      const { read } = await collect([findTool(tool) ?? '', ...argv.slice(1)], probes, { env });
      expect(
        read.evidence.map((item) => latin1(item.stdout)),
        argv.join(' '),
      ).toEqual(['b\n', 'hello\n']);
    }
  });

  test('without a client the text makes its own nonce and announces it', async () => {
    const text = composeCollector(NASTY.slice(0, 4));
    const first = await runShell(['dash', '-s'], text, { env: { N: '../../etc', B: 'x' } });
    const second = await runShell(['dash', '-s'], text);
    expect(latin1(first.stdout)).toMatch(/^@@calico-ready-collector 1 [0-9a-f]{32}\n/);
    expect(latin1(first.stdout).slice(0, 60)).not.toBe(latin1(second.stdout).slice(0, 60));
    const read = readCollectorOutput(first.stdout, NASTY.slice(0, 4));
    expect(read.complete).toBe(true);
    expect(read.evidence.map((item) => [item.exit, item.receivedAt, item.problem])).toEqual(
      Array.from({ length: 4 }, () => [0, null, undefined]),
    );
  });
});

/** Replaces the fixed search path of the text by one folder, as if the machine had only these tools. */
const pathIs = (folder: string) => (text: string) =>
  text.replace(/PATH=\/usr\/sbin\S+/, `PATH=${folder}`);

describeWith('busybox', 'poor machines', () => {
  const folder = mkdtempSync(join(tmpdir(), 'calico-ready-poor-'));
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });
  const machine = (name: string, applets: readonly string[]): string => {
    const bin = mkdtempSync(join(folder, `${name}-`));
    for (const applet of applets) symlinkSync(findTool('busybox') ?? '', join(bin, applet));
    return bin;
  };
  const COMMON = ['cat', 'head', 'tail', 'sleep', 'id', 'date', 'tr', 'sh'];
  const probes = NASTY.filter((probe) =>
    ['hello', 'binary', 'both', 'hangs', 'ignores-term', 'status-3', 'stderr-5mb'].includes(
      probe.id,
    ),
  );

  test.each([
    ['BusyBox alone', [...COMMON, 'timeout', 'setsid', 'tee', 'cksum'], 'busybox'],
    ['no timeout', [...COMMON, 'setsid'], 'none'],
    ['neither timeout nor setsid', COMMON, 'none'],
  ] as const)('%s', async (name, applets, timeout) => {
    const edit = pathIs(machine(name.replaceAll(' ', '-'), applets));
    const { read, ran } = await collect(['busybox', 'sh', '-s'], probes, { edit });
    expect(read.meta?.timeout).toBe(timeout);
    for (const item of read.evidence) {
      const [, exit, stdout, problem] = EXPECTED.find(([id]) => id === item.probe) ?? [];
      expect([item.probe, item.exit, latin1(item.stdout)]).toEqual([item.probe, exit, stdout]);
      expect(item.problem ?? '').toMatch(problem === undefined ? /^$/ : new RegExp(`^${problem}`));
    }
    expect(ran.milliseconds).toBeLessThan(30_000);
  });

  test('without a head that counts bytes the output is not cut, and still whole', async () => {
    const bin = machine(
      'no-head',
      COMMON.filter((applet) => applet !== 'head'),
    );
    const { read } = await collect(['busybox', 'sh', '-s'], probes.slice(0, 2), {
      edit: pathIs(bin),
    });
    expect(read.evidence.map((item) => [item.exit, item.problem])).toEqual([
      [0, undefined],
      [0, undefined],
    ]);
  });

  test('without tail nothing is known of what has to wait for its turn', async () => {
    const bin = machine(
      'no-tail',
      COMMON.filter((applet) => applet !== 'tail'),
    );
    const asked = [probeOf('reads', 'echo a'), probeOf('talks', 'echo b', { talks: true })];
    const { read } = await collect(['busybox', 'sh', '-s'], asked, { edit: pathIs(bin) });
    expect(read.evidence.map((item) => item.problem?.slice(0, 8))).toEqual([undefined, 'not-run:']);
  });
});

describeAsRoot('becoming root', () => {
  const folder = mkdtempSync(join(tmpdir(), 'calico-ready-sudo-'));
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });
  const probe = probeOf('as-root', 'as_root /usr/bin/id -u', {
    rootCommands: ['/usr/bin/id -u'],
    timeoutSeconds: 1,
  });
  const ask = async (sudo: string, become: 'auto' | 'sudo' | 'none') => {
    // Written by hand: stands for a sudo with this policy.
    writeFileSync(join(folder, 'sudo'), `#!/bin/sh\n${sudo}\n`, { mode: 0o755 });
    const edit = (text: string) => text.replace('PATH=/usr/sbin', `PATH=${folder}:/usr/sbin`);
    const { chmodSync } = await import('node:fs');
    chmodSync(folder, 0o755);
    const { read } = await collect(['dash', '-s'], [probe], { uid: 65534, become, edit });
    return { item: of(read, 'as-root'), meta: read.meta };
  };

  test('uid 0 needs no sudo', async () => {
    const { read } = await collect(['dash', '-s'], [probe]);
    expect(latin1(of(read, 'as-root')?.stdout)).toBe('0\n');
  });

  test('sudo -n -- runs exactly the command', async () => {
    const { item, meta } = await ask(`printf '<%s>' "$@"`, 'auto');
    expect(latin1(item?.stdout)).toBe('<-n><--></usr/bin/id><-u>');
    expect(meta).toMatchObject({ uid: 65534, become: 'sudo' });
  });

  test('a refusal is the status and the words of sudo, and which command it was', async () => {
    const { item } = await ask('echo "sudo: a password is required" >&2; exit 1', 'sudo');
    expect([item?.exit, latin1(item?.stderr)]).toEqual([
      1,
      'sudo: a password is required\n(status 1 of sudo -n -- /usr/bin/id -u)\n',
    ]);
  });

  test('a command that nobody may kill does not hold the survey up', async () => {
    // setsid: like a process of another user, it does not die with the probe, and keeps the pipes open.
    const started = performance.now();
    const { item } = await ask('setsid sleep 60; exit 0', 'sudo');
    expect(item?.problem).toMatch(/^timed-out: /);
    expect(performance.now() - started).toBeLessThan(30_000);
  });

  test('none: status 126 and a line that says so', async () => {
    const { item } = await ask('echo bitten', 'none');
    expect([item?.exit, latin1(item?.stderr)]).toEqual([
      126,
      'as_root: /usr/bin/id needs root, and no way to become root is allowed\n',
    ]);
  });
});

describeWith('shellcheck', 'the text as sh', () => {
  test('shellcheck finds nothing', async () => {
    const { stdout } = await runShell(['shellcheck', '-s', 'sh', '-'], composeCollector(NASTY));
    expect(stdout.toString()).toBe('');
  });
});

test('the same probes give the same bytes, and no here-document', () => {
  expect(composeCollector(NASTY)).toBe(composeCollector([...NASTY]));
  expect(composeCollector([])).not.toMatch(/<</);
  expect(sentText([])).toMatch(/^N=[0-9a-f]{32};B=auto\n/);
});
