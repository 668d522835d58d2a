import type { Intent } from '../../src/domain/intent.js';

/** Why a check of the eBPF data plane does not apply, or null when it does. */
export const unlessEbpf = ({ dataplane }: Intent): string | null =>
  dataplane === 'ebpf' ? null : `the intent (dataplane: ${dataplane}) uses no eBPF`;
