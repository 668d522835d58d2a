import { reasonCode, type Reason, type ReasonCode } from './reason.js';

/** What the operator can do about a reason, where nobody closer to it knew better. */
const NEXT_STEP: Readonly<Record<ReasonCode, string>> = {
  'host-key-unknown':
    'Compare the fingerprint at the node itself, then add the key to known_hosts.',
  'host-key-changed':
    'Compare the fingerprint at the node itself; replace the key in known_hosts only if the change is right.',
  'host-key-revoked': 'Do not enter this node; give it a new host key first.',
  'auth-failed': 'Name the right user and key, and try the login by hand with ssh.',
  refused: 'Check that sshd runs on the node, and on which port.',
  'timed-out': 'Check that the node is up and not overloaded, or give it more time with --timeout.',
  'no-route': 'Check the name and the address of the node, and the way to it.',
  'no-login': 'Name a user who may log in with a shell.',
  'restricted-shell': 'Name a user with an ordinary shell.',
  'forced-command': 'Name a key that may run commands (no command= in authorized_keys).',
  'no-privilege':
    'Allow this user to use sudo without a password, give the password with --become-password-fd, or log in as root.',
  lost: 'Look at the log of sshd on the node, then try again.',
  'not-ssh': 'Check the port: no SSH server answers there.',
  'tool-missing': 'Install the tool on the node, or look at the node by hand.',
  denied:
    'Let this user run it without a password (calico-ready sudoers prints the rule), or log in as root, then ask again.',
  truncated: 'Run the command on the node by hand, and look at its whole output.',
  garbled: 'Run the command on the node by hand, and look at what it prints.',
  'not-run': 'Ask the node again.',
};

export const nextStepFor = (reason: Reason): string => NEXT_STEP[reasonCode(reason)];
