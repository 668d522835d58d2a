import { FIX_CONTENT, FIX_PATH } from '../../checks/interfaces/networkmanager-fix.js';
import { NAME_ALONE, write, type Breakages } from './breakage.js';

const NM_CONF = '/etc/NetworkManager/conf.d';
const FLANNEL = '/etc/cni/net.d/10-flannel.conflist';
const CONFLIST = '{"name":"cbr0","cniVersion":"0.3.1","plugins":[{"type":"flannel"}]}';
const CONTAINERD = '/etc/containerd/config.toml';
const BIN_DIR = `version = 2
[plugins."io.containerd.grpc.v1.cri".cni]
  bin_dir = "/usr/lib/cni"
  conf_dir = "/etc/cni/net.d"`;
const FOLDERS = 'mkdir -p /etc/cni/net.d /opt/cni/bin';
const nmCloudUnit = '[Service]\nExecStart=/bin/true\n[Install]\nWantedBy=multi-user.target';

/** Names, files, mounts and logins. */
export const FILE_BREAKAGES: Breakages = {
  'networkmanager-plain-equals': {
    what: 'a later conf.d file whose plain = replaces every earlier unmanaged-devices list',
    breaks: { 'interfaces/networkmanager': 'does not name cali*' },
    script: () =>
      `rm -f ${FIX_PATH} && printf '[keyfile]\\nunmanaged-devices=interface-name:docker0\\n' > ${NM_CONF}/99-local.conf && nmcli general reload conf`,
    mend: () =>
      `rm -f ${NM_CONF}/99-local.conf && ${write(FIX_PATH, FIX_CONTENT.trimEnd())} && nmcli general reload conf`,
  },
  'nm-cloud-setup': {
    what: 'nm-cloud-setup at boot',
    breaks: { 'interfaces/nm-cloud-setup': 'nm-cloud-setup.service' },
    standIn: NAME_ALONE,
    script: () =>
      `${write('/etc/systemd/system/nm-cloud-setup.service', nmCloudUnit)} && systemctl --quiet enable nm-cloud-setup`,
    mend: () =>
      'systemctl --quiet disable nm-cloud-setup 2>/dev/null; rm -f /etc/systemd/system/nm-cloud-setup.service && systemctl daemon-reload',
  },
  hostname: {
    what: 'the host name of an unnamed machine',
    breaks: { 'identity/hostname': 'localhost' },
    script: () => 'echo localhost > /etc/hostname && hostname localhost',
    mend: ({ own }) => `echo ${own} > /etc/hostname && hostname ${own}`,
  },
  'hostname-duplicate': {
    what: 'the host name of another node',
    breaks: { 'identity/hostname-unique': 'node-2' },
    script: ({ other }) => `echo ${other} > /etc/hostname && hostname ${other}`,
    mend: ({ own }) => `echo ${own} > /etc/hostname && hostname ${own}`,
  },
  'machine-id': {
    what: 'the machine-id of a cloned image',
    breaks: { 'identity/machine-id-unique': 'node-1' },
    onTwo: true,
    script: () =>
      'cp -n /etc/machine-id /root/machine-id && echo 0f1e2d3c4b5a69788796a5b4c3d2e1f0 > /etc/machine-id',
    mend: () => '! [ -e /root/machine-id ] || mv /root/machine-id /etc/machine-id',
  },
  nodename: {
    what: 'the file nodename of a machine that bore another name',
    breaks: { 'identity/nodename-file': 'old-worker' },
    script: () => "mkdir -p /var/lib/calico && printf 'old-worker' > /var/lib/calico/nodename",
    mend: () => 'rm -rf /var/lib/calico',
  },
  'calico-left': {
    what: 'the configuration of a Calico that is gone',
    breaks: { 'cni/leftovers': 'Calico does not run, and left' },
    script: () => 'mkdir -p /etc/calico',
    mend: () => 'rm -rf /etc/calico /var/lib/calico',
  },
  'resolv-stub': {
    what: "a resolv.conf with systemd-resolved's stub alone",
    breaks: { 'platform/dns-resolver': '127.0.0.53' },
    script: () => write('/etc/resolv.conf', 'nameserver 127.0.0.53'),
    mend: () => write('/etc/resolv.conf', 'nameserver 192.0.2.53'),
  },
  'cni-dir': {
    what: 'a plain file where the CNI configuration folder belongs',
    breaks: { 'cni/directories': '/etc/cni/net.d' },
    script: () => 'mkdir -p /etc/cni && rm -rf /etc/cni/net.d && : > /etc/cni/net.d',
    mend: () => `if [ -f /etc/cni/net.d ]; then rm /etc/cni/net.d; fi && ${FOLDERS}`,
  },
  'containerd-bin-dir': {
    what: 'containerd configured to look for CNI plug-ins elsewhere',
    breaks: { 'cni/directories': '/usr/lib/cni' },
    script: () => `${FOLDERS} && ${write(CONTAINERD, BIN_DIR)}`,
    mend: () => `rm -rf /etc/containerd && ${FOLDERS}`,
  },
  'noexec-cni': {
    what: 'a file system without exec on /opt/cni/bin',
    breaks: { 'platform/noexec-cni': 'mounted noexec' },
    script: () => `${FOLDERS} && mount -t tmpfs -o noexec tmpfs /opt/cni/bin`,
    mend: () => `${FOLDERS} && ! mountpoint -q /opt/cni/bin || umount /opt/cni/bin`,
  },
  'other-cni': {
    what: 'the CNI configuration of flannel',
    breaks: { 'cni/other-providers': '10-flannel.conflist' },
    script: () => write(FLANNEL, CONFLIST),
    mend: () => `rm -f ${FLANNEL}`,
  },
  'xtables-lock': {
    what: 'a folder where the lock file of iptables belongs',
    breaks: { 'platform/noexec-cni': '/run/xtables.lock is a directory' },
    script: () => 'rm -rf /run/xtables.lock && mkdir /run/xtables.lock',
    mend: () => `${FOLDERS} && rm -rf /run/xtables.lock`,
  },
  'mount-private': {
    what: 'mounts that are not passed on',
    breaks: { 'kernel/mount-propagation': '/' },
    script: () => 'mount --make-rprivate /',
    mend: () => 'mount --make-rshared /',
  },
  'no-sudo': {
    what: 'no sudo rule for the lab user',
    breaks: {},
    script: () => 'rm -f /etc/sudoers.d/lab',
    mend: () =>
      `${write('/etc/sudoers.d/lab', 'lab ALL=(ALL) NOPASSWD: ALL')} && chmod 0440 /etc/sudoers.d/lab`,
  },
  'host-key': {
    what: 'another host key than known_hosts has',
    breaks: {},
    script: () =>
      'mkdir -p /root/ssh-keys && mv -n /etc/ssh/ssh_host_* /root/ssh-keys/; rm -f /etc/ssh/ssh_host_* && ssh-keygen -q -t ed25519 -N "" -f /etc/ssh/ssh_host_ed25519_key && systemctl reload ssh',
    mend: () => 'mv /root/ssh-keys/ssh_host_* /etc/ssh/ && systemctl reload ssh',
  },
};
