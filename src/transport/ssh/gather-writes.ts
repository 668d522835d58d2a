import type { Duplex } from 'node:stream';

/**
 * ssh2 writes each packet in three pieces: its length, its body, its tag. Without this each piece is a system call and,
 * on a socket that does not wait to fill its segments (TCP_NODELAY), a segment on the wire. Held until the code that
 * writes has returned, all it wrote goes in one. `end` sends what is held, `destroy` throws it away.
 */
export function gatherWrites(stream: Duplex): void {
  const write = stream.write.bind(stream) as (chunk: Buffer) => boolean;
  const send = (): void => {
    stream.uncork();
  };
  stream.write = (chunk: Buffer): boolean => {
    if (stream.writableCorked === 0) {
      stream.cork();
      process.nextTick(send);
    }
    return write(chunk);
  };
}
