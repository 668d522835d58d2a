import { defineCheck, defineClusterCheck, fail, pass, warn } from '../../src/domain/check.js';
import type { Catalogue, Source } from '../../src/domain/check.js';
import type { Fix } from '../../src/domain/fix.js';
import { usesVxlan } from '../../src/domain/intent.js';
import { defineProbe, type Probe } from '../../src/domain/probe.js';

const source: Source = {
  page: 'fake',
  url: 'https://example.org/requirements',
  date: '2026-01-01',
  says: 'A requirement made up for tests.',
};

const word = (id: string): Probe<string> =>
  defineProbe({
    id,
    command: `show ${id}`,
    script: `show ${id}`,
    rootCommands: [],
    timeoutSeconds: 5,
    maxBytes: 1000,
    fields: { word: 'plain' },
    parse: ({ stdout }) => stdout.trim(),
  });

const firewall = word('fake-firewall');
const manager = word('fake-manager');
const machine = word('fake-machine');
const swap = word('fake-swap');

const fix = (way: string, more: Partial<Fix>): Fix => ({
  way,
  summary: `Does ${way}.`,
  kind: 'safe',
  loses: [],
  files: [],
  units: [],
  commands: [],
  undoCommands: [],
  disturbsNetwork: false,
  needsReboot: false,
  byHand: 'Do it by hand.',
  ...more,
});

const common = { why: 'Because tests need it.', sources: [source], waivable: true } as const;

/**
 * Made up for tests of the session and the screens: five checks over one-word outputs. Nothing here says anything
 * about Calico. `fake/tunnel` applies with a vxlan encapsulation only.
 */
export const FAKE_CATALOGUE: Catalogue = {
  version: 'fake-1',
  checks: [
    defineCheck({
      ...common,
      id: 'fake/firewall',
      title: 'The firewall is inactive',
      severity: 'required',
      needs: { firewall },
      breaks: ['pod traffic'],
      judge: (facts) =>
        facts.firewall === 'active'
          ? fail('the firewall is active', 'it is inactive')
          : pass('the firewall is inactive'),
      fixes: () => [
        fix('disable', {
          kind: 'disruptive',
          consentWord: 'DISABLE',
          loses: ['Every rule of the firewall.'],
          units: [{ unit: 'fake-firewall.service', active: false, enabled: false }],
        }),
      ],
    }),
    defineCheck({
      ...common,
      id: 'fake/manager',
      title: 'The manager leaves interfaces alone',
      severity: 'required',
      needs: { manager },
      judge: (facts) =>
        facts.manager === 'managed'
          ? fail('cali* is managed', 'cali* is unmanaged')
          : pass('cali* is unmanaged'),
      fixes: () => [
        fix('unmanaged', {
          files: [
            {
              path: '/etc/manager.conf',
              content: 'cali*=unmanaged\n',
              mode: '0644',
              expected: null,
            },
          ],
        }),
      ],
    }),
    defineCheck({
      ...common,
      id: 'fake/machine',
      title: 'The machine is supported',
      severity: 'required',
      waivable: false,
      needs: { machine },
      judge: (facts) =>
        facts.machine === 'x86_64' ? pass('x86_64') : fail(facts.machine, 'x86_64'),
    }),
    defineCheck({
      ...common,
      id: 'fake/swap',
      title: 'Swap is off',
      severity: 'recommended',
      needs: { swap },
      judge: (facts) => (facts.swap === 'on' ? warn('swap is on', 'swap is off') : pass('off')),
    }),
    defineCheck({
      ...common,
      id: 'fake/tunnel',
      title: 'The tunnel works on this machine',
      severity: 'required',
      skip: (intent) => (usesVxlan(intent) ? null : 'the intent uses no tunnel of this kind'),
      needs: { machine },
      judge: (facts) => (facts.machine === 'x86_64' ? pass('works') : fail('broken', 'works')),
    }),
    defineClusterCheck({
      ...common,
      id: 'fake/same-machine',
      title: 'All nodes are of one kind',
      severity: 'recommended',
      needs: { machine },
      judge: (shares) =>
        new Set(shares.map(({ facts }) => facts.machine)).size > 1
          ? warn('several kinds', 'one kind')
          : pass('one kind'),
    }),
  ],
};
