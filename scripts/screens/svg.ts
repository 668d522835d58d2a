import { Terminal, type IBufferCell } from '@xterm/headless';

/** The width and height of one character, in the picture's own units. */
const CELL = { width: 8.4, height: 18, size: 14 } as const;
const FRAME = { side: 14, top: 40, bottom: 14 } as const;
const PAPER = '#1b1e24';
const INK = '#d6dae1';
const FAMILY = "'DejaVu Sans Mono','Liberation Mono',Menlo,Consolas,monospace";

/** The sixteen colours of a terminal on dark ground, each readable on it. */
const SIXTEEN = [
  ...['#3a3f4b', '#f2777a', '#8fcf8f', '#e5c07b', '#7ab7ff', '#d3a0e8', '#66cccc', '#d6dae1'],
  ...['#8b93a3', '#ff9a9c', '#a9e6a9', '#ffd98f', '#a4d0ff', '#e6bdf7', '#8fe6e6', '#ffffff'],
];

type Style = {
  readonly ink: string;
  readonly paper: string;
  readonly bold: boolean;
  readonly dim: boolean;
  readonly underline: boolean;
};
type Run = {
  readonly column: number;
  readonly cells: number;
  readonly text: string;
  readonly style: Style;
};

/** What a terminal of this size shows after these bytes, as an SVG picture in a plain window. */
export async function screenToSvg(
  bytes: string,
  {
    columns,
    rows,
    title,
  }: { readonly columns: number; readonly rows: number; readonly title: string },
): Promise<string> {
  const terminal = new Terminal({ cols: columns, rows, allowProposedApi: true });
  await new Promise<void>((done) => {
    terminal.write(bytes, done);
  });
  const lines = Array.from({ length: rows }, (_, row) => runsOf(terminal, row, columns));
  terminal.dispose();
  return picture(lines, columns, title);
}

function runsOf(terminal: Terminal, row: number, columns: number): readonly Run[] {
  const { active } = terminal.buffer;
  const line = active.getLine(active.baseY + row);
  const runs: Run[] = [];
  for (let column = 0; column < columns; column++) {
    const cell = line?.getCell(column);
    // The second half of a wide character has no width and no text of its own.
    if (cell === undefined || cell.getWidth() === 0) continue;
    const style = styleOf(cell);
    const text = cell.getChars() === '' ? ' ' : cell.getChars();
    const last = runs.at(-1);
    if (last !== undefined && isSame(last.style, style)) {
      runs[runs.length - 1] = {
        ...last,
        text: last.text + text,
        cells: last.cells + cell.getWidth(),
      };
    } else runs.push({ column, cells: cell.getWidth(), text, style });
  }
  return runs;
}

const isSame = (a: Style, b: Style): boolean =>
  a.ink === b.ink &&
  a.paper === b.paper &&
  a.bold === b.bold &&
  a.dim === b.dim &&
  a.underline === b.underline;

function styleOf(cell: IBufferCell): Style {
  const ink = cell.isFgDefault() ? INK : colour(cell.getFgColor(), cell.isFgRGB());
  const paper = cell.isBgDefault() ? PAPER : colour(cell.getBgColor(), cell.isBgRGB());
  const isInverse = cell.isInverse() !== 0;
  return {
    ink: isInverse ? paper : ink,
    paper: isInverse ? ink : paper,
    bold: cell.isBold() !== 0,
    dim: cell.isDim() !== 0,
    underline: cell.isUnderline() !== 0,
  };
}

const hex = (value: number): string => `#${value.toString(16).padStart(6, '0')}`;

function colour(value: number, isRgb: boolean): string {
  if (isRgb) return hex(value);
  if (value < 16) return SIXTEEN[value] ?? INK;
  if (value >= 232) return hex((8 + (value - 232) * 10) * 0x010101);
  const level = (digit: number): number => (digit === 0 ? 0 : 55 + digit * 40);
  const [red, green, blue] = [36, 6, 1].map((step) => level(Math.floor((value - 16) / step) % 6));
  return hex(((red ?? 0) << 16) | ((green ?? 0) << 8) | (blue ?? 0));
}

const escape = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

const short = (value: number): string => String(Math.round(value * 100) / 100);

function drawRun({ column, cells, text, style }: Run, row: number): string {
  const x = short(FRAME.side + column * CELL.width);
  const top = FRAME.top + row * CELL.height;
  const width = short(cells * CELL.width);
  const ground =
    style.paper === PAPER
      ? ''
      : `<rect x="${x}" y="${short(top)}" width="${width}" height="${String(CELL.height)}" fill="${style.paper}"/>`;
  if (text.trim() === '') return ground;
  const traits = [
    style.ink === INK ? '' : ` fill="${style.ink}"`,
    style.bold ? ' font-weight="bold"' : '',
    style.dim ? ' opacity="0.65"' : '',
    style.underline ? ' text-decoration="underline"' : '',
  ];
  // The length keeps columns in place under any font.
  return `${ground}<text x="${x}" y="${short(top + CELL.size)}" textLength="${width}" lengthAdjust="spacingAndGlyphs"${traits.join('')}>${escape(text)}</text>`;
}

function picture(lines: readonly (readonly Run[])[], columns: number, title: string): string {
  const width = short(columns * CELL.width + 2 * FRAME.side);
  const height = short(FRAME.top + lines.length * CELL.height + FRAME.bottom);
  const dots = ['#f2777a', '#e5c07b', '#8fcf8f']
    .map((fill, index) => `<circle cx="${String(22 + index * 20)}" cy="20" r="6" fill="${fill}"/>`)
    .join('');
  const body = lines
    .map((runs, row) => runs.map((run) => drawRun(run, row)).join(''))
    .filter(Boolean);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">
<title>${escape(title)}</title>
<rect width="100%" height="100%" rx="8" fill="${PAPER}"/>
${dots}
<g font-family="${FAMILY}" font-size="${String(CELL.size)}" fill="${INK}" xml:space="preserve">
${body.join('\n')}
</g>
</svg>
`;
}
