import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { everyProbe } from '../../../scripts/record-node.js';
import type { AnyProbe } from '../../../src/domain/probe.js';

const NODES = new URL('../../nodes/', import.meta.url).pathname;
const MOST_SEEDS = 3;
const LONGEST_SEED = 200_000;

/** By probe id, the differing recordings of test/nodes, short ones first. */
function recordings(): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, Set<string>>();
  for (const node of readdirSync(NODES)) {
    const folder = join(NODES, node);
    if (!statSync(folder).isDirectory()) continue;
    for (const file of readdirSync(folder).filter((name) => name.endsWith('.txt'))) {
      const texts = found.get(file.slice(0, -4)) ?? new Set<string>();
      found.set(file.slice(0, -4), texts.add(readFileSync(join(folder, file), 'utf8')));
    }
  }
  return new Map(
    [...found].map(([id, texts]) => [
      id,
      [...texts]
        .filter((text) => text.length <= LONGEST_SEED)
        .sort((a, b) => a.length - b.length)
        .filter(
          (_, index, all) => index === 0 || index === all.length >> 1 || index === all.length - 1,
        )
        .slice(0, MOST_SEEDS),
    ]),
  );
}

/** Every probe of the catalogue's folder with real texts of its own, or of others where none was recorded. */
export async function probesWithRecordings(): Promise<
  readonly { readonly id: string; readonly probe: AnyProbe; readonly seeds: readonly string[] }[]
> {
  const texts = recordings();
  const others = ['uname-a', 'ip-addr', 'modprobe-rules', 'systemd-units', 'networkmanager-conf'];
  const stand = others.flatMap((id) => texts.get(id)?.slice(0, 1) ?? []);
  const probes = await everyProbe();
  return probes.map((probe) => ({ id: probe.id, probe, seeds: texts.get(probe.id) ?? stand }));
}
