import { readdirSync, readFileSync } from 'node:fs';
import type { Said } from './check-tester.js';

const NODES = new URL('../nodes/', import.meta.url);

/** Text of a recording. */
export const recorded = (node: string, probe: string): string =>
  readFileSync(new URL(`${node}/${probe}.txt`, NODES), 'utf8');

/** All that a recorded node said, by probe id; pick those that a check looks at. */
export function recordedNode(
  node: string,
  probes?: readonly string[],
): Readonly<Record<string, Said>> {
  const ids = readdirSync(new URL(`${node}/`, NODES))
    .filter((file) => file.endsWith('.txt'))
    .map((file) => file.slice(0, -4));
  return Object.fromEntries(
    ids
      .filter((id) => probes === undefined || probes.includes(id))
      .map((id) => [id, recorded(node, id)]),
  );
}

/** Kernels of Debian's packages, of four architectures. */
export const PACKAGED_KERNELS: readonly string[] = readdirSync(NODES)
  .filter((name) => /^debian-[a-z]+-(?:amd64|arm64|ppc64el|s390x)$/.test(name))
  .sort();
