import { sshRun } from './lab.js';
import type { LabState } from './state.js';

/** Shell text for root on the node. `other` is the name of another node of the lab. */
type Breakage = { readonly what: string; readonly script: (other: string) => string };

const NM_CONF = '/etc/NetworkManager/conf.d';

/** What can be broken on a node; a fresh `up` mends it. */
export const BREAKAGES: Readonly<Record<string, Breakage>> = {
  'networkmanager-plain-equals': {
    what: 'a later conf.d file whose plain = replaces every earlier unmanaged-devices list',
    script: () =>
      `printf '[keyfile]\\nunmanaged-devices=interface-name:docker0\\n' > ${NM_CONF}/99-local.conf && nmcli general reload conf`,
  },
  firewalld: {
    what: 'firewalld on, now and at boot',
    // Started means that the name is taken; it answers once its rules are in.
    script: () => 'systemctl enable --now firewalld && firewall-cmd --state > /dev/null',
  },
  hostname: {
    what: 'the host name of an unnamed machine',
    script: () => 'echo localhost > /etc/hostname && hostname localhost',
  },
  'hostname-duplicate': {
    what: 'the host name of another node',
    script: (other) => `echo ${other} > /etc/hostname && hostname ${other}`,
  },
  'cni-dir': {
    what: 'a plain file where the CNI configuration folder belongs',
    script: () => 'mkdir -p /etc/cni && rm -rf /etc/cni/net.d && : > /etc/cni/net.d',
  },
  'no-sudo': { what: 'no sudo rule for the lab user', script: () => 'rm -f /etc/sudoers.d/lab' },
  'host-key': {
    what: 'another host key than known_hosts has',
    script: () =>
      'rm -f /etc/ssh/ssh_host_* && ssh-keygen -q -t ed25519 -N "" -f /etc/ssh/ssh_host_ed25519_key && systemctl reload ssh',
  },
};

/** Breaks one thing on one node. Throws when the name or the breakage is unknown or the node refuses. */
export const breakNode = async (lab: LabState, name: string, what: string): Promise<void> => {
  const breakage = BREAKAGES[what];
  if (breakage === undefined)
    throw new Error(`cannot break ${what}; known: ${Object.keys(BREAKAGES).join(', ')}`);
  if (!lab.nodes.some((node) => node.name === name)) throw new Error(`no node ${name} in the lab`);
  const other = lab.nodes.find((node) => node.name !== name)?.name ?? 'node-2';
  const { code, stderr } = await sshRun(lab.dir, name, breakage.script(other), { user: 'root' });
  if (code !== 0) throw new Error(`breaking ${what} on ${name} ended ${String(code)}: ${stderr}`);
};
