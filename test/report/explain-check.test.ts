import { describe, expect, it, test } from 'vitest';
import { catalogue } from '../../checks/index.js';
import type { AnyCheck, AnyNodeCheck } from '../../src/domain/check.js';
import { RELEASES } from '../../src/domain/intent.js';
import { probesOf } from '../../src/engine/plan.js';
import { exampleFixes, explain } from '../../src/report/explain-check.js';
import { applyingIntent, judgedByRelease } from '../../src/report/explain-releases.js';
import { explanationMarkdown, explanationText } from '../../src/report/explain-render.js';

const [first] = catalogue.checks;
if (first?.scope !== 'node') throw new Error('the catalogue begins with no check of a node');
const withFirst = (change: Partial<AnyNodeCheck>): AnyCheck => ({ ...first, ...change });

describe('by release', () => {
  const judged = (change: Partial<AnyNodeCheck>) => {
    const check = withFirst(change);
    return judgedByRelease(check, applyingIntent(check).intent);
  };

  it('is one line when all judge alike', () => {
    expect(judged({ rule: () => 'Always the same.' })).toEqual([
      { label: 'All releases, and both pages as written', text: 'Always the same.' },
    ]);
  });

  it('groups neighbours and keeps the two pages apart', () => {
    const rule: AnyNodeCheck['rule'] = ({ calico }) =>
      ['3.25', '3.26'].includes(calico) ? 'The old one.' : 'The new one.';
    expect(judged({ rule }).map(({ label, text }) => `${label}: ${text}`)).toEqual([
      'Calico 3.25 to 3.26: The old one.',
      'Calico 3.27 to 3.32: The new one.',
      'The page of Calico 3.0 as written: The new one.',
      'The page of Calico 3.29 as written: The new one.',
    ]);
  });

  it('says of a release that the check does not apply to why', () => {
    const lines = judged({
      rule: () => 'Judged.',
      skip: ({ calico }) => (calico === '3.0' ? 'nobody had it then' : null),
    });
    expect(lines.map(({ text }) => text)).toContain('not judged: nobody had it then');
  });

  it('names every release once', () => {
    const labels = judged({ rule: ({ calico }) => `The rule of ${calico}.` });
    expect(labels).toHaveLength(RELEASES.length);
  });
});

describe('an intent that uses the check', () => {
  it.each([
    ['the default', () => null, ''],
    [
      'one value',
      (wireguard: string) => (wireguard === 'none' ? 'no WireGuard' : null),
      'wireguard: ipv4',
    ],
  ])('%s', (_name, skip, change) => {
    const check = withFirst({ skip: ({ wireguard }) => skip(wireguard) });
    expect(applyingIntent(check).change).toBe(change);
  });

  it('two values', () => {
    const check = withFirst({
      skip: ({ dataplane, kubeProxy }) =>
        dataplane === 'ebpf' && kubeProxy === 'none' ? null : 'something else',
    });
    expect(applyingIntent(check).change).toBe('dataplane: ebpf, kubeProxy: none');
  });
});

test('a fix is shown with its files, commands, undo and what it disturbs', () => {
  const check = withFirst({
    id: 'area/name',
    needs: {},
    judge: () => ({ status: 'fail', found: 'a file is missing', expected: 'that file' }),
    example: {},
    fixes: () => [
      {
        way: 'write',
        summary: 'Write the file.',
        kind: 'disruptive',
        consentWord: 'write',
        loses: ['What was there before.'],
        files: [{ path: '/etc/a.conf', content: '[a]\nb = 1\n', mode: '0644', expected: null }],
        units: [{ unit: 'a.service', active: true, enabled: false }],
        commands: ['/bin/a --now'],
        undoCommands: ['/bin/a --back'],
        disturbsNetwork: true,
        needsReboot: true,
        byHandOnly: true,
        byHand: 'Write it yourself.',
      },
    ],
  });
  const text = explanationText(explain(check, probesOf(check)));
  const shown = text.slice(text.indexOf('\nFix\n')).trim().split('\n');
  expect(shown.map((line) => line.trim())).toEqual([
    'Fix',
    'For a node with this finding; failed: a file is missing',
    'write (disruptive): Write the file.',
    'What was there before.',
    'Writes /etc/a.conf (mode 0644):',
    '[a]',
    'b = 1',
    'a.service: running and disabled.',
    'Runs:',
    '/bin/a --now',
    'Undone by:',
    '/bin/a --back',
    'It disturbs the network of the node.',
    'It is complete after a restart of the node.',
    'This version shows it and does not apply it.',
    'By hand: Write it yourself.',
  ]);
});

describe.each(catalogue.checks.map((check) => ({ id: check.id, check })))('$id', ({ check }) => {
  const explanation = explain(check, probesOf(check));

  it('has all that explain promises', () => {
    const headings = explanation.parts.map(({ heading }) => heading);
    expect(headings).toEqual(expect.arrayContaining(['Why', 'Source (this one judges)']));
    for (const { items } of explanation.parts) {
      for (const { text } of items) expect(text).not.toMatch(/undefined|\[object|^\s*$/);
    }
  });

  it('fits a terminal, commands and addresses apart', () => {
    const long = explanationText(explanation)
      .split('\n')
      .filter((line) => line.length > 80 && !/^ {4}|https:|\S{60}/.test(line));
    expect(long).toEqual([]);
  });

  it('leaves no mark of Markdown open', () => {
    const page = explanationMarkdown(explanation);
    expect(page.split('\n').filter((line) => /^#{3}|^\||^>/.test(line))).toEqual([]);
  });

  it('shows its fixes by an example that its own judge can read', () => {
    if (check.scope !== 'node' || check.example === undefined) return;
    const context = {
      intent: applyingIntent(check).intent,
      node: { name: 'n', host: 'n', roles: ['worker' as const] },
    };
    expect(() => check.judge(check.example as never, context)).not.toThrow();
    expect(exampleFixes(check)).not.toBeNull();
  });
});
