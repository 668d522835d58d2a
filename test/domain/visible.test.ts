import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { visible, visibleLine } from '../../src/domain/visible.js';
import { processorMs } from '../helpers/processor-time.js';

describe('visible', () => {
  test.each([
    ['plain', 'eth0 up', 'eth0 up'],
    ['newline and tab stay', 'a\n\tb', 'a\n\tb'],
    ['CR LF is a newline', 'a\r\nb', 'a\nb'],
    ['overwriting with CR', 'FAIL\rPASS', 'FAIL␍PASS'],
    ['backspace', 'FAIL\b\b\b\bPASS', 'FAIL␈␈␈␈PASS'],
    ['colour', '\x1b[31mred\x1b[0m', '␛[31mred␛[0m'],
    ['clipboard write', '\x1b]52;c;cHduZWQ=\x07', '␛]52;c;cHduZWQ=␇'],
    ['link', '\x1b]8;;http://x\x1b\\x', '␛]8;;http://x␛\\x'],
    ['device control', '\x1bP1;1|x\x1b\\', '␛P1;1|x␛\\'],
    ['eight-bit OSC', '\x9d0;title\x9c', '‹9d›0;title‹9c›'],
    ['NUL and DEL', '\0\x7f', '␀␡'],
    ['right-to-left override', 'a\u202egpj.exe', 'a‹202e›gpj.exe'],
    ['isolates', '\u2066x\u2069', '‹2066›x‹2069›'],
    ['zero width', 'pa\u200bss', 'pa‹200b›ss'],
    ['line separator', 'a\u2028b', 'a‹2028›b'],
    ['byte order mark', '\ufeffx', '‹feff›x'],
    ['deprecated format characters', 'a\u206eb', 'a‹206e›b'],
    ['tag characters', 'a\u{e0041}b', 'a‹e0041›b'],
    ['lone surrogate', 'a\ud800b', 'a‹d800›b'],
    ['other scripts stay', 'Kölner Dom 東京 🚀', 'Kölner Dom 東京 🚀'],
  ])('%s', (_, hostile, shown) => {
    expect(visible(hostile)).toBe(shown);
  });

  test('nothing that steers a terminal is left of any string', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        // eslint-disable-next-line no-control-regex -- these are what is looked for
        expect(visible(text)).not.toMatch(/[\0-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/);
      }),
    );
  });

  test('two megabytes of escapes take well under a second', () => {
    const text = '\x1b]52;c;\x07\r\u202e'.repeat(200_000);
    expect(processorMs(() => visible(text))).toBeLessThan(2000);
  });
});

describe('visibleLine', () => {
  test.each([
    ['newlines are spaces', 'a\n\n\tb', 200, 'a b'],
    ['cut with an ellipsis', 'abcdef', 4, 'abc…'],
    ['exactly the limit', 'abcd', 4, 'abcd'],
    ['characters are not cut in two', '🚀🚀🚀', 2, '🚀…'],
  ])('%s', (_, text, limit, shown) => {
    expect(visibleLine(text, limit)).toBe(shown);
  });
});
