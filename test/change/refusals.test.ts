import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { applyFix, listChanges, undoChange } from '../../src/change/run.js';
import type { FileChange, Fix } from '../../src/domain/fix.js';
import { canScratch, fixWith, options, ScratchNode } from './scratch-node.js';

const check = 'interfaces/networkmanager';
const PATH = '/opt/conf.d/one.conf';
let node: ScratchNode;

beforeEach(() => {
  node = new ScratchNode();
});
afterEach(() => {
  node.remove();
});

const apply = (fix: Fix, id: string) => applyFix(node.session(), { check, fix }, options('n1', id));
const undo = (id: string) => undoChange(node.session(), options('n1', id));
const list = () => listChanges(node.session(), options('n1', ''));
const writes = (expected: string | null, content: string | null, path = PATH): Fix =>
  fixWith({ files: [{ path, content, expected } satisfies FileChange] });

describe.skipIf(!canScratch)('an apply that must not begin', () => {
  const cases: readonly [string, (on: ScratchNode) => void, Fix, RegExp][] = [
    [
      'edited since shown',
      (on) => {
        on.write(PATH, 'edited\n');
      },
      writes('old\n', 'new\n'),
      /one\.conf is no longer as it was when the change was shown.*Survey the node again/,
    ],
    [
      'one byte longer than shown',
      (on) => {
        on.write(PATH, 'old\n\n');
      },
      writes('old\n', 'new\n'),
      /no longer as it was/,
    ],
    ['gone since shown', () => undefined, writes('old\n', 'new\n'), /no longer as it was/],
    [
      'made since shown',
      (on) => {
        on.write(PATH, '');
      },
      writes(null, 'new\n'),
      /no longer as it was/,
    ],
    [
      'a symbolic link',
      (on) => {
        on.write('/opt/real', 'old\n');
        on.before.push('mkdir -p /opt/conf.d', `ln -s /opt/real ${PATH}`);
      },
      writes('old\n', 'new\n'),
      /is a link or no plain file/,
    ],
    [
      'a directory',
      (on) => {
        on.write(`${PATH}/x`, '');
      },
      writes('old\n', 'new\n'),
      /is a link or no plain file/,
    ],
    [
      'below a plain file',
      (on) => {
        on.write('/opt/conf.d', '');
      },
      writes(null, 'new\n'),
      /\/opt\/conf\.d is not a directory/,
    ],
    [
      'on a read-only file system',
      (on) => {
        on.write(PATH, 'old\n');
        on.before.push('mount -o remount,bind,ro /opt');
      },
      writes('old\n', 'new\n'),
      /read-only/,
    ],
    [
      'with a read-only journal',
      (on) => {
        on.write(PATH, 'old\n');
        on.before.push('mount -o remount,bind,ro /var/lib');
      },
      writes('old\n', 'new\n'),
      /journal \/var\/lib\/calico-ready cannot be written \(.*Read-only file system\)/,
    ],
    [
      'with no room for the backup',
      (on) => {
        on.write(PATH, 'x'.repeat(200_000));
        on.before.push('mount -t tmpfs -o size=100k tmpfs /var/lib');
      },
      writes('x'.repeat(200_000), 'new\n'),
      /cannot be written \(.*No space left on device.*Nothing was changed/,
    ],
    [
      'without cmp',
      (on) => {
        on.write(PATH, 'old\n');
        on.before.push('mount --bind /dev/null /usr/bin/cmp');
      },
      writes('old\n', 'new\n'),
      /has no cmp/,
    ],
  ];

  test.each(cases)('%s', async (_, prepare, fix, message) => {
    prepare(node);
    const before = node.listing();
    const outcome = await apply(fix, 'c1');
    expect(outcome.phase).toBe('failed');
    expect(outcome.message).toMatch(message);
    if (!before.includes('real')) expect(node.listing()).toBe(before);
    expect(node.read('/var/lib/calico-ready')).toBeNull();
  });

  test('a refusal leaves an older journal alone', async () => {
    node.write(PATH, 'old\n');
    await apply(writes('old\n', 'new\n'), 'c1');
    node.before.push('mount -t tmpfs -o size=60k,mode=755 tmpfs /opt');
    const outcome = await apply(writes('new\n', 'newer\n'), 'c2');
    expect(outcome).toMatchObject({ phase: 'failed' });
    expect(await list()).toMatchObject({ value: [{ id: 'c1', state: 'applied' }] });
  });
});

describe.skipIf(!canScratch)('several changes', () => {
  test('are undone in their order, the newest first', async () => {
    node.write(PATH, 'one\n');
    node.write('/opt/other', 'a\n');
    const before = node.listing();
    expect((await apply(writes('one\n', 'two\n'), 'c-b')).phase).toBe('applied');
    expect((await apply(writes('two\n', 'three\n'), 'c-a')).phase).toBe('applied');
    expect((await apply(writes('a\n', 'b\n', '/opt/other'), 'c-0')).phase).toBe('applied');

    const early = await undo('c-b');
    expect(early).toMatchObject({ phase: 'failed', changeId: 'c-b' });
    expect(early.message).toMatch(/Change c-a came later and touches the same/);
    expect(early.message).toMatch(/calico-ready undo n1 --change c-a/);
    expect(node.read(PATH)).toBe('three\n');

    expect(await undo('')).toMatchObject({ phase: 'undone', changeId: 'c-0' });
    expect(await undo('')).toMatchObject({ phase: 'undone', changeId: 'c-a' });
    expect(node.read(PATH)).toBe('two\n');
    expect(await undo('c-b')).toMatchObject({ phase: 'undone' });
    expect(node.listing()).toBe(before);
    const again = await undo('c-b');
    expect(again).toMatchObject({ phase: 'undone' });
    expect(again.message).toMatch(/not in force any more/);
    expect(await list()).toMatchObject({
      value: [{ id: 'c-b', order: 1 }, { id: 'c-a' }, { id: 'c-0', order: 3 }],
    });
  });

  test('a later change of the same unit counts too', async () => {
    node.unit('fw.service', 'active', 'enabled');
    const off = fixWith({ units: [{ unit: 'fw', active: false, enabled: true }] });
    const gone = fixWith({ units: [{ unit: 'fw', active: false, enabled: false }] });
    await apply(off, 'c1');
    await apply(gone, 'c2');
    expect((await undo('c1')).message).toMatch(/Change c2 came later/);
  });

  test('the same id is taken once', async () => {
    await apply(writes(null, 'x'), 'c1');
    const outcome = await apply(writes('x', 'y'), 'c1');
    expect(outcome).toMatchObject({ phase: 'failed' });
    expect(outcome.message).toMatch(/already has a change c1/);
    expect(node.read(PATH)).toBe('x');
  });
});

describe.skipIf(!canScratch)('an undo', () => {
  test('refuses a file that was edited after the change, and names it', async () => {
    node.write(PATH, 'one\n');
    await apply(writes('one\n', 'two\n'), 'c1');
    node.write(PATH, 'mine\n');
    const outcome = await undo('c1');
    expect(outcome).toMatchObject({ phase: 'failed' });
    expect(outcome.message).toMatch(/\/opt\/conf\.d\/one\.conf was edited after the change/);
    expect(node.read(PATH)).toBe('mine\n');
  });

  test('brings back a file that is gone, with its folder', async () => {
    node.write(PATH, 'one\n');
    await apply(writes('one\n', 'two\n'), 'c1');
    node.before.push('rm -rf /opt/conf.d');
    expect((await undo('c1')).phase).toBe('undone');
    expect(node.read(PATH)).toBe('one\n');
  });

  test('keeps a folder it made when somebody put a file there', async () => {
    await apply(writes(null, 'new\n'), 'c1');
    node.write('/opt/conf.d/mine', 'x');
    const outcome = await undo('c1');
    expect(outcome.phase).toBe('undone');
    expect(outcome.steps).toContain('left /opt/conf.d, which is not empty');
    expect(node.read(PATH)).toBeNull();
    expect(node.read('/opt/conf.d/mine')).toBe('x');
  });

  test('whose command fails says so and can be run again', async () => {
    const fix = { ...writes(null, 'new\n'), undoCommands: ['/bin/sh -c "test ! -e /opt/broken"'] };
    await apply(fix, 'c1');
    node.write('/opt/broken', '');
    const outcome = await undo('c1');
    expect(outcome.phase).toBe('failed');
    expect(outcome.message).toMatch(/a command failed.*test ! -e/);
    node.before.push('rm -f /opt/broken');
    expect((await undo('')).phase).toBe('undone');
  });

  test('of a node without a journal finds nothing and writes nothing', async () => {
    expect((await undo('')).message).toBe('There is no change to undo on n1.');
    expect((await undo('c9')).phase).toBe('failed');
    expect(await list()).toEqual({ state: 'known', value: [] });
    expect(node.read('/var/lib/calico-ready')).toBeNull();
  });
});
