import { createHash } from 'node:crypto';

export const LAB_RELEASES = ['bullseye', 'bookworm', 'trixie', 'sid'] as const;

export type LabRelease = (typeof LAB_RELEASES)[number];

/** The version number by which recordings name a release. */
export const RELEASE_NUMBER: Readonly<Record<LabRelease, string>> = {
  bullseye: '11',
  bookworm: '12',
  trixie: '13',
  sid: 'sid',
};

/**
 * What a plain server has. libpam-systemd is named because polkitd wants a logind provider and debootstrap
 * resolves no virtual packages.
 */
const PACKAGES: readonly string[] = [
  'systemd',
  'systemd-sysv',
  'dbus',
  'libpam-systemd',
  'openssh-server',
  'sudo',
  'kmod',
  'procps',
  'iproute2',
  'iputils-ping',
  'libcap2-bin',
  'network-manager',
  'firewalld',
  'iptables',
  'nftables',
  'ipset',
];

/**
 * Runs inside the fresh system ($1 is its folder). Identity (host keys, machine-id, host name) is each node's own.
 * firewalld is installed but off. Units that only cost time in a container are masked.
 */
const CUSTOMISE = `
root=$1
rm -f "$root"/etc/ssh/ssh_host_*_key "$root"/etc/ssh/ssh_host_*_key.pub "$root"/etc/machine-id "$root"/var/lib/dbus/machine-id
rm -rf "$root"/var/cache/apt/archives/*.deb "$root"/var/lib/apt/lists/*
: > "$root"/etc/machine-id
printf 'UseDNS no\\nPermitRootLogin prohibit-password\\n' > "$root"/etc/ssh/sshd_config.d/lab.conf
chroot "$root" useradd --create-home --shell /bin/bash lab
printf 'lab ALL=(ALL) NOPASSWD: ALL\\n' > "$root"/etc/sudoers.d/lab
chmod 0440 "$root"/etc/sudoers.d/lab
chroot "$root" systemctl disable firewalld.service
chroot "$root" systemctl enable NetworkManager.service ssh.service
chroot "$root" systemctl mask apt-daily.timer apt-daily-upgrade.timer NetworkManager-wait-online.service \\
  console-getty.service getty.target systemd-resolved.service
rm -f "$root"/etc/resolv.conf "$root"/etc/hostname
`;

export type Recipe = {
  readonly release: LabRelease;
  readonly packages: readonly string[];
  readonly customise: string;
  /** Names the cached base; changes with every change of the recipe. */
  readonly hash: string;
};

export const recipeFor = (release: LabRelease): Recipe => {
  const text = JSON.stringify([release, PACKAGES, CUSTOMISE]);
  const hash = createHash('sha256').update(text).digest('hex').slice(0, 12);
  return { release, packages: PACKAGES, customise: CUSTOMISE, hash };
};
