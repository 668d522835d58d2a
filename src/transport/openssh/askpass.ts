import { chmodSync, writeFileSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';

/** Longer prompts are cut; no honest one is near it. */
const MAX_PROMPT = 4096;

/** A question of ssh. */
export type Prompt = {
  readonly text: string;
  /** SSH_ASKPASS_PROMPT: `none` wants no answer, `confirm` wants yes or no. */
  readonly hint: string;
};

/** What stands at ssh's side and hands its questions over; null from `answer` means no answer. */
export type Askpass = { readonly close: () => void };

const HELPER = `'use strict';
const socket = require('node:net').connect(__dirname + '/ask.s');
let answer = '';
socket.on('error', () => process.exit(1));
socket.on('data', (chunk) => { answer += chunk; });
socket.on('end', () => {
  if (!answer.startsWith('+')) process.exit(1);
  process.stdout.write(answer.slice(1) + '\\n');
});
socket.write(JSON.stringify([process.argv[2] || '', process.env.SSH_ASKPASS_PROMPT || '']) + '\\n');
`;

const shellQuoted = (word: string): string => `'${word.replaceAll("'", `'\\''`)}'`;

/**
 * Writes the program that ssh runs for its questions (SSH_ASKPASS) into the private folder, and listens there. An answer
 * goes from this process over a socket of mode 0600 to the program's standard output: never into an argument, a variable
 * or a file.
 */
export async function startAskpass(
  folder: string,
  answer: (prompt: Prompt) => Promise<string | null>,
): Promise<Askpass> {
  writeFileSync(`${folder}/ask.cjs`, HELPER, { mode: 0o600 });
  const command = [process.execPath, `${folder}/ask.cjs`].map(shellQuoted).join(' ');
  writeFileSync(`${folder}/ask`, `#!/bin/sh\nunset NODE_OPTIONS\nexec ${command} "$@"\n`, {
    mode: 0o700,
  });
  const server = createServer((socket) => {
    serve(socket, answer);
  });
  await listen(server, `${folder}/ask.s`);
  return {
    close: () => {
      server.close();
    },
  };
}

function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, () => {
      chmodSync(path, 0o600);
      resolve();
    });
    // A run must not wait for it.
    server.unref();
  });
}

function serve(socket: Socket, answer: (prompt: Prompt) => Promise<string | null>): void {
  let text = '';
  let asked = false;
  socket.on('error', () => undefined);
  socket.on('data', (chunk) => {
    if (asked) return;
    text += chunk.toString('utf8');
    const end = text.indexOf('\n');
    if (end < 0 && text.length < MAX_PROMPT * 8) return;
    asked = true;
    answer(promptOf(text.slice(0, Math.max(0, end)))).then(
      (said) => {
        const bytes = Buffer.from(said === null ? '-' : `+${said}`);
        socket.end(bytes, () => {
          bytes.fill(0);
        });
      },
      () => socket.end('-'),
    );
  });
}

function promptOf(line: string): Prompt {
  try {
    const parsed: unknown = JSON.parse(line);
    const [text, hint] = Array.isArray(parsed) ? (parsed as readonly unknown[]) : [];
    return { text: String(text).slice(0, MAX_PROMPT), hint: String(hint).slice(0, 16) };
  } catch {
    return { text: '', hint: '' };
  }
}
