import { cpus, release } from 'node:os';
import type { Figure } from './figure.js';

/** The machine in words, for a figure means nothing without it. */
export function machine(): string {
  const processors = cpus();
  const [first] = processors;
  return `${String(processors.length)} x ${first?.model ?? 'unknown processor'}, Linux ${release()}, Node ${process.version}`;
}

/** The figures as a Markdown table. */
export function table(figures: readonly Figure[]): string {
  const rows = figures.map((figure) => {
    if ('skipped' in figure) return [figure.name, `skipped: ${figure.skipped}`, '', '', '', ''];
    const { name, unit, what, value, peerWhat, peer, ratio, limit, isMet } = figure;
    const amount = (number: number): string => `${number.toFixed(unit === 'ms' ? 0 : 2)} ${unit}`;
    return [
      name,
      `${what}: ${amount(value)}`,
      `${peerWhat}: ${amount(peer)}`,
      ratio.toFixed(2),
      limit.toFixed(1),
      isMet ? 'met' : 'not met',
    ];
  });
  return align([['figure', 'median', 'peer, same run', 'ratio', 'limit', ''], ...rows]);
}

function align(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(3, ...rows.map((row) => (row[column] ?? '').length)),
  );
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  const [head = [], ...rest] = rows;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rest.map(line)].join('\n');
}
