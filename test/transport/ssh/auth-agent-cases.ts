import { execFileSync, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { HostSettings } from '../../../src/transport/ssh/options.js';
import { openSshText } from '../../../src/transport/ssh/openssh-key.js';
import { sshString } from '../../../src/transport/ssh/wire.js';
import { add, certified, crowd, identities, type AuthLab } from './auth-lab.js';

/** Agents and keys that let nobody in, by the numbers of the cases: for the transport alone, and for the command. */
export type AgentCase = {
  readonly name: string;
  readonly settings: (lab: AuthLab) => HostSettings | Promise<HostSettings>;
  readonly says: RegExp;
  readonly next: RegExp;
  readonly needsOpenSsh?: readonly RegExp[];
};

const securityKey = Buffer.concat([
  sshString('sk-ssh-ed25519@openssh.com'),
  sshString(Buffer.alloc(32, 7)),
  sshString('ssh:'),
]);

export const AGENT_CASES: readonly AgentCase[] = [
  {
    name: 'B12/36 no agent at all',
    settings: () => ({ agentSocket: null }),
    says: /no login as \w+ \(tried: nothing could be offered; the server takes: publickey/,
    next: /ssh-add or name it with --identity/,
  },
  {
    name: 'B12/36 an agent that has gone, its socket with it',
    settings: () => ({ agentSocket: '/nonexistent/agent.sock' }),
    says: /The SSH agent cannot be reached \(ENOENT\)/,
    next: /ssh-add/,
  },
  {
    name: 'B12/36 an agent that was killed and left its socket',
    settings: (lab) => {
      const path = join(lab.folder(), 'dead.sock');
      // Bound and never listened on again: the process that made it is gone.
      execFileSync('python3', [
        '-c',
        'import socket,sys; s=socket.socket(socket.AF_UNIX); s.bind(sys.argv[1])',
        path,
      ]);
      return { agentSocket: path };
    },
    says: /The SSH agent cannot be reached \(ECONNREFUSED\)/,
    next: /ssh-add/,
  },
  {
    name: 'B12/37 an agent that is locked',
    settings: (lab) => {
      const agent = lab.agent({}, lab.file('id_ok'));
      const askpass = join(lab.folder(), 'askpass');
      writeFileSync(askpass, '#!/bin/sh\necho locked\n', { mode: 0o755 });
      const { status } = spawnSync('ssh-add', ['-x'], {
        env: { SSH_AUTH_SOCK: agent.socket, SSH_ASKPASS: askpass, SSH_ASKPASS_REQUIRE: 'force' },
      });
      expect(status).toBe(0);
      return { agentSocket: agent.socket };
    },
    says: /the SSH agent holds no keys, or is locked \(ssh-add -X\)/,
    next: /ssh-add/,
  },
  {
    name: 'B12/38 an agent that refuses to sign (ssh-add -c)',
    settings: (lab) => {
      const agent = lab.agent({ SSH_ASKPASS: '/bin/false', DISPLAY: ':0' });
      add(agent, '-c', lab.file('id_ok'));
      return { agentSocket: agent.socket };
    },
    says: /tried: agent key SHA256:\S+; .*The SSH agent refused to sign: it was not confirmed, or it is locked \(SHA256:/,
    next: /ssh-add/,
  },
  {
    name: 'B12/39 an agent that hangs: five seconds, then the login goes on without it',
    settings: async (lab) => ({ agentSocket: await lab.listen(() => null) }),
    says: /The SSH agent does not answer within 5 s/,
    next: /ssh-add/,
  },
  {
    name: 'B12/39 an agent that talks nonsense',
    settings: async (lab) => ({ agentSocket: await lab.listen(() => Buffer.from('hello')) }),
    says: /The SSH agent refuses to list keys/,
    next: /ssh-add/,
  },
  {
    name: 'B12/40 an agent with ten keys, the right one eighth',
    settings: (lab) => ({ agentSocket: crowd(lab).socket }),
    says: /stopped after 5 attempts, before the server locks us out; 5 more were not tried/,
    next: /--identity, so that it is offered first, or with IdentityFile and IdentitiesOnly yes/,
  },
  {
    name: 'B12/41 nothing but a security key in the agent',
    settings: async (lab) => ({ agentSocket: await lab.listen(() => identities(securityKey)) }),
    says: /the agent's sk-ssh-ed25519@openssh\.com key was not offered: only the ssh command can use it/,
    next: /--transport openssh/,
    needsOpenSsh: [/sk-ssh-ed25519@openssh\.com/],
  },
  {
    name: 'B12/41 a security key as a file, without its agent',
    settings: (lab) => {
      const path = join(lab.folder(), 'id_ed25519_sk');
      writeFileSync(path, openSshText(securityKey, Buffer.alloc(64)), { mode: 0o600 });
      return { identityFiles: [path], agentSocket: null };
    },
    says: /the security key \S+id_ed25519_sk was not offered: only the ssh command can use it/,
    next: /--transport openssh/,
    needsOpenSsh: [/the security key \S+id_ed25519_sk/],
  },
  {
    name: 'B12/41 a key whose certificate alone would do, both in the agent',
    settings: (lab) => ({ agentSocket: lab.agent({}, certified(lab)).socket }),
    says: /the agent's ssh-ed25519-cert-v01@openssh\.com key was not offered/,
    next: /--transport openssh/,
    needsOpenSsh: [/ssh-ed25519-cert-v01@openssh\.com/],
  },
  {
    name: 'B12/41 a certificate beside the key file',
    settings: (lab) => ({ identityFiles: [certified(lab)] }),
    says: /the certificate \S+-cert\.pub was not offered: only the ssh command can use it/,
    next: /--transport openssh/,
    needsOpenSsh: [/the certificate \S+-cert\.pub/],
  },
];
