import { expect, it } from 'vitest';
import type { CommonOptions } from '../../src/cli/options.js';
import { reachOf } from '../../src/cli/reach.js';
import { fixWords } from '../../src/report/fix-line.js';

const given = (change: Partial<CommonOptions>): CommonOptions => ({
  format: 'human',
  profile: 'evidence',
  become: 'auto',
  concurrency: 32,
  timeout: 120,
  identity: [],
  hostKey: 'ask',
  ...change,
});
const node = (name: string) => ({ name, host: name, roles: [] });

it.each<[string, readonly string[], Partial<CommonOptions>, string]>([
  ['n1', [], { inventory: 'nodes.yaml' }, 'n1 --inventory nodes.yaml'],
  ['n1', ['ops@n1:2222'], {}, 'ops@n1:2222'],
  ['::1', ['[::1]:22'], {}, "'[::1]:22'"],
  ['n1', ['n1', 'ops@n2'], { inventory: 'i' }, 'n1 --inventory i'],
  ['n2', ['n1', 'ops@n2'], { inventory: 'i' }, 'ops@n2 --inventory i'],
  ['this-machine', [], { local: true, intent: 'i.yaml' }, '--local --intent i.yaml'],
  [
    'n1',
    ['n1'],
    { config: 'my config', identity: ['a', 'b'], knownHosts: 'known', rules: 'own.yaml' },
    "n1 --rules own.yaml --config 'my config' --known-hosts known --identity a --identity b",
  ],
  [
    'n1',
    ['n1'],
    { transport: 'openssh', become: 'doas', becomeShell: true, timeout: 300, hostKey: 'strict' },
    'n1 --transport openssh --become doas --become-shell --timeout 300 --host-key strict',
  ],
  // The next command has no such descriptor, and no report.
  ['n1', ['n1'], { passwordFd: 3, becomePasswordFd: 4, output: 'r', format: 'json' }, 'n1'],
])('%s of %j is reached again', (name, typed, options, words) => {
  const reach = reachOf(
    typed,
    [node('n1'), node('::1'), node('n2')].filter(
      ({ name: one }) =>
        // A typed node has the name of its host.
        one === name || typed.includes(one),
    ),
    given(options),
  );
  expect(fixWords([name], 'c', reach)?.join(' ')).toBe(
    `calico-ready fix ${words} --check c --plan`,
  );
});
