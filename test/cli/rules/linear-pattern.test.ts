import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { linearPattern, PatternError } from '../../../src/cli/rules/linear-pattern.js';

describe('linearPattern', () => {
  test.each([
    ['a', 'xay', true],
    ['^a', 'ba', false],
    ['^a$', 'b\na\nc', true],
    ['a.c', 'a\nc', false],
    ['[^a-c]', 'abc', false],
    ['[a\\-\\]]+$', 'x]-a', true],
    ['[]a]', ']', true],
    ['\\d{2,3}\\.\\d+', 'v12.5', true],
    ['^(?:yes|on|1)$', 'on', true],
    ['^(yes|on|1)$', 'one', false],
    ['x{0}y', 'y', true],
    ['(ab?)+c', 'ababaac', true],
    ['\\S+\\s\\w', 'a b', true],
    ['', '', true],
    ['|a', 'b', true],
    ['\\/\\.\\$', '/.$', true],
  ])('%s in %j: %s', (pattern, text, found) => {
    expect(linearPattern(pattern).found(text)).toBe(found);
  });

  test.each([
    '(',
    ')',
    '[a',
    'a**',
    'a{1,200}',
    '(?=a)',
    '(?<n>a)',
    '\\1',
    '\\b',
    '*a',
    'a{',
    '[b-a]',
    '(a{99}){99}',
    'a\\',
  ])('%s is refused with its reason', (pattern) => {
    expect(() => linearPattern(pattern)).toThrow(PatternError);
  });

  test('says what RegExp says', () => {
    const atoms = ['a', 'b', '.', '[ab]', '[^a]', '(?:a|b)', '(?:ab|)', '\\d', '^', '$', '(?:a*b)'];
    const part = fc
      .tuple(fc.constantFrom(...atoms), fc.constantFrom('', '*', '+', '?', '{1,2}', '{2}', '{0,}'))
      .map(([atom, sign]) => (/[$^]/.test(atom.slice(0, 1)) ? atom : atom + sign));
    const pattern = fc.array(part, { maxLength: 6 }).map((parts) => parts.join(''));
    const text = fc.string({ unit: fc.constantFrom('a', 'b', '1', '\n'), maxLength: 12 });
    fc.assert(
      fc.property(pattern, text, (source, subject) => {
        expect(linearPattern(source).found(subject)).toBe(new RegExp(source, 'm').test(subject));
      }),
      { numRuns: 1500 },
    );
  });

  // A matcher that backtracks needs 2^40 steps for the first and 10^12 for the second.
  test.each(['^(a+)+$', 'a*a*a*a*a*b', '(a|a)*b', '(?:(?:a?){30}){2}b'])('%s ends', (pattern) => {
    expect(linearPattern(pattern).found(`${'a'.repeat(2000)}!`)).toBe(false);
  });

  test('whatever is typed is a pattern or refused', () => {
    fc.assert(
      fc.property(
        fc.string({
          unit: fc.constantFrom(...'a b \\ [ ] ( ) { } * + ? | ^ $ . - , 1 :'.split(' ')),
          maxLength: 30,
        }),
        (source) => {
          try {
            linearPattern(source).found('abab 11');
          } catch (error) {
            expect(error).toBeInstanceOf(PatternError);
          }
        },
      ),
      { numRuns: 2000 },
    );
  });
});
