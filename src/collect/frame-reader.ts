import type { Evidence } from '../domain/evidence.js';
import type { AnyProbe } from '../domain/probe.js';
import { reason, type Reason } from '../domain/reason.js';
import type { RunEnd } from '../domain/transport.js';
import { BoundedBytes } from './bytes.js';
import { Checksum } from './checksum.js';
import { parseMarker, type CollectorMeta, type Marker } from './marker.js';
import { MarkerStream } from './marker-stream.js';
import { settle, settleMissing, type Frame } from './settle.js';
import { STDERR_LIMIT } from './shell-parts.js';

const NOISE_LIMIT = 16_384;

export type Transcript = {
  /** One for each collectable probe, in the order of the probes; what is missing or bent carries its problem. */
  readonly evidence: readonly Evidence[];
  /** Bytes outside of all frames (a noisy profile), the first 16 KiB. */
  readonly noise: Uint8Array;
  readonly noiseBytes: number;
  /** Null when the collector did not introduce itself. */
  readonly meta: CollectorMeta | null;
  /** How many probes ended. Zero without `meta` means: no collector ran. */
  readonly frames: number;
  /** The closing line arrived, so nothing was cut off. */
  readonly complete: boolean;
};

export type FrameReaderOptions = {
  readonly nonce: string;
  readonly probes: readonly AnyProbe[];
  /** Called as soon as a probe's last byte is there. */
  readonly onProbe?: (id: string, done: number) => void;
};

type OpenFrame = {
  readonly probe: AnyProbe;
  readonly stdout: BoundedBytes;
  readonly stderr: BoundedBytes;
  readonly begun: number | null;
  part: 'stdout' | 'stderr';
};

/**
 * Reads what the collector prints, byte-exact, from chunks of any size. A frame with another nonce is data. With the
 * right nonce, a frame that stands in the wrong place or comes twice spoils its probe: nobody can tell which of the
 * two is true, so neither is judged.
 */
export class FrameReader {
  private readonly probes: ReadonlyMap<string, AnyProbe>;
  private readonly onProbe: (id: string, done: number) => void;
  private readonly stream: MarkerStream;
  private readonly frames = new Map<string, Frame>();
  private readonly spoilt = new Map<string, Reason>();
  private readonly noise = new BoundedBytes(NOISE_LIMIT);
  private readonly sum = new Checksum();
  private open: OpenFrame | null = null;
  private meta: CollectorMeta | null = null;
  private last: Extract<Marker, { kind: 'last' }> | null = null;
  private now = 0;

  constructor({ nonce, probes, onProbe }: FrameReaderOptions) {
    const asked = probes.filter((probe) => probe.script !== null);
    this.probes = new Map(asked.map((probe) => [probe.id, probe]));
    this.onProbe = onProbe ?? (() => undefined);
    this.stream = new MarkerStream(nonce, {
      payload: (bytes, from, to) => {
        this.count(bytes, from, to);
        const part = bytes.subarray(from, to);
        if (this.open === null) this.noise.add(part);
        else this.open[this.open.part].add(part);
      },
      marker: (line, bytes, from, to) => {
        this.marker(line, bytes, from, to);
      },
    });
  }

  /** The chunk is kept, not copied. `receivedAt`: the auditor's wall clock in milliseconds since 1970. */
  push(chunk: Uint8Array, receivedAt: number): void {
    this.now = receivedAt;
    this.stream.push(chunk);
  }

  /** How many probes have ended so far. */
  get done(): number {
    return this.frames.size;
  }

  /** Nothing more will come. Call it once. */
  finish(end: RunEnd): Transcript {
    this.stream.finish();
    const bent = this.checksumDiffers();
    const open = this.open;
    // Where the last frame arrived nothing was cut off: what never began was no part of the script.
    const missing = this.last === null ? end : NOT_HELD;
    const become = this.meta?.become;
    const gatekeeper = become === 'sudo' || become === 'doas' ? become : undefined;
    const evidence = [...this.probes.values()].map((probe): Evidence => {
      const frame = this.frames.get(probe.id);
      const spoilt = this.spoilt.get(probe.id) ?? (bent && frame !== undefined ? BENT : undefined);
      if (frame !== undefined) return settle(probe, frame, spoilt, gatekeeper);
      const begun = open?.probe === probe ? { stdout: open.stdout, stderr: open.stderr } : null;
      return settleMissing(probe, begun, missing, spoilt);
    });
    return {
      evidence,
      noise: this.noise.bytes(),
      noiseBytes: this.noise.total,
      meta: this.meta,
      frames: this.frames.size,
      complete: this.last !== null,
    };
  }

  private checksumDiffers(): boolean {
    const sum = this.last?.sum ?? null;
    if (sum === null) return false;
    const { crc, length } = this.sum.result();
    return crc !== sum.crc || length !== sum.length;
  }

  /** The checksum runs over what lies between the first line (meta) and the last. */
  private count(bytes: Uint8Array, from: number, to: number): void {
    if (this.meta !== null && this.last === null) this.sum.add(bytes, from, to);
  }

  private marker(line: string, bytes: Uint8Array, from: number, to: number): void {
    const marker = parseMarker(line);
    if (marker?.kind === 'meta' && this.meta === null) {
      this.meta = marker.meta;
      return;
    }
    if (marker?.kind === 'last') {
      this.close(marker);
      return;
    }
    this.count(bytes, from, to);
    if (marker === null || marker.kind === 'meta') this.spoilOpen('a frame is damaged');
    else if (marker.kind === 'begin') this.begin(marker.id, marker.uptime);
    else if (marker.kind === 'stderr') this.turn(marker.id);
    else if (marker.kind === 'void') this.void(marker.id);
    else this.end(marker);
  }

  private close(marker: Extract<Marker, { kind: 'last' }>): void {
    this.spoilOpen('its end frame is missing');
    if (this.last !== null) for (const id of this.frames.keys()) this.spoil(id, 'it ended twice');
    this.last = marker;
  }

  private begin(id: string, uptime: number | null): void {
    this.spoilOpen('its end frame is missing');
    if (this.frames.has(id)) this.spoil(id, 'it was answered twice');
    if (this.last !== null) this.spoil(id, 'it was answered after the end');
    const probe = this.probes.get(id);
    // The answer to a probe that nobody asked for is skipped like noise.
    if (probe === undefined) return;
    this.open = {
      probe,
      stdout: new BoundedBytes(probe.maxBytes + 1),
      stderr: new BoundedBytes(STDERR_LIMIT + 64),
      begun: uptime,
      part: 'stdout',
    };
  }

  private turn(id: string): void {
    if (this.open?.probe.id === id && this.open.part === 'stdout') this.open.part = 'stderr';
    else this.misplaced(id);
  }

  /** Only what stands open can be taken back; an answer that is whole stays, so that a second one spoils it. */
  private void(id: string): void {
    if (this.open?.probe.id === id) this.open = null;
    else if (this.open !== null) this.misplaced(id);
  }

  private end({ id, exit, uptime }: Extract<Marker, { kind: 'end' }>): void {
    const open = this.open;
    if (open?.probe.id !== id || open.part !== 'stderr') {
      this.misplaced(id);
      return;
    }
    this.open = null;
    if (this.frames.has(id)) return;
    const { stdout, stderr, begun } = open;
    const seconds = begun === null || uptime === null ? null : uptime - begun;
    this.frames.set(id, { stdout, stderr, exit, seconds, receivedAt: this.now });
    this.onProbe(id, this.frames.size);
  }

  private misplaced(id: string): void {
    this.spoilOpen('a frame is out of place');
    this.spoil(id, 'a frame is out of place');
  }

  private spoilOpen(why: string): void {
    if (this.open === null) return;
    this.spoil(this.open.probe.id, why);
    this.open = null;
  }

  private spoil(id: string, why: string): void {
    const probe = this.probes.get(id);
    if (probe === undefined || this.spoilt.has(id)) return;
    this.spoilt.set(id, reason('garbled', `${probe.command}: ${why}`));
  }
}

const BENT: Reason = reason(
  'garbled',
  'the output was changed on its way: it does not match the checksum that the node sent',
);

const NOT_HELD: RunEnd = { kind: 'refused', why: 'the script that ran does not hold it' };
