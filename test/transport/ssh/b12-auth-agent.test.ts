import { execFileSync, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { ConnectError } from '../../../src/domain/errors.js';
import type { HostSettings, SshOptions } from '../../../src/transport/ssh/options.js';
import { openSshText } from '../../../src/transport/ssh/openssh-key.js';
import { sshString } from '../../../src/transport/ssh/wire.js';
import { describeAsRoot, describeWith } from '../../helpers/require-tool.js';
import { addUser, authorize, makeKey } from '../../helpers/sshd.js';
import { add, authLab, certified, crowd, identities, relay, type AuthLab } from './auth-lab.js';
import { nodeAt, rig, run } from './rig.js';

type Case = {
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

const CASES: readonly Case[] = [
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

describeAsRoot('agents at a real sshd, as root', () => {
  describeWith(['sshd', 'ssh-agent', 'ssh-add', 'useradd', 'python3'], 'agents', () => {
    const lab = authLab();

    /** `bad` is reached with the settings of the case, `good` with a key file, both by one transport. */
    const twoNodes = (settings: HostSettings, change: Partial<SshOptions> = {}) => {
      const place = { host: '127.0.0.1', port: lab.sshd.port, user: lab.user.name, jump: [] };
      const good: HostSettings = { identityFiles: [lab.file('id_ok')], agentSocket: null };
      return rig(lab.folder(), {
        resolve: ({ name }) =>
          Promise.resolve({ ...place, settings: name === 'good' ? good : settings }),
        ...change,
      });
    };
    const named = (name: string) => ({ ...nodeAt(lab.sshd.port, lab.user.name), name });

    test.each(CASES)('$name', async ({ settings, says, next, needsOpenSsh = [] }) => {
      const mine = twoNodes(await settings(lab));
      const [failure, session] = await Promise.all([
        mine.failure(named('bad')),
        mine.open(named('good')),
      ]);
      expect(failure.reason).toMatch(/^auth-failed: 127\.0\.0\.1:\d+: no login as /);
      expect(failure.reason).toMatch(says);
      expect(failure.nextStep).toMatch(next);
      expectNeeds(failure, needsOpenSsh);
      // eslint-disable-next-line no-control-regex -- that none is there
      expect(failure.message).not.toMatch(/[\u0000-\u001f]/);
      expect((await run(session, 'id -un\n')).stdout.toString()).toBe(`${lab.user.name}\n`);
      await session.close();
      expect(lab.sshd.log()).not.toContain('maximum authentication attempts exceeded');
    });

    test('B12/40 the advice holds: named by its public half, with IdentitiesOnly, the eighth key is the only one tried', async () => {
      const agent = crowd(lab);
      const open = execFileSync('ssh-add', ['-L'], {
        env: { ...process.env, SSH_AUTH_SOCK: agent.socket },
        encoding: 'utf8',
      }).split('\n')[7];
      const name = join(lab.folder(), 'eighth');
      writeFileSync(`${name}.pub`, `${open ?? ''}\n`);
      const ways: readonly HostSettings[] = [
        { identityFiles: [name], identitiesOnly: true },
        { identityFiles: [`${name}.pub`] },
        { identityFiles: [lab.file('id_ok')] },
      ];
      for (const way of ways) {
        const mine = twoNodes({ ...way, agentSocket: agent.socket });
        const session = await mine.open(named('bad'));
        expect(session.peer).toMatchObject({ authMethod: 'publickey' });
        await session.close();
      }
      const strangers = twoNodes({ agentSocket: agent.socket, identitiesOnly: true });
      const failure = await strangers.failure(named('bad'));
      expect(failure.reason).toContain('tried: nothing could be offered');
    });

    test('B12/38 what the agent would not sign, the key file signs', async () => {
      const agent = lab.agent({ SSH_ASKPASS: '/bin/false', DISPLAY: ':0' });
      add(agent, '-c', lab.file('id_ok'));
      const mine = twoNodes({ agentSocket: agent.socket, identityFiles: [lab.file('id_ok')] });
      const session = await mine.open(named('bad'));
      expect(session.peer.authKey).toMatch(/^SHA256:/);
      await session.close();
    });

    test('B12/39 a human who takes longer to touch a key than the server may take to answer', async () => {
      const agent = lab.agent({}, lab.file('id_ok'));
      const slow = await lab.listen(async (request) => {
        if (request[4] === 13) await new Promise((resolve) => setTimeout(resolve, 2500));
        return relay(agent.socket, request);
      });
      const mine = twoNodes({ agentSocket: slow }, { loginTimeoutMs: 2000 });
      const session = await mine.open(named('bad'));
      expect(session.peer.authMethod).toBe('publickey');
      await session.close();
    });

    test('settings hold for one host and one hop: each its own key and agent', async () => {
      const second = addUser();
      try {
        authorize(lab.sshd, second.name, makeKey(lab.file('id_hop'), 'ed25519'));
        const agent = lab.agent({}, lab.file('id_hop'));
        const at = { port: lab.sshd.port };
        const hop = { ...at, host: '127.0.0.1', user: second.name };
        const node = { ...at, host: 'localhost', user: lab.user.name };
        const only = { identitiesOnly: true };
        const hopSettings = {
          ...only,
          agentSocket: agent.socket,
          identityFiles: [lab.file('id_hop')],
        };
        const nodeSettings = { ...only, agentSocket: null, identityFiles: [lab.file('id_ok')] };
        const through = (a: HostSettings, b: HostSettings) =>
          rig(lab.folder(), {
            resolve: () =>
              Promise.resolve({ ...node, settings: b, jump: [{ ...hop, settings: a }] }),
          });
        const session = await through(hopSettings, nodeSettings).open(named('n1'));
        expect((await run(session, 'id -un\n')).stdout.toString()).toBe(`${lab.user.name}\n`);
        await session.close();
        const swapped = await through(nodeSettings, hopSettings).failure(named('n1'));
        expect(swapped.reason).toMatch(/^auth-failed: jump host 127\.0\.0\.1:\d+: no login as /);
        const inner = await through(hopSettings, hopSettings).failure(named('n1'));
        expect(inner.reason).toMatch(/^auth-failed: localhost:\d+: no login as /);
      } finally {
        second.remove();
      }
    });
  });
});

function expectNeeds(failure: ConnectError, expected: readonly RegExp[]): void {
  const needs = failure.needsOpenSsh ?? [];
  expect(needs).toHaveLength(expected.length);
  expected.forEach((pattern, index) => {
    expect(needs[index]).toMatch(pattern);
  });
}
