import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { ConnectError } from '../../../src/domain/errors.js';
import type { HostSettings, SshOptions } from '../../../src/transport/ssh/options.js';
import { describeAsRoot, describeWith } from '../../helpers/require-tool.js';
import { addUser, authorize, makeKey } from '../../helpers/sshd.js';
import { AGENT_CASES } from './auth-agent-cases.js';
import { add, authLab, crowd, relay } from './auth-lab.js';
import { nodeAt, rig, run } from './rig.js';

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

    test.each(AGENT_CASES)('$name', async ({ settings, says, next, needsOpenSsh = [] }) => {
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
