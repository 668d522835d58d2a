import type { Evidence } from '../domain/evidence.js';
import { reasonCode } from '../domain/reason.js';
import { bytesOf, concat } from './bytes.js';
import { Checksum } from './checksum.js';
import type { CollectorMeta } from './marker.js';

export type FrameWriterOptions = {
  readonly nonce: string;
  readonly meta?: Partial<CollectorMeta>;
  /** Seconds since boot at which the recording pretends to begin. */
  readonly uptime?: number;
};

const META: CollectorMeta = {
  uid: 0,
  user: 'root',
  become: 'root',
  timeout: 'gnu',
  epoch: null,
};

const orDash = (value: string | number | null): string => (value === null ? '-' : String(value));

const metaLine = (nonce: string, meta: CollectorMeta, uptime: number): string =>
  `\n@@${nonce} M 1 ${orDash(meta.uid)} ${orDash(meta.user)} ${meta.become} ${meta.timeout} ${orDash(meta.epoch)} ${uptime.toFixed(2)}\n`;

/** Evidence that was never asked has no frame; any other problem leaves a frame without a known end. */
function frame(nonce: string, item: Evidence, uptime: number): readonly Uint8Array[] {
  if (item.problem !== undefined && reasonCode(item.problem) === 'not-run') return [];
  const exit = item.problem === undefined && item.exit !== null ? String(item.exit) : 'x';
  const after = uptime + (item.durationMs ?? 0) / 1000;
  const mark = `\n@@${nonce} `;
  return [
    bytesOf(`${mark}B ${item.probe} ${uptime.toFixed(2)}\n`),
    item.stdout,
    bytesOf(`${mark}S ${item.probe}\n`),
    item.stderr,
    bytesOf(`${mark}E ${item.probe} ${exit} ${after.toFixed(2)}\n`),
  ];
}

/** The bytes that a node would have printed for this evidence: what FrameReader reads back. */
export function writeFrames(
  evidence: readonly Evidence[],
  { nonce, meta = {}, uptime = 1000 }: FrameWriterOptions,
): Uint8Array {
  const body = concat(evidence.flatMap((item) => frame(nonce, item, uptime)));
  const sum = new Checksum();
  sum.add(body);
  const { crc, length } = sum.result();
  const last = length === 0 ? '- -' : `${String(crc)} ${String(length)}`;
  return concat([
    bytesOf(metaLine(nonce, { ...META, ...meta }, uptime)),
    body,
    bytesOf(`\n@@${nonce} Z ${last}\n`),
  ]);
}
