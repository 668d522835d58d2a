import { Duplex } from 'node:stream';
import { expect, test } from 'vitest';
import { gatherWrites } from '../../../src/transport/ssh/gather-writes.js';

/** A stream that notes what it is given in one go. */
function listening(): { readonly stream: Duplex; readonly sent: string[] } {
  const sent: string[] = [];
  const stream = new Duplex({
    read: () => undefined,
    writev: (pieces, done) => {
      sent.push(pieces.map(({ chunk }) => String(chunk)).join('|'));
      done();
    },
  });
  gatherWrites(stream);
  return { stream, sent };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('what is written in one turn goes in one, what follows later goes by itself', async () => {
  const { stream, sent } = listening();
  for (const piece of ['length', 'body', 'tag']) stream.write(Buffer.from(piece));
  expect(sent).toEqual([]);
  await turn();
  stream.write(Buffer.from('next'));
  await turn();
  expect(sent).toEqual(['length|body|tag', 'next']);
});

test('the end sends what is held', async () => {
  const { stream, sent } = listening();
  stream.write(Buffer.from('goodbye'));
  stream.end();
  await turn();
  expect(sent).toEqual(['goodbye']);
  expect(stream.writableFinished).toBe(true);
});
