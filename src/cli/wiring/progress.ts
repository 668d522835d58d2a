import type { SurveyProgress } from '../../collect/survey.js';
import { visibleLine } from '../../domain/visible.js';

/** One line on standard error that says how far the survey is; nothing when that is no terminal. */
export function progressLine(total: number): {
  readonly tell: (node: string, progress: SurveyProgress) => void;
  readonly clear: () => void;
} {
  if (!process.stderr.isTTY) return { tell: () => undefined, clear: () => undefined };
  const done = new Set<string>();
  const draw = (node: string): void => {
    process.stderr.write(
      `\r\u001b[K${visibleLine(`${String(done.size)} of ${String(total)} nodes answered, last ${node}`, 78)}`,
    );
  };
  return {
    tell: (node, progress) => {
      if (progress.phase === 'connecting' || progress.phase === 'asking') return;
      done.add(node);
      draw(node);
    },
    clear: () => {
      process.stderr.write('\r\u001b[K');
    },
  };
}
