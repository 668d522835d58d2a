/**
 * The kernel settings that checks ask for, in one reading of /proc/sys. `*` stands for an interface's name; `all` and
 * `default` are among them. Nothing that names the node or its users may be listed.
 */
export const SYSCTLS = [
  'fs.inotify.max_user_instances',
  'fs.inotify.max_user_watches',
  'kernel.modules_disabled',
  'kernel.osrelease',
  'kernel.unprivileged_bpf_disabled',
  'net.bridge.bridge-nf-call-ip6tables',
  'net.bridge.bridge-nf-call-iptables',
  'net.core.bpf_jit_enable',
  'net.core.bpf_jit_harden',
  'net.ipv4.conf.*.rp_filter',
  'net.ipv4.conf.all.arp_filter',
  'net.ipv4.conf.all.arp_ignore',
  'net.ipv4.conf.all.forwarding',
  'net.ipv4.conf.default.arp_filter',
  'net.ipv4.conf.default.arp_ignore',
  'net.ipv4.conf.default.forwarding',
  'net.ipv4.ip_forward',
  'net.ipv6.conf.all.disable_ipv6',
  'net.ipv6.conf.all.forwarding',
  'net.ipv6.conf.default.disable_ipv6',
  'net.netfilter.nf_conntrack_acct',
  'net.netfilter.nf_conntrack_count',
  'net.netfilter.nf_conntrack_max',
] as const;
