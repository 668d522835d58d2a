import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { composeApply } from '../../../src/change/script-apply.js';
import { composeUndo } from '../../../src/change/script-undo.js';
import { preludeLine } from '../../../src/change/valid.js';
import { RECORDINGS } from '../../../src/cli/demo/recordings.js';
import { changeOptions } from '../../../src/cli/wiring/changes.js';
import { fixOf, never, nodeOf, play, statusOf, type Play } from './play.js';

const CHANGES = RECORDINGS.flatMap(({ name, changes }) =>
  changes.map((change) => ({ name, ...change })),
);
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

let demo: Play;
beforeEach(() => {
  demo = play();
});
afterEach(() => demo.fleet.close());

test('one safe and one disruptive change were recorded', () => {
  expect(CHANGES.map(({ name, check, way }) => [name, check, way])).toEqual([
    ['rack1-b', 'interfaces/networkmanager', 'unmanaged'],
    ['rack2-a', 'firewall/firewalld', 'disable'],
  ]);
});

describe.each(CHANGES)('$check on $name', ({ name, check, way, apply, undo }) => {
  test('is the change that the check offers today; else run scripts/record-demo.ts', async () => {
    const fix = fixOf(await demo.judge(), name, check, way);
    expect(sha256(composeApply({ check, fix }))).toBe(apply.sha256);
    expect(sha256(composeUndo())).toBe(undo.sha256);
  });

  test('is applied, proven by the same probes, undone, and can be made again', async () => {
    const before = await demo.judge();
    expect(statusOf(before, name, check)).toBe('fail');
    const fix = fixOf(before, name, check, way);
    for (const id of ['c1', 'c2']) {
      const applied = await demo.apply(name, check, fix, id);
      expect(applied).toMatchObject({ phase: 'applied', changeId: id });
      expect(applied.steps.length).toBeGreaterThan(2);
      const after = await demo.judge();
      expect(statusOf(after, name, check)).toBe('pass');
      expect(after.report.nodes.find((node) => node.name === name)?.readiness).toBe('ready');
      expect(await demo.undo(name, id)).toMatchObject({ phase: 'undone', changeId: id });
      expect(statusOf(await demo.judge(), name, check)).toBe('fail');
    }
  });

  test('is on one node alone', async () => {
    const fix = fixOf(await demo.judge(), name, check, way);
    expect((await demo.apply('rack1-a', check, fix, 'c1')).phase).not.toBe('applied');
    await demo.apply(name, check, fix, 'c1');
    const others = CHANGES.filter((one) => one.name !== name);
    const after = await demo.judge();
    for (const other of others) expect(statusOf(after, other.name, other.check)).toBe('fail');
  });

  test('is refused when one byte differs, and as the login user', async () => {
    const fix = fixOf(await demo.judge(), name, check, way);
    const text = composeApply({ check, fix });
    const prelude = preludeLine({ ...changeOptions(nodeOf(name), never), changeId: 'c1' });
    const scripts = [
      `${prelude}${text.replace('umask 077', 'umask 022')}`,
      `${prelude}${text}\n`,
      `${prelude}${text.slice(0, -1)}`,
      `${prelude.replace('V=', "V='$(id)'")}${text}`,
      `${prelude}${prelude}${text}`,
      text,
    ];
    for (const script of scripts) {
      const { exit, stdout, stderr } = await demo.run(name, script, 'root');
      expect({ exit, stdout }).toEqual({ exit: 126, stdout: '' });
      expect(stderr).toContain('nothing was changed');
    }
    expect(await demo.run(name, `${prelude}${text}`, 'login')).toMatchObject({ exit: 126 });
    expect(statusOf(await demo.judge(), name, check)).toBe('fail');
  });

  test('is undone by its own id alone', async () => {
    const fix = fixOf(await demo.judge(), name, check, way);
    expect((await demo.undo(name, 'c1')).phase).not.toBe('undone');
    await demo.apply(name, check, fix, 'c1');
    expect((await demo.undo(name, 'c2')).phase).not.toBe('undone');
    expect(statusOf(await demo.judge(), name, check)).toBe('pass');
  });
});
