import { bytesOf, concat, indexOfBytes, EMPTY } from './bytes.js';
import { LONGEST_MARKER } from './marker.js';

const CR = 13;
const LF = 10;

/** Markers are ASCII, and setting a decoder to so short a line costs more; another byte becomes what no marker holds. */
const asciiOf = (bytes: Uint8Array): string =>
  String.fromCharCode.apply(null, bytes as unknown as number[]);

/** What the stream is made of, in order: each piece is what `bytes` hold from `from` up to `to`. */
export type StreamSink = {
  /** Bytes between markers, in pieces. */
  readonly payload: (bytes: Uint8Array, from: number, to: number) => void;
  /** A marker's line without nonce and end of line; the bytes are the marker as it stood, with both line ends. */
  readonly marker: (line: string, bytes: Uint8Array, from: number, to: number) => void;
};

/**
 * Splits a byte stream at `LF @@nonce …LF`, whatever the chunks. A terminal on the way writes CR LF for every LF:
 * the first marker shows it, and from there on the pair is read as the LF it was.
 */
export class MarkerStream {
  private readonly start: Uint8Array;
  private readonly sink: StreamSink;
  private held: Uint8Array = EMPTY;
  /** Where in `held` that begins which is not handed on yet. A node's answer is some hundred pieces: none is cut out. */
  private from = 0;
  private crlf: boolean | null = null;
  private heldCr = false;

  constructor(nonce: string, sink: StreamSink) {
    this.start = bytesOf(`\n@@${nonce} `);
    this.sink = sink;
  }

  /** The chunk is kept as it is, not copied: nobody may write to it again. */
  push(chunk: Uint8Array): void {
    this.hold(this.crlf === true ? this.withoutCr(chunk) : chunk);
    let at = indexOfBytes(this.held, this.start);
    while (at !== -1 && this.takeMarker(at)) at = indexOfBytes(this.held, this.start, this.from);
    this.release(at === -1 ? this.held.length - this.heldBack() : at);
  }

  private hold(more: Uint8Array): void {
    this.held =
      this.from === this.held.length ? more : concat([this.held.subarray(this.from), more]);
    this.from = 0;
  }

  /** The stream is over: what is held back is payload. */
  finish(): void {
    if (this.heldCr) this.hold(Uint8Array.of(CR));
    this.heldCr = false;
    this.release(this.held.length);
  }

  /** False when the marker there has not arrived whole. */
  private takeMarker(at: number): boolean {
    const { held } = this;
    const from = at + this.start.length;
    const end = held.indexOf(LF, from);
    if (end === -1 && held.length - from <= LONGEST_MARKER) return false;
    this.release(at);
    const stop = end === -1 ? from + LONGEST_MARKER : end;
    const line = held.subarray(from, Math.min(stop, from + LONGEST_MARKER));
    this.from = Math.min(stop + 1, held.length);
    const after = this.from;
    if (this.crlf === null) this.decide(line);
    this.sink.marker(asciiOf(line).replace(/\r$/, ''), held, at, after);
    return true;
  }

  private decide(line: Uint8Array): void {
    this.crlf = line.at(-1) === CR;
    if (!this.crlf) return;
    this.held = this.withoutCr(this.held.subarray(this.from));
    this.from = 0;
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
    // A marker begins with LF, which comes again only at its end: so no other than the last one can begin it.
    const at = this.held.lastIndexOf(LF);
    const size = this.held.length - at;
    if (at < this.from || size > this.start.length) return 0;
    const tail = this.held.subarray(at);
    return tail.every((byte, index) => byte === this.start[index]) ? size : 0;
  }

  /** Hands on what lies before `to`. */
  private release(to: number): void {
    if (to <= this.from) return;
    this.sink.payload(this.held, this.from, to);
    this.from = to;
  }
}
