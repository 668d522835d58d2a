import { createInterface } from 'node:readline';
import { CancelledError } from '../../domain/errors.js';

/** Asks one question on the terminal. Rejects with CancelledError on Ctrl-C; the end of input is an empty answer. */
export function askLine(question: string, signal: AbortSignal): Promise<string> {
  const lines = createInterface({
    input: process.stdin,
    output: process.stderr,
    terminal: process.stdin.isTTY,
  });
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      lines.close();
      reject(new CancelledError('cancelled'));
    };
    const finish = (answer: string): void => {
      signal.removeEventListener('abort', stop);
      resolve(answer);
      lines.close();
    };
    signal.addEventListener('abort', stop, { once: true });
    lines.once('SIGINT', stop);
    lines.once('close', () => {
      finish('');
    });
    lines.question(question, finish);
  });
}
