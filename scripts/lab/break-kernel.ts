import {
  hide,
  show,
  uncover,
  uncoverAll,
  STAGE_DIR,
  type Breakage,
  type Breakages,
} from './breakage.js';
import { configure } from './stage-kernel.js';

const RELEASE = '/lib/modules/$(cat /proc/sys/kernel/osrelease)';
const CONFIGURATION = 'the configuration of a kernel bound over /proc/config.gz';
const CGROUP = `${STAGE_DIR}/cgroup`;

/** A kernel that was built without these. */
const without = (check: string, name: string, ...symbols: readonly string[]): Breakage => ({
  what: `a kernel whose configuration has no ${symbols.join(', ')}`,
  breaks: { [check]: name },
  stage: 'kernel-configuration',
  standIn: CONFIGURATION,
  script: () => configure('n', ...symbols),
  mend: () => configure('y', ...symbols),
});

/** The kernel: what it was built with, and what it shows of itself. */
export const KERNEL_BREAKAGES: Breakages = {
  'no-ipip': without('kernel/ipip', 'CONFIG_NET_IPIP is not set', 'NET_IPIP'),
  'no-vxlan': without('kernel/vxlan', 'CONFIG_VXLAN is not set', 'VXLAN'),
  'no-wireguard': without('kernel/wireguard', 'CONFIG_WIREGUARD is not set', 'WIREGUARD'),
  'no-ipvs': without('kernel/ipvs', 'CONFIG_IP_VS is not set', 'IP_VS'),
  'no-ipset': without('kernel/ipset', 'hash:net,net', 'IP_SET_HASH_NETNET'),
  'no-conntrack': without('kernel/conntrack', 'CONFIG_NF_CONNTRACK is not set', 'NF_CONNTRACK'),
  'no-sctp': without(
    'kernel/conntrack-sctp',
    'CONFIG_NF_CT_PROTO_SCTP is not set',
    'NF_CT_PROTO_SCTP',
  ),
  'no-xt-tables': without(
    'kernel/iptables-base',
    'CONFIG_IP_NF_RAW is not set',
    'IP_NF_RAW',
    'NFT_COMPAT',
  ),
  'no-multiport': without(
    'kernel/iptables-matches',
    'the match multiport',
    'NETFILTER_XT_MATCH_MULTIPORT',
  ),
  'no-reject': without('kernel/iptables-actions', 'the target REJECT', 'IP_NF_TARGET_REJECT'),
  'no-nft-ct': without('kernel/nftables', 'CONFIG_NFT_CT is not set', 'NFT_CT'),
  'no-cls-bpf': without('kernel/ebpf', 'CONFIG_NET_CLS_BPF is not set', 'NET_CLS_BPF'),
  'two-stories': without(
    'kernel/witness-conflict',
    'the match addrtype',
    'NETFILTER_XT_MATCH_ADDRTYPE',
  ),
  'no-btf': {
    what: 'a kernel without type information',
    breaks: { 'kernel/btf': '/sys/kernel/btf/vmlinux is not there' },
    standIn: 'an empty folder mounted over /sys/kernel/btf',
    script: () => hide('/sys/kernel/btf'),
    mend: () => uncover('/sys/kernel/btf'),
  },
  'no-securityfs': {
    what: 'a kernel without securityfs',
    breaks: { 'kernel/securityfs': '/sys/kernel/security' },
    standIn: 'an empty folder mounted over /sys/kernel',
    script: () => hide('/sys/kernel'),
    mend: () => uncover('/sys/kernel'),
  },
  lockdown: {
    what: 'a kernel locked down for confidentiality',
    breaks: { 'kernel/lockdown': 'confidentiality' },
    standIn: 'a folder mounted over /sys/kernel/security',
    script: () =>
      `${hide('/sys/kernel/security')} && echo 'none integrity [confidentiality]' > /sys/kernel/security/lockdown`,
    mend: () => uncover('/sys/kernel/security'),
  },
  'bpf-tmpfs': {
    what: 'a tmpfs on /sys/fs/bpf',
    breaks: { 'kernel/bpf-mounts': 'tmpfs is mounted on /sys/fs/bpf' },
    script: () => hide('/sys/fs/bpf'),
    mend: () => uncover('/sys/fs/bpf'),
  },
  'cgroup-v1': {
    what: 'the mounts of cgroup v1 with the unified tree beside it',
    breaks: { 'kernel/cgroup-version': 'cgroup v1 (hybrid)' },
    standIn: 'a tmpfs on /sys/fs/cgroup that shows the unified groups',
    // systemd goes on in its groups: each is bound where it was.
    script: () =>
      `mkdir -p ${CGROUP} && mount -t tmpfs -o mode=0755 lab-stage ${CGROUP} && mkdir ${CGROUP}/unified && mount --bind /sys/fs/cgroup ${CGROUP}/unified && for at in /sys/fs/cgroup/*/; do at=$(basename $at); mkdir ${CGROUP}/$at && mount --bind /sys/fs/cgroup/$at ${CGROUP}/$at; done && mount --rbind ${CGROUP} /sys/fs/cgroup`,
    mend: () => uncoverAll('/sys/fs/cgroup', CGROUP),
  },
  'inotify-limits': {
    what: 'few watchers of files',
    breaks: { 'kernel/inotify-limits': 'fs.inotify.max_user_instances = 128' },
    stage: 'kernel-configuration',
    standIn: 'numbers bound over /proc/sys/fs/inotify',
    script: () => `echo 128 > ${STAGE_DIR}/inotify-instances`,
    mend: () => `echo 8192 > ${STAGE_DIR}/inotify-instances`,
  },
  'conntrack-full': {
    what: 'a full table of connections',
    breaks: { 'kernel/conntrack-table': '100 %' },
    standIn: 'a number bound over /proc/sys/net/netfilter/nf_conntrack_count',
    script: () =>
      show(
        '/proc/sys/net/netfilter/nf_conntrack_count',
        'cat /proc/sys/net/netfilter/nf_conntrack_max',
      ),
    mend: () => uncover('/proc/sys/net/netfilter/nf_conntrack_count'),
  },
  'modules-gone': {
    what: 'a kernel whose modules an upgrade has removed',
    breaks: { 'kernel/reboot-pending': 'lib/modules' },
    stage: 'modular-kernel',
    standIn: CONFIGURATION,
    script: () => `mv ${RELEASE} ${RELEASE}.gone`,
    mend: () => `! [ -d ${RELEASE}.gone ] || mv ${RELEASE}.gone ${RELEASE}`,
  },
  'modules-extra': {
    what: 'an Ubuntu without its package of extra modules',
    breaks: { 'kernel/modules-extra': 'not installed: SCTP sockets' },
    stage: 'modular-kernel',
    standIn: CONFIGURATION,
    script: () => `sed -i /sctp/d ${RELEASE}/modules.dep`,
    mend: () => `echo kernel/net/sctp/sctp.ko: >> ${RELEASE}/modules.dep`,
  },
};
