/** One word of sh text, quoted so that no character in it means anything. */
export const shellWord = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/** Quoted only when a shell would otherwise read it differently; for command lines that people read. */
export const readableWord = (text: string): string =>
  /^[A-Za-z0-9_@%+=:,./[\]-]+$/.test(text) && !/[[\]]/.test(text) ? text : shellWord(text);

const NEWLINE = 0x0a;
const PERCENT = 0x25;
const QUOTE = 0x27;
const BACKSLASH = 0x5c;
const DASH = 0x2d;

const octal = (byte: number): string => `\\${byte.toString(8).padStart(3, '0')}`;

function formatByte(byte: number, first: boolean): string {
  if (byte === NEWLINE) return '\\n';
  if (byte === PERCENT) return '%%';
  // A format that begins with a dash is taken for an option by bash.
  if (byte === DASH && first) return octal(byte);
  const plain = byte >= 0x20 && byte < 0x7f && byte !== QUOTE && byte !== BACKSLASH;
  return plain ? String.fromCharCode(byte) : octal(byte);
}

/**
 * sh commands that print exactly the UTF-8 bytes of `content`, one `printf` a line of it. Works in every sh that has
 * `printf` built in, needs no here-document (older shells write those to disk) and no base64.
 */
export function printing(content: string): readonly string[] {
  if (content === '') return [':'];
  return content
    .split(/(?<=\n)/)
    .map((line) => [...new TextEncoder().encode(line)])
    .map((bytes) => bytes.map((byte, index) => formatByte(byte, index === 0)).join(''))
    .map((format) => `printf '${format}'`);
}
