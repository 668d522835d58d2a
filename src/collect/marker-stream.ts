import { bytesOf, concat, indexOfBytes, EMPTY } from './bytes.js';
import { LONGEST_MARKER } from './marker.js';

const CR = 13;
const LF = 10;

/** Markers are ASCII, and setting a decoder to so short a line costs more; another byte becomes what no marker holds. */
function asciiOf(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += byte < 0x80 ? String.fromCharCode(byte) : '\u007f';
  return text;
}

/** What the stream is made of, in order. */
export type StreamSink = {
  /** Bytes between markers, in pieces. */
  readonly payload: (bytes: Uint8Array) => void;
  /** A marker's line without nonce and end of line; `raw` is the marker as it stood, with both line ends. */
  readonly marker: (line: string, raw: Uint8Array) => void;
};

/**
 * Splits a byte stream at `LF @@nonce …LF`, whatever the chunks. A terminal on the way writes CR LF for every LF:
 * the first marker shows it, and from there on the pair is read as the LF it was.
 */
export class MarkerStream {
  private readonly start: Uint8Array;
  private readonly sink: StreamSink;
  private held: Uint8Array = EMPTY;
  private crlf: boolean | null = null;
  private heldCr = false;

  constructor(nonce: string, sink: StreamSink) {
    this.start = bytesOf(`\n@@${nonce} `);
    this.sink = sink;
  }

  push(chunk: Uint8Array): void {
    const clean = this.crlf === true ? this.withoutCr(chunk) : chunk;
    this.held = this.held.length === 0 ? clean.slice() : concat([this.held, clean]);
    let at = indexOfBytes(this.held, this.start);
    while (at !== -1 && this.takeMarker(at)) at = indexOfBytes(this.held, this.start);
    this.release(at === -1 ? this.held.length - this.heldBack() : at);
  }

  /** The stream is over: what is held back is payload. */
  finish(): void {
    if (this.heldCr) this.held = concat([this.held, Uint8Array.of(CR)]);
    this.heldCr = false;
    this.release(this.held.length);
  }

  /** False when the marker there has not arrived whole. */
  private takeMarker(at: number): boolean {
    const from = at + this.start.length;
    const end = this.held.indexOf(LF, from);
    if (end === -1 && this.held.length - from <= LONGEST_MARKER) return false;
    this.release(at);
    const lineStart = this.start.length;
    const stop = end === -1 ? lineStart + LONGEST_MARKER : end - at;
    const line = this.held.subarray(lineStart, Math.min(stop, lineStart + LONGEST_MARKER));
    const raw = this.held.subarray(0, Math.min(stop + 1, this.held.length));
    this.held = this.held.subarray(raw.length);
    if (this.crlf === null) this.decide(line);
    this.sink.marker(asciiOf(line).replace(/\r$/, ''), raw);
    return true;
  }

  private decide(line: Uint8Array): void {
    this.crlf = line.at(-1) === CR;
    if (this.crlf) this.held = this.withoutCr(this.held);
  }

  private withoutCr(bytes: Uint8Array): Uint8Array {
    const all = this.heldCr ? concat([Uint8Array.of(CR), bytes]) : bytes;
    this.heldCr = all.at(-1) === CR;
    const end = this.heldCr ? all.length - 1 : all.length;
    const out = new Uint8Array(end);
    let length = 0;
    for (let index = 0; index < end; index += 1) {
      const byte = all[index] ?? 0;
      if (byte === CR && all[index + 1] === LF) continue;
      out[length] = byte;
      length += 1;
    }
    return out.subarray(0, length);
  }

  /** How many bytes at the end may be the beginning of a marker, where there is no whole one. */
  private heldBack(): number {
    for (let size = Math.min(this.start.length, this.held.length); size > 0; size -= 1) {
      const tail = this.held.subarray(this.held.length - size);
      if (tail.every((byte, index) => byte === this.start[index])) return size;
    }
    return 0;
  }

  private release(count: number): void {
    if (count <= 0) return;
    this.sink.payload(this.held.subarray(0, count));
    this.held = this.held.subarray(count);
  }
}
