import {
  hide,
  show,
  uncover,
  uncoverAll,
  unlink,
  write,
  STAGE_DIR,
  type Breakages,
} from './breakage.js';

const OS_RELEASE = '/etc/os-release';
const ALPINE = 'ID=alpine\nVERSION_ID=3.22\nPRETTY_NAME="Alpine Linux v3.22"';
const SSH_DROP_IN = '/etc/systemd/system/ssh.service.d/lab.conf';

/** What sessions see of the machine is what sshd was started with (personality(2)). */
const sshAs = (setarch: string): string =>
  `${write(SSH_DROP_IN, `[Service]\nExecStart=\nExecStart=/usr/bin/setarch ${setarch} /usr/sbin/sshd -D`)} && systemctl daemon-reload && systemctl restart ssh`;
const sshPlain = `! [ -e ${SSH_DROP_IN} ] || { rm -r ${SSH_DROP_IN.slice(0, SSH_DROP_IN.lastIndexOf('/'))} && systemctl daemon-reload && systemctl restart ssh; }`;

const CHRONY = '/etc/chrony/chrony.conf';
/** systemd's mark of a container, by which the clock would be the host's and not judged. */
const MARK = '/run/systemd/container';
const chronySays = (what: string): string =>
  `for i in $(seq 100); do chronyc -n tracking | grep -q "^Leap status *: ${what}" && break; [ $i -lt 100 ] || exit 1; sleep 0.1; done`;

const DMI = `${STAGE_DIR}/class`;
const FS = `${STAGE_DIR}/fs`;
const VMXNET3 = '/sys/devices/virtual/net/ens192';
const NIC = `${STAGE_DIR}/ens192`;
const LINK = '/etc/systemd/network/10-first.link';
const SWAPS =
  'Filename\\t\\t\\t\\tType\\t\\tSize\\t\\tUsed\\t\\tPriority\\n/swap.img partition 4194300 0 -2';

/** The machine, its distribution, its clock and its names. */
export const SYSTEM_BREAKAGES: Breakages = {
  alpine: {
    what: 'the os-release of Alpine Linux',
    breaks: { 'platform/distribution': 'Alpine Linux v3.22' },
    script: () => `rm ${OS_RELEASE} && ${write(OS_RELEASE, ALPINE)}`,
    mend: () => `ln -sf ../usr/lib/os-release ${OS_RELEASE}`,
  },
  i686: {
    what: 'logins that see a processor of 32 bits (setarch)',
    breaks: { 'platform/architecture': 'i686' },
    script: () => sshAs('i686'),
    mend: () => sshPlain,
  },
  'old-kernel': {
    what: 'logins that see Linux 2.6 (setarch --uname-2.6)',
    breaks: { 'kernel/version': '2.6.', 'kernel/dataplane-version': '2.6.', 'kernel/xdp': '2.6.' },
    script: () => sshAs('--uname-2.6'),
    mend: () => sshPlain,
  },
  'old-cpu': {
    what: 'a processor without SSE4.2',
    breaks: { 'platform/cpu-level': 'lacks sse4_2' },
    standIn: 'a list of flags bound over /proc/cpuinfo',
    script: () => show('/proc/cpuinfo', "sed 's/ sse4_2//' /proc/cpuinfo"),
    mend: () => uncover('/proc/cpuinfo'),
  },
  swap: {
    what: 'a swap of 4 GiB',
    breaks: { 'platform/swap': 'partition of 4096 MiB' },
    standIn: 'a list bound over /proc/swaps',
    script: () => show('/proc/swaps', `printf '${SWAPS}\\n'`),
    mend: () => uncover('/proc/swaps'),
  },
  'secure-boot': {
    what: 'Secure Boot on',
    breaks: { 'platform/secure-boot': 'Secure Boot is on' },
    standIn: 'an EFI variable in a folder mounted over /sys/firmware',
    script: () =>
      `${hide('/sys/firmware')} && mkdir -p /sys/firmware/efi/efivars && printf '\\006\\000\\000\\000\\001' > /sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c`,
    mend: () => uncover('/sys/firmware'),
  },
  'amazon-ec2': {
    what: 'a machine of Amazon EC2, under IP-in-IP',
    breaks: { 'platform/cloud-underlay': 'AWS' },
    mayRest: true,
    standIn: 'DMI tables mounted below /sys/class',
    // The interfaces stay the living ones.
    script: () =>
      `mkdir -p ${DMI} && mount -t tmpfs -o mode=0755 lab-stage ${DMI} && mkdir -p ${DMI}/dmi/id ${DMI}/net && echo 'Amazon EC2' > ${DMI}/dmi/id/sys_vendor && mount --bind /sys/class/net ${DMI}/net && mount --rbind ${DMI} /sys/class`,
    mend: () => uncoverAll('/sys/class', DMI),
  },
  vmxnet3: {
    what: 'an adapter of VMware',
    breaks: { 'interfaces/checksum-offload': 'ens192 is a vmxnet3 adapter' },
    standIn: 'a veth with the name of that driver mounted over its folder in /sys',
    script: () =>
      `ip link add ens192 type veth peer name ens192p && mkdir -p ${NIC}/device ${STAGE_DIR}/vmxnet3 && for f in ifindex type operstate mtu flags address addr_assign_type uevent; do cat ${VMXNET3}/$f > ${NIC}/$f; done && ln -sfn ${STAGE_DIR}/vmxnet3 ${NIC}/device/driver && mount --bind ${NIC} ${VMXNET3}`,
    mend: () => `${uncover(VMXNET3)}; ${unlink('ens192')}`,
  },
  selinux: {
    what: 'SELinux that enforces, without the policy for containers',
    breaks: { 'platform/selinux': 'SELinux enforces' },
    standIn: 'a folder mounted over /sys/fs that has selinux/enforce too',
    // What is below stays what it is, but for the SELinux of the machine, if it has one.
    script: () =>
      `mkdir -p ${FS} && mount -t tmpfs -o mode=0755 lab-stage ${FS} && for at in /sys/fs/*/; do at=$(basename $at); [ $at = selinux ] || { mkdir ${FS}/$at && mount --rbind /sys/fs/$at ${FS}/$at; }; done && mkdir ${FS}/selinux && echo 1 > ${FS}/selinux/enforce && mount --rbind ${FS} /sys/fs`,
    mend: () => uncoverAll('/sys/fs', FS),
  },
  'mac-policy': {
    what: 'a .link file that gives every interface a lasting address',
    breaks: { 'interfaces/mac-policy': '10-first.link' },
    script: () => write(LINK, '[Match]\nOriginalName=*\n[Link]\nMACAddressPolicy=persistent'),
    mend: () => write(LINK, '[Match]\nOriginalName=*\n[Link]\nMACAddressPolicy=none'),
  },
  chrony: {
    what: 'a chrony without a source, on a machine that is no container',
    breaks: { 'time/synchronised': 'chronyc' },
    packages: true,
    standIn: 'a container without its mark',
    script: () =>
      `rm -f ${MARK} && ${write(CHRONY, '# No source')} && systemctl restart chrony && ${chronySays('Not synchronised')}`,
    // Its own clock is a source, as on a machine that serves the time to an isolated network.
    mend: () =>
      `${write(CHRONY, 'local stratum 10')} && systemctl restart chrony && ${chronySays('Normal')} && echo systemd-nspawn > ${MARK}`,
  },
  'no-cap-sys-admin': {
    what: 'process 1 without CAP_SYS_ADMIN',
    breaks: { 'privileges/cap-sys-admin': '000001fffedfffff' },
    standIn: 'a text bound over /proc/1/status',
    script: () =>
      show('/proc/1/status', "sed 's/^CapBnd:.*/CapBnd:\\t000001fffedfffff/' /proc/1/status"),
    mend: () => uncover('/proc/1/status'),
  },
};
