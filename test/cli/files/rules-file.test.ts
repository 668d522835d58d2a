import { describe, expect, test } from 'vitest';
import { parseRules } from '../../../src/cli/files/rules-file.js';
import { InputError } from '../../../src/domain/errors.js';

const GOOD = `rules:
  - id: own/mtu
    title: eth0 has jumbo frames
    severity: recommended
    why: Our storage network needs them.
    probe:
      command: cat /sys/class/net/eth0/mtu
    expect:
      number: { min: 9000 }
    when: { encapsulation: [ipip, vxlan], bgp: true }
    fix: Set mtu 9000.
`;
const parse = (text: string) => parseRules(text, 'r.yaml', '2026-11-22');

test('a rule with its defaults', () => {
  expect(parse(GOOD)).toEqual([
    {
      id: 'own/mtu',
      title: 'eth0 has jumbo frames',
      why: 'Our storage network needs them.',
      severity: 'recommended',
      command: 'cat /sys/class/net/eth0/mtu',
      timeoutSeconds: 10,
      root: false,
      exits: [],
      expect: { kind: 'number', min: 9000 },
      when: { encapsulation: ['ipip', 'vxlan'], bgp: [true] },
      fix: 'Set mtu 9000.',
      date: '2026-11-22',
    },
  ]);
});

test('root, with an absolute path and fixed arguments', () => {
  const text = GOOD.replace(
    'cat /sys/class/net/eth0/mtu',
    '/usr/sbin/ethtool -k eth0\n      root: true\n      exits: [1]',
  );
  expect(parse(text)).toMatchObject([
    { root: true, exits: [1], command: '/usr/sbin/ethtool -k eth0' },
  ]);
});

describe('is refused with line and column', () => {
  const cases: readonly [string, string, string, string, RegExp][] = [
    ['no YAML', 'rules:', 'rules: [', 'r.yaml:', /./],
    ['a key twice', '    why:', '    title: again\n    why:', 'r.yaml:5:5', /./],
    ['an unknown key', '    why:', '    level: 3\n    why:', 'r.yaml:5:5', /id, title, severity/],
    ['another id', 'own/mtu', 'kernel/mtu', 'r.yaml:2:9', /own\/NAME/],
    ['another severity', 'recommended', 'high', 'r.yaml:4:15', /required or recommended/],
    ['no command', 'cat /sys/class/net/eth0/mtu', '""', 'r.yaml:7:16', /command line/],
    [
      'a time limit of an hour',
      'eth0/mtu\n',
      'eth0/mtu\n      timeout: 3600\n',
      'r.yaml:8:16',
      /1 to 60/,
    ],
    [
      'root with a shell text',
      'eth0/mtu\n',
      'eth0/mtu\n      root: true\n',
      'r.yaml:7:16',
      /absolute path/,
    ],
    [
      'root with a substitution',
      'cat /sys/class/net/eth0/mtu\n',
      '/bin/cat $(id)\n      root: true\n',
      'r.yaml:7:16',
      /absolute path/,
    ],
    [
      'two expectations',
      '{ min: 9000 }',
      '{ min: 9000 }\n      equals: x',
      'r.yaml:',
      /one of equals/,
    ],
    ['min above max', '{ min: 9000 }', '{ min: 9000, max: 1 }', 'r.yaml:9:15', /min not above max/],
    ['a bad range', 'number: { min: 9000 }', 'version: about two', 'r.yaml:9:16', /version range/],
    ['a number as a range', 'number: { min: 9000 }', 'version: 1.7', 'r.yaml:9:16', /in quotes/],
    ['a bad pattern', 'number: { min: 9000 }', "pattern: '(a'", 'r.yaml:9:16', /without its \)/],
    [
      'a pattern that looks around',
      'number: { min: 9000 }',
      "pattern: '(?!a)'",
      'r.yaml:9:16',
      /looking around/,
    ],
    ['an unknown intent key', 'bgp: true', 'bpg: true', 'r.yaml:10:48', /a key of the intent/],
    ['an unknown intent value', '[ipip, vxlan]', 'gre', 'r.yaml:10:28', /one of ipip/],
  ];
  test.each(cases)('%s', (_, before, after, place, expected) => {
    const text = GOOD.replace(before, after);
    expect(text).not.toBe(GOOD);
    try {
      parse(text);
      expect.unreachable('it was taken');
    } catch (error) {
      expect(error).toBeInstanceOf(InputError);
      const { message, nextStep } = error as InputError;
      expect(message).toContain(place);
      expect(nextStep).toMatch(expected);
    }
  });

  test('two rules of one id', () => {
    expect(() => parse(GOOD + GOOD.slice(GOOD.indexOf('  - id')))).toThrow(
      /r.yaml:12:9: there are two rules own\/mtu/,
    );
  });
});
