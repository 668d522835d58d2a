import { chmodSync, chownSync, utimesSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { applyFix, listChanges, undoChange } from '../../src/change/run.js';
import type { Fix } from '../../src/domain/fix.js';
import { canScratch, fixWith, options, ScratchNode, type ShellName } from './scratch-node.js';

const EVERY_BYTE = [
  ...Array.from({ length: 256 }, (_, point) => String.fromCodePoint(point)),
  '\n-first dash\n%s %d %% \\n \\0 \\\\ \'"`$(x)$x\n€😀\u0000\n\n\nno newline at the end',
].join('');

const check = 'interfaces/networkmanager';
let node: ScratchNode;

beforeEach(() => {
  node = new ScratchNode();
});
afterEach(() => {
  node.remove();
});

const apply = (fix: Fix, id: string) => applyFix(node.session(), { check, fix }, options('n1', id));
const undo = (id: string) => undoChange(node.session(), options('n1', id));

const shells: readonly [string, ShellName, boolean][] = [
  ['dash', 'dash', false],
  ['bash', 'bash', false],
  ['BusyBox ash with the machine’s tools', 'busybox', false],
  ['BusyBox ash with BusyBox tools', 'busybox', true],
];

describe.skipIf(!canScratch).each(shells)('under %s', (_, shell, busyboxTools) => {
  beforeEach(() => {
    node.shell = shell;
    if (busyboxTools) node.useBusyboxTools();
  });

  test('apply and undo restore bytes, modes, owners, times, folders and units', async () => {
    node.write('/opt/existing.conf', 'old ünï\n', 0o640);
    chownSync(node.at('/opt/existing.conf'), 12, 34);
    utimesSync(node.at('/opt/existing.conf'), 1_500_000_000, 1_500_000_000);
    node.write('/opt/removed.conf', EVERY_BYTE, 0o600);
    node.write('/opt/kept-mode.conf', 'a\n', 0o755);
    node.unit('firewalld.service', 'active', 'enabled');
    node.unit('NetworkManager.service', 'inactive', 'disabled');
    const before = node.listing();
    const outcome = await apply(
      fixWith({
        files: [
          { path: '/opt/existing.conf', content: 'new\n', mode: '0644', expected: 'old ünï\n' },
          { path: '/opt/a/b/new.conf', content: EVERY_BYTE, expected: null },
          { path: '/opt/empty.conf', content: '', mode: '0600', expected: null },
          { path: '/opt/removed.conf', content: null, expected: EVERY_BYTE },
          { path: '/opt/kept-mode.conf', content: 'b', expected: 'a\n' },
        ],
        units: [
          { unit: 'firewalld', active: false, enabled: false },
          { unit: 'NetworkManager.service', active: true, enabled: true },
        ],
        commands: ["/bin/sh -c 'echo \"it'\"'\"'s\" >/opt/by-command'"],
        undoCommands: ['/bin/rm /opt/by-command'],
      }),
      'c1',
    );
    expect(outcome).toMatchObject({ phase: 'applied', changeId: 'c1' });
    expect(outcome.steps).toEqual([
      'prepared',
      'wrote /opt/existing.conf',
      'wrote /opt/a/b/new.conf',
      'wrote /opt/empty.conf',
      'removed /opt/removed.conf',
      'wrote /opt/kept-mode.conf',
      'firewalld.service is now inactive, disabled',
      'NetworkManager.service is now active, enabled',
      "ran /bin/sh -c 'echo \"it'\"'\"'s\" >/opt/by-command'",
      'applied',
    ]);
    expect(node.read('/opt/a/b/new.conf')).toBe(EVERY_BYTE);
    expect(node.read('/opt/existing.conf')).toBe('new\n');
    expect(node.read('/opt/empty.conf')).toBe('');
    expect(node.read('/opt/by-command')).toBe("it's\n");
    expect(node.listing()).toMatch(/^f 755 0 0 opt\/kept-mode.conf$/m);
    expect(node.listing()).toMatch(/^f 644 12 34 opt\/existing.conf$/m);
    expect(node.listing()).toMatch(/^f 644 0 0 opt\/a\/b\/new.conf$/m);
    expect(node.unitNow('firewalld.service')).toBe('inactive disabled');
    expect(node.read('/var/lib/calico-ready/lock')).toBeNull();

    expect(await undo('')).toMatchObject({ phase: 'undone', changeId: 'c1' });
    expect(node.listing()).toBe(before);
    const listed = await listChanges(node.session(), options('n1', ''));
    expect(listed).toEqual({
      state: 'known',
      value: [
        { id: 'c1', order: 1, state: 'undone', time: '2026-01-31T12:00:00Z', check, way: 'test' },
      ],
    });
  });

  test('a step that fails puts everything back', async () => {
    node.write('/opt/one.conf', 'one\n');
    node.unit('firewalld.service', 'active', 'enabled');
    const before = node.listing();
    const outcome = await apply(
      fixWith({
        files: [
          { path: '/opt/one.conf', content: 'changed\n', expected: 'one\n' },
          { path: '/opt/new/two.conf', content: 'two\n', expected: null },
        ],
        units: [{ unit: 'firewalld.service', active: false, enabled: false }],
        commands: ['/bin/sh -c "echo the daemon said no; exit 3"'],
      }),
      'c1',
    );
    expect(outcome.phase).toBe('failed');
    expect(outcome.message).toMatch(/everything was put back: .*the daemon said no/);
    expect(node.listing()).toBe(before);
    expect(await undo('')).toMatchObject({
      phase: 'failed',
      message: 'There is no change to undo on n1.',
    });
  });
});

describe.skipIf(!canScratch)('unit states', () => {
  const disable = fixWith({ units: [{ unit: 'fw.service', active: false, enabled: false }] });
  test.each([
    ['active enabled', 'inactive disabled'],
    ['active disabled', 'inactive disabled'],
    ['inactive enabled', 'inactive disabled'],
    ['active enabled-runtime', 'inactive disabled'],
    ['inactive masked', 'inactive masked'],
    ['active masked', 'inactive masked'],
    ['active static', 'inactive static'],
  ])('%s becomes %s and comes back', async (was, becomes) => {
    const [active = '', enabled = ''] = was.split(' ');
    node.unit('fw.service', active, enabled);
    expect((await apply(disable, 'c1')).phase).toBe('applied');
    expect(node.unitNow('fw.service')).toBe(becomes);
    expect((await undo('c1')).phase).toBe('undone');
    expect(node.unitNow('fw.service')).toBe(was);
  });

  test('a unit that was unmasked or enabled by somebody since is masked again', async () => {
    node.unit('fw.service', 'inactive', 'masked');
    await apply(disable, 'c1');
    node.unit('fw.service', 'active', 'enabled');
    expect((await undo('c1')).phase).toBe('undone');
    expect(node.unitNow('fw.service')).toBe('inactive masked');
  });

  test('a refusal of systemctl puts the unit back', async () => {
    node.unit('fw.service', 'active', 'enabled');
    node.refuseVerb('stop');
    const outcome = await apply(disable, 'c1');
    expect(outcome.phase).toBe('failed');
    expect(outcome.message).toMatch(/refused by the test/);
    expect(node.unitNow('fw.service')).toBe('active enabled');
  });

  test.each([
    ['unknown to systemd', null, /no unit fw.service/],
    ['masked', 'inactive masked', /masked/],
    ['static', 'inactive static', /cannot be enabled/],
  ])('a unit that is %s is not started', async (_, was, message) => {
    const [active = '', enabled = ''] = was?.split(' ') ?? [];
    if (was !== null) node.unit('fw.service', active, enabled);
    const start = fixWith({ units: [{ unit: 'fw', active: true, enabled: true }] });
    const outcome = await apply(start, 'c1');
    expect(outcome).toMatchObject({ phase: 'failed' });
    expect(outcome.message).toMatch(message);
    expect(node.read('/var/lib/calico-ready')).toBeNull();
  });
});

test.skipIf(!canScratch)('a mode of the journal is closed to others', async () => {
  node.write('/opt/one.conf', 'one\n');
  await apply(
    fixWith({ files: [{ path: '/opt/one.conf', content: 'x', expected: 'one\n' }] }),
    'c1',
  );
  chmodSync(node.at('/var/lib/calico-ready'), 0o755);
  await apply(fixWith({ files: [{ path: '/opt/one.conf', content: 'y', expected: 'x' }] }), 'c2');
  const { stdout } = await node.run(
    'find /var/lib/calico-ready -type d -printf "%m %U\\n" | sort -u',
  );
  expect(stdout).toBe('700 0\n');
});
