/** The systemd units that checks ask for, in one question to systemd. */
export const UNITS = [
  'NetworkManager.service',
  'nm-cloud-setup.service',
  'nm-cloud-setup.timer',
  'systemd-networkd.service',
  'firewalld.service',
  'ufw.service',
  'nftables.service',
  'iptables.service',
  'ip6tables.service',
  'netfilter-persistent.service',
  'ipset.service',
  'shorewall.service',
  'csf.service',
  'lfd.service',
  'SuSEfirewall2.service',
  'fail2ban.service',
  'apf.service',
  'frr.service',
  'bird.service',
  'bird6.service',
  'gobgpd.service',
  'kubelet.service',
  'k3s.service',
  'k3s-agent.service',
] as const;

/**
 * Of these a service of the same name may run without systemd. NetworkManager's name differs between distributions
 * there, and whether it runs is told by its process.
 */
export const SCRIPTED: readonly string[] = UNITS.filter(
  (unit) =>
    unit.endsWith('.service') &&
    !/^(?:NetworkManager|nm-cloud-setup|systemd-networkd)\./.test(unit),
);
