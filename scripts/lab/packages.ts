import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { run } from './run.js';

/** What some breakages need and a plain server has not: real programs whose real state is then wrong. */
const PACKAGES: readonly string[] = ['ufw', 'chrony', 'kubernetes-client'];

const LIMIT_MS = 5 * 60_000;

/**
 * None of them runs before a breakage starts it. chronyd steers no clock, for it is that of the whole machine.
 */
const CUSTOMISE = `
chroot "$root" systemctl disable ufw.service chrony.service
printf 'DAEMON_OPTS="-x"\\n' > "$root"/etc/default/chrony
`;

/**
 * Installs on an overlay over the base and keeps what was written, beside the final name until it is whole. A tmpfs
 * carries overlays everywhere. $1 target, $2 base, $3 packages.
 */
const BUILD = `
set -eu
test ! -d "$1" || exit 0
part=$1.partial
umount -R "$part" 2>/dev/null || true
rm -rf --one-file-system "$part" "$1.new"
mkdir -p "$part"
mount -t tmpfs -o mode=0755 calico-ready-lab "$part"
trap 'umount -R "$part"; rmdir "$part"' EXIT
root=$part/root
mkdir "$part"/upper "$part"/work "$root"
mount -t overlay overlay -o lowerdir="$2",upperdir="$part"/upper,workdir="$part"/work "$root"
{
  cp -L /etc/resolv.conf "$root"/etc/resolv.conf
  printf '#!/bin/sh\nexit 101\n' > "$root"/usr/sbin/policy-rc.d
  chmod 755 "$root"/usr/sbin/policy-rc.d
  chroot "$root" apt-get -qq update
  chroot "$root" env DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends $3
${CUSTOMISE}
  rm -rf "$root"/usr/sbin/policy-rc.d "$root"/etc/resolv.conf "$root"/var/lib/apt/lists/* "$root"/var/cache/apt/*
  umount "$root"
  find "$part"/upper -type c -delete
  cp -a "$part"/upper "$1.new"
} > "$1.log" 2>&1 || { tail -n 20 "$1.log" >&2; exit 1; }
rm -f "$1.log"
mv -T "$1.new" "$1"
`;

/**
 * The folder that holds what the packages add to a base, made once (half a minute) and kept beside it. As a lower layer
 * above the base it makes a node that has them.
 */
export const ensurePackages = async (
  base: string,
  say: (line: string) => void,
): Promise<string> => {
  const hash = createHash('sha256')
    .update(BUILD + PACKAGES.join())
    .digest('hex')
    .slice(0, 12);
  const target = `${base}-more-${hash}`;
  if (existsSync(target)) return target;
  say(`adding ${PACKAGES.join(', ')} in ${target}, once`);
  const words = [target, base, PACKAGES.join(' ')];
  await run('flock', [`${target}.lock`, 'sh', '-c', BUILD, 'build', ...words], {
    timeoutMs: LIMIT_MS,
  });
  return target;
};
