import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Command and the Debian package that has it. */
const TOOLS: readonly (readonly [command: string, pack: string])[] = [
  ['debootstrap', 'debootstrap'],
  ['systemd-nspawn', 'systemd-container'],
  ['ip', 'iproute2'],
  ['ssh', 'openssh-client'],
  ['ssh-keygen', 'openssh-client'],
  ['flock', 'util-linux'],
  ['mountpoint', 'util-linux'],
];

/** Debian keeps these out of the PATH of some shells. */
const ADMIN_FOLDERS = ['/usr/sbin', '/sbin'];

const isInstalled = (command: string): boolean =>
  [...(process.env['PATH'] ?? '').split(delimiter), ...ADMIN_FOLDERS].some((folder) =>
    existsSync(join(folder, command)),
  );

/** Why no lab can run here, in a few words; null when one can. */
export const missingForLab = (): string | null => {
  if (process.getuid?.() !== 0) return 'not root';
  const missing = TOOLS.filter(([command]) => !isInstalled(command)).map(([, pack]) => pack);
  return missing.length === 0
    ? null
    : `missing: apt-get install ${[...new Set(missing)].join(' ')}`;
};
