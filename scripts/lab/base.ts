import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { recipeFor, type LabRelease } from './recipe.js';
import { run } from './run.js';

const CACHE = '/var/cache/calico-ready-lab';
const BUILD_LIMIT_MS = 10 * 60_000;

/** Empty: the mirror that debootstrap takes by itself. */
const mirror = (): string => process.env['CALICO_READY_LAB_MIRROR'] ?? '';

/**
 * Builds beside the final name and renames, so that a base is whole or absent. The lock lets two labs that start at
 * once build one base; what an interrupted build left under the partial name is removed first.
 * $1 target, $2 partial, $3 release, $4 packages, $5 mirror, $6 customise.
 */
const BUILD = `
set -eu
test ! -d "$1" || exit 0
umount "$2/proc" "$2/sys" 2>/dev/null || true
rm -rf --one-file-system "$2"
if ! debootstrap --variant=minbase --include="$4" "$3" "$2" \${5:+"$5"} >"$2.log" 2>&1; then
  tail -n 20 "$2.log" >&2
  exit 1
fi
sh -eu -c "$6" customise "$2" >>"$2.log" 2>&1 || { tail -n 20 "$2.log" >&2; exit 1; }
rm -f "$2.log"
mv -T "$2" "$1"
`;

/** The folder of the release's base system, built with debootstrap when the cache does not hold it (minutes). */
export const ensureBase = async (
  release: LabRelease,
  say: (line: string) => void,
): Promise<string> => {
  const recipe = recipeFor(release);
  const target = join(CACHE, `${release}-${recipe.hash}`);
  if (existsSync(target)) return target;
  // Root only: the base holds set-uid programs that nobody patches.
  await mkdir(CACHE, { recursive: true, mode: 0o700 });
  say(`building the base system ${release} in ${target}, once; this takes some minutes`);
  const packages = recipe.packages.join(',');
  const words = [target, `${target}.partial`, release, packages, mirror(), recipe.customise];
  await run('flock', [`${target}.lock`, 'sh', '-c', BUILD, 'build', ...words], {
    timeoutMs: BUILD_LIMIT_MS,
  });
  return target;
};
