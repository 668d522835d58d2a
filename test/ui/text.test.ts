import { describe, expect, it } from 'vitest';
import { edit } from '../../src/ui/components/text-edit.js';
import { windowOf } from '../../src/ui/components/list-cursor.js';
import { cell, columnsOf, fit, wrap } from '../../src/ui/text.js';

describe('text on a grid of columns', () => {
  it.each([
    ['short', 10, 'short'],
    ['exactly ten', 10, 'exactly t…'],
    ['漢字漢字', 5, '漢字…'],
    ['a', 0, ''],
  ])('%s in %d columns', (text, width, expected) => {
    expect(fit(text, width)).toBe(expected);
    expect(columnsOf(cell(text, width))).toBe(width);
  });

  it('wraps at spaces, and inside a word only when it must', () => {
    expect(wrap('one two three', 8)).toEqual(['one two', 'three']);
    expect(wrap('SHA256:abcdefghij', 8)).toEqual(['SHA256:a', 'bcdefghi', 'j']);
    expect(wrap('a\nb', 8)).toEqual(['a', 'b']);
  });

  it('no line is wider than asked for, wide characters included', () => {
    for (const text of wrap('漢字 mixed with latin 漢字漢字漢字漢字', 7))
      expect(columnsOf(text)).toBeLessThanOrEqual(7);
  });
});

describe('editing a line', () => {
  it('both erasing keys erase to the left, and a paste of several lines becomes one', () => {
    const typed = edit({ text: '', cursor: 0 }, { kind: 'insert', text: 'abc' });
    expect(edit(typed, { kind: 'erase' })).toEqual({ text: 'ab', cursor: 2 });
    const first = edit(typed, { kind: 'first' });
    expect(edit(first, { kind: 'erase' })).toEqual(first);
    expect(edit(first, { kind: 'insert', text: '\n x\r\ny \n' })).toEqual({
      text: 'x yabc',
      cursor: 3,
    });
  });

  it('holds at most 4096 characters', () => {
    const full = edit({ text: '', cursor: 0 }, { kind: 'insert', text: 'x'.repeat(9000) });
    expect(full.text).toHaveLength(4096);
  });
});

describe('the window of a list', () => {
  it.each([
    [0, 3, 10, { from: 0, to: 3 }],
    [0, 100, 10, { from: 0, to: 10 }],
    [50, 100, 10, { from: 45, to: 55 }],
    [99, 100, 10, { from: 90, to: 100 }],
    [0, 0, 10, { from: 0, to: 0 }],
  ])('cursor %d of %d in %d rows', (cursor, count, height, expected) => {
    expect(windowOf(cursor, count, height)).toEqual(expected);
  });
});
