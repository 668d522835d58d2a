import { expect, test } from 'vitest';
import { commandLineFor } from '../../src/session/selectors/command-line.js';
import type { SessionState } from '../../src/session/state.js';
import type { StepId } from '../../src/session/steps.js';
import { THIS_MACHINE } from '../../src/session/this-machine.js';
import { broken, inventoryNode } from '../helpers/fake-ports.js';
import { session } from './session.js';

const base = (): SessionState => session({ a: broken(), b: broken() }).state();
const many = Array.from({ length: 20 }, (_, index) => inventoryNode(`n${String(index)}`));

const LINES: readonly [string, StepId, (state: SessionState) => Partial<SessionState>, string][] = [
  ['nothing yet', 'nodes', () => ({ nodes: [] }), 'calico-ready'],
  ['the demo', 'findings', () => ({ demo: true }), 'calico-ready demo'],
  ['typed nodes', 'survey', () => ({}), 'calico-ready audit a b'],
  [
    'user, port and IPv6',
    'access',
    (s) => ({
      nodes: [
        { name: 'x', host: 'x', port: 2222, user: 'root', roles: [] },
        { name: 'six', host: '2001:db8::1', roles: [] },
      ],
      access: {
        ...s.access,
        user: 'op',
        become: 'none',
        hostKey: 'strict',
        identityFiles: ['/k y'],
      },
    }),
    "calico-ready audit root@x:2222 'op@[2001:db8::1]' --become none --host-key strict --identity '/k y'",
  ],
  ['this machine', 'survey', () => ({ nodes: [THIS_MACHINE] }), 'calico-ready audit --local'],
  ['more than a line holds', 'survey', () => ({ nodes: many }), 'calico-ready --resume'],
  [
    'nodes behind others',
    'survey',
    () => ({ nodes: [{ name: 'x', host: 'x', jump: ['j'], roles: [] }] }),
    'calico-ready --resume',
  ],
  [
    'files',
    'findings',
    () => ({ nodes: many, files: { inventory: "it's.yaml", intent: 'i.yaml' } }),
    "calico-ready audit --inventory 'it'\\''s.yaml' --intent i.yaml",
  ],
  [
    'an intent without a file',
    'intent',
    (s) => ({ intent: { ...s.intent, encapsulation: 'vxlan' } }),
    'calico-ready audit a b --intent FILE',
  ],
  ['paths', 'paths', () => ({}), 'calico-ready audit a b'],
  [
    'waivers',
    'sign-off',
    () => ({ waivers: [{ check: 'c', who: 'w', why: 'y', until: '2026-12-31' }] }),
    'calico-ready audit a b --waivers FILE',
  ],
  ['an export to come', 'export', () => ({}), 'calico-ready audit a b --bundle FILE --unsigned'],
  [
    'an export',
    'export',
    () => ({ exportSettings: { bundle: 'b.tar.gz', signKey: '/k', signer: 'op' } }),
    'calico-ready audit a b --bundle b.tar.gz --sign-key /k',
  ],
  [
    'a name that would steer the terminal or the shell',
    'survey',
    () => ({ nodes: [inventoryNode('x\u001b[2J$(id)')] }),
    "calico-ready audit 'x\u241b[2J$(id)'",
  ],
];

test.each(LINES)('the command line for %s', (_name, step, change, line) => {
  const state = base();
  expect(commandLineFor(step, { ...state, ...change(state) })).toBe(line);
});

test('the line for fixes plans them all, or applies what is picked', async () => {
  const { actions, state } = session({ a: broken(), b: broken() });
  await actions.runSurvey();
  expect(commandLineFor('fixes', state())).toBe(
    'calico-ready fix a b --check fake/firewall --plan',
  );
  actions.pickFix('b/fake/manager/unmanaged', true);
  expect(commandLineFor('fixes', state())).toBe('calico-ready fix b --check fake/manager --apply');
});
