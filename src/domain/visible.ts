declare const displayable: unique symbol;

/** Text that may reach a terminal, a report or a file name: only `visible` makes it. */
export type Displayable = string & { readonly [displayable]: true };

// C0 without newline and tab, DEL, C1, soft hyphen, bidi controls, zero-width characters, line and
// paragraph separators, interlinear annotations, tag characters, lone surrogates.
const UNSAFE =
  // eslint-disable-next-line no-control-regex -- these are what is looked for
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|[\u{e0000}-\u{e007f}]|[\ud800-\udfff]/gu;

function picture(character: string): string {
  const point = character.codePointAt(0) ?? 0;
  if (point < 0x20) return String.fromCharCode(0x2400 + point);
  return point === 0x7f ? '\u2421' : `\u2039${point.toString(16)}\u203a`;
}

/** Makes every character that could steer a terminal visible; keeps newlines and tabs. */
export function visible(text: string): Displayable {
  return text.replace(/\r\n/g, '\n').replace(UNSAFE, picture) as Displayable;
}

/** As `visible`, on one line: newlines and tabs become spaces, and the text is cut to `limit` characters. */
export function visibleLine(text: string, limit = 200): Displayable {
  const line = visible(text.slice(0, limit * 4)).replace(/[\n\t]+/g, ' ');
  // A text has at most as many characters as UTF-16 units; only a longer one needs counting.
  if (line.length <= limit) return line as Displayable;
  const characters = Array.from(line);
  return (
    characters.length > limit ? `${characters.slice(0, limit - 1).join('')}…` : line
  ) as Displayable;
}
