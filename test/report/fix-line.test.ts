import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { fixWords, wrapCommand, type Reach } from '../../src/report/fix-line.js';
import { renderHuman } from '../../src/report/human.js';
import { sampleReport } from './sample-report.js';

const reach = (change: Partial<Reach> = {}): Reach => ({
  argument: (name) => name,
  whole: true,
  flags: [],
  ...change,
});
const seven = ['n1', 'n2', 'n3', 'n4', 'n5', 'n6', 'n7'];
const file = { inventory: 'nodes.yaml' };

describe('the line that shows a fix', () => {
  it.each<[string, readonly string[], Reach | undefined, string]>([
    ['an audit of typed nodes', ['n1', 'n2'], reach({ whole: false }), 'n1 n2 --check c --plan'],
    [
      'a user and a port that were typed',
      ['n1'],
      reach({ whole: false, argument: (name) => `ops@${name}:2222` }),
      'ops@n1:2222 --check c --plan',
    ],
    [
      'an IPv6 address in its brackets',
      ['::1'],
      reach({ whole: false, argument: () => '[::1]:22' }),
      "'[::1]:22' --check c --plan",
    ],
    ['an inventory', ['n1'], reach(file), 'n1 --inventory nodes.yaml --check c --plan'],
    ['most of an inventory', seven, reach(file), '--inventory nodes.yaml --check c --plan'],
    [
      'many that were chosen from one',
      seven,
      reach({ ...file, whole: false }),
      `${seven.join(' ')} --inventory nodes.yaml --check c --plan`,
    ],
    ['many that were typed', seven, reach(), `${seven.join(' ')} --check c --plan`],
    ['this machine', ['this-machine'], reach(), '--local --check c --plan'],
    [
      'this machine alone, beside an inventory',
      ['this-machine'],
      reach(file),
      '--local --check c --plan',
    ],
    [
      'flags, quoted',
      ['n1'],
      reach({ flags: ['--config', "my 'own' config", '--identity', '~k'] }),
      "n1 --config 'my '\\''own'\\'' config' --identity '~k' --check c --plan",
    ],
    ['a bundle', ['n1'], undefined, 'n1 --check c --plan'],
    ['a bundle of many', seven, undefined, '--inventory FILE --check c --plan'],
    ['a name that sh would run', ['$(reboot)'], undefined, "'$(reboot)' --check c --plan"],
  ])('of %s', (_name, nodes, how, line) => {
    expect(fixWords(nodes, 'c', how)?.join(' ')).toBe(`calico-ready fix ${line}`);
  });

  it('names nobody whose name would be a flag', () => {
    expect(fixWords(['--config=/tmp/theirs'], 'c')).toBeNull();
  });

  it('is broken so that sh reads it as one', () => {
    const words = fixWords(
      ['n1'],
      'kernel/ipip',
      reach({ inventory: 'my  nodes.yaml', flags: ['--config', 'a', '--identity', 'b'] }),
    );
    const lines = wrapCommand('run:', words ?? [], 40, '    ');
    expect(lines).toEqual([
      '    run: calico-ready fix n1 \\',
      "      --inventory 'my  nodes.yaml' \\",
      '      --config a --identity b --check \\',
      '      kernel/ipip --plan',
    ]);
    const text = lines.join('\n').replace('run: calico-ready', "printf '%s|'");
    const read = execFileSync('sh', ['-c', text], { encoding: 'utf8' });
    expect(read).toBe(
      'fix|n1|--inventory|my  nodes.yaml|--config|a|--identity|b|--check|kernel/ipip|--plan|',
    );
  });

  it('stands in the report for people as the run reached its nodes', () => {
    const options = { colour: false, width: 100, reach: reach(file) };
    expect(renderHuman(sampleReport(), options)).toContain(
      'run: calico-ready fix n3 --inventory nodes.yaml --check a/fix --plan\n',
    );
  });
});
