import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { applyFix, listChanges, undoChange } from '../../src/change/run.js';
import { composeApply } from '../../src/change/script-apply.js';
import { preludeLine } from '../../src/change/valid.js';
import { CancelledError } from '../../src/domain/errors.js';
import { canScratch, fixWith, options, ScratchNode } from './scratch-node.js';

const check = 'interfaces/networkmanager';
const fix = fixWith({
  files: [
    { path: '/opt/one.conf', content: 'changed\n', mode: '0600', expected: 'one\n' },
    { path: '/opt/new/two.conf', content: 'two\n', expected: null },
  ],
  units: [{ unit: 'fw.service', active: false, enabled: false }],
  commands: ['/bin/true'],
});
const change = { check, fix };
let node: ScratchNode;

beforeEach(() => {
  node = new ScratchNode();
  node.write('/opt/one.conf', 'one\n', 0o640);
  node.unit('fw.service', 'active', 'enabled');
});
afterEach(() => {
  node.remove();
});

/** A tool that kills the script (the lock names it) before its Nth call does anything, without a chance to tidy up. */
const killer = (tool: string, nth: number, state: string): string => `#!/bin/bash
echo x >>${state}
if [ "$(wc -l <${state})" -eq ${String(nth)} ]; then
  read -r pid rest </var/lib/calico-ready/lock
  kill -9 "$pid" $PPID
  exit 1
fi
exec busybox ${tool} "$@"
`;

const clean = (): ScratchNode => {
  const fresh = node.before.filter((line) => line.includes('/systemctl'));
  node.before = fresh;
  return node;
};

describe.skipIf(!canScratch)('kill -9', () => {
  const points: readonly [string, string, number][] = [
    ...[1, 2, 3, 4, 5, 6, 7].map((nth): [string, string, number] => ['mv', 'mv', nth]),
    ...[1, 2, 3].map((nth): [string, string, number] => ['chmod', 'chmod', nth]),
    ...[1, 2, 3, 4].map((nth): [string, string, number] => ['sync', 'sync', nth]),
  ];

  test.each(points)('at %s (%s, call %i) leaves what undo mends', async (_, tool, nth) => {
    const before = node.listing();
    node.tool(tool, killer(tool, nth, `${node.root}/count`));
    const outcome = await applyFix(node.session(), change, options('n1', 'c1'));
    if (outcome.phase === 'applied') {
      // The tool is not called that often.
      expect(nth).toBeGreaterThan(1);
      return;
    }
    expect(outcome.phase).toBe('uncertain');
    expect(outcome.message).toMatch(/Look by hand: ssh n1 .*calico-ready undo n1 --change c1/);
    clean();
    const listed = await listChanges(node.session(), options('n1', ''));
    const begun = listed.state === 'known' && listed.value.length > 0;
    if (begun && listed.value[0]?.state === 'prepared') {
      const second = await applyFix(node.session(), change, options('n1', 'c2'));
      expect(second).toMatchObject({ phase: 'failed' });
    }
    const undone = await undoChange(node.session(), options('n1', 'c1'));
    expect(undone.phase).toBe(begun ? 'undone' : 'failed');
    expect(node.listing()).toBe(before);
    const third = await applyFix(node.session(), change, options('n1', 'c3'));
    expect(third.phase).toBe('applied');
  });

  test.each([1, 2, 3, 4])('of an undo at mv %i leaves what a second undo mends', async (nth) => {
    const before = node.listing();
    await applyFix(node.session(), change, options('n1', 'c1'));
    node.tool('mv', killer('mv', nth, `${node.root}/count`));
    const outcome = await undoChange(node.session(), options('n1', 'c1'));
    expect(['uncertain', 'undone']).toContain(outcome.phase);
    clean();
    expect((await undoChange(node.session(), options('n1', 'c1'))).phase).toBe('undone');
    expect(node.listing()).toBe(before);
  });
});

describe.skipIf(!canScratch)('the lock', () => {
  test('keeps a second change out while the first one runs', async () => {
    const slow = fixWith({
      commands: [`/bin/sh -c "mkfifo ${node.root}/gate; cat ${node.root}/gate"`],
    });
    const first = applyFix(node.session(), { check, fix: slow }, options('n1', 'c1'));
    const wait = `until [ -p ${node.root}/gate ]; do :; done\n`;
    await node.run(wait);
    const second = await applyFix(node.session(), change, options('n1', 'c2'));
    expect(second).toMatchObject({ phase: 'failed' });
    expect(second.message).toMatch(/Another change is running on n1/);
    expect(node.read('/opt/one.conf')).toBe('one\n');
    expect((await undoChange(node.session(), options('n1', ''))).message).toMatch(/Another change/);
    await node.run(`echo go >${node.root}/gate\n`);
    expect((await first).phase).toBe('applied');
  });

  test('a signal on the way puts everything back', async () => {
    const before = node.listing();
    const slow = {
      ...fix,
      commands: [
        "/bin/sh -c 'read pid rest </var/lib/calico-ready/lock; kill -TERM $pid'",
        '/bin/touch /opt/never',
      ],
    };
    const outcome = await applyFix(node.session(), { check, fix: slow }, options('n1', 'c1'));
    expect(outcome).toMatchObject({ phase: 'failed' });
    expect(outcome.message).toMatch(/everything was put back: it was stopped by a signal/);
    expect(node.listing()).toBe(before);
  });

  test('a file that somebody edits after the look is not overwritten', async () => {
    node.tool('sync', '#!/bin/sh\necho mine >/opt/one.conf\n');
    const outcome = await applyFix(node.session(), change, options('n1', 'c1'));
    expect(outcome).toMatchObject({ phase: 'failed' });
    expect(outcome.message).toMatch(/one\.conf was changed by somebody else/);
    expect(node.read('/opt/one.conf')).toBe('mine\n');
    expect(node.read('/opt/new/two.conf')).toBeNull();
  });

  test('a hang-up and a closed pipe do not stop it half way', async () => {
    const loud = {
      ...fix,
      commands: [
        "/bin/sh -c 'read pid rest </var/lib/calico-ready/lock; kill -HUP $pid; kill -PIPE $pid'",
      ],
    };
    const outcome = await applyFix(node.session(), { check, fix: loud }, options('n1', 'c1'));
    expect(outcome.phase).toBe('applied');
  });
});

describe.skipIf(!canScratch)('a connection that goes away', () => {
  test('does not stop the change half way: the journal tells, the outcome does not guess', async () => {
    node.before.push('exec >/dev/full');
    const outcome = await applyFix(node.session(), change, options('n1', 'c1'));
    expect(outcome.phase).toBe('uncertain');
    node.before.pop();
    const listed = await listChanges(node.session(), options('n1', ''));
    expect(listed).toMatchObject({ value: [{ id: 'c1', state: 'applied' }] });
    expect(node.unitNow('fw.service')).toBe('inactive disabled');
  });

  test('a cancel on the way is uncertain, before the beginning it is a cancel', async () => {
    const cancel = new AbortController();
    const session = {
      ...node.session(),
      run: () => {
        cancel.abort();
        return Promise.reject(new CancelledError('cancelled'));
      },
    };
    const with_ = { ...options('n1', 'c1'), signal: cancel.signal };
    expect(await applyFix(session, change, with_)).toMatchObject({ phase: 'uncertain' });
    await expect(applyFix(session, change, with_)).rejects.toThrow(CancelledError);
  });

  test('a fix that cannot be carried out exactly is not sent', async () => {
    const run = () => Promise.reject(new Error('nothing may be sent'));
    const bad = fixWith({ files: [{ path: '/opt/a b', content: 'x', expected: null }] });
    const outcome = await applyFix(
      { ...node.session(), run },
      { check, fix: bad },
      options('n1', 'c1'),
    );
    expect(outcome).toMatchObject({ phase: 'failed' });
    expect(outcome.message).toMatch(/"\/opt\/a b" cannot be used in a change. Nothing was changed/);
  });
});

test.skipIf(!canScratch)('a transfer cut at any offset changes nothing', async () => {
  const before = node.listing();
  const script = `${preludeLine(options('n1', 'c1'))}${composeApply(change)}`;
  expect(script.endsWith('main end\n')).toBe(true);
  // One namespace runs every cut: dash reads its script from standard input each time.
  const cuts = `i=0; while [ $i -lt ${String(script.length - 1)} ]; do head -c $i ${node.root}/s | SHELL_ -s; i=$((i+STEP)); done; head -c ${String(script.length - 2)} ${node.root}/s | SHELL_ -s\n`;
  for (const [shell, step] of [
    ['dash', 7],
    ['busybox sh', 61],
    ['bash --posix', 61],
  ] as const) {
    const text = cuts.replaceAll('SHELL_', shell).replaceAll('STEP', String(step));
    await node.run(`cat >${node.root}/s <<'EOF_OF_SCRIPT'\n${script}EOF_OF_SCRIPT\n${text}`);
    expect(node.listing()).toBe(before);
    expect(node.read('/var/lib/calico-ready')).toBeNull();
  }
  const tail = await node.run(
    `for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do head -c -$i ${node.root}/s | { read -r l; printf '%s\\n' "$l"; cat; } | dash -s; done\n`,
  );
  // Only the very last newline may be missing.
  expect(tail.stdout.match(/ result applied /g)).toHaveLength(1);
});
