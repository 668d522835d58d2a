import { connect, createServer } from 'node:net';
import { chmodSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { agentSigners } from '../../../src/transport/ssh/agent.js';
import {
  addUser,
  authorize,
  makeKey,
  missingForSshd,
  startAgent,
  startSshd,
} from '../../helpers/sshd.js';
import type { Agent, Sshd, TestUser } from '../../helpers/sshd.js';
import { nodeAt, rig, run } from './rig.js';

const missing = missingForSshd('/usr/sbin/useradd', '/usr/bin/ssh-agent');

describe.skipIf(missing !== null)(`logins at a real sshd ${missing ?? ''}`, () => {
  let sshd: Sshd;
  let user: TestUser;
  let agent: Agent;
  const key = (name: string): string => join(sshd.folder, name);
  const folder = (): string => mkdtempSync(join(sshd.folder, 'case-'));

  beforeAll(async () => {
    sshd = await startSshd();
    user = addUser();
    const lines = ['ed25519', 'rsa', 'ecdsa'].map((type) => makeKey(key(`id_${type}`), type));
    const locked = makeKey(key('id_locked'), 'ed25519', 'open sesame');
    authorize(sshd, user.name, ...lines, locked);
    makeKey(key('stranger'), 'ed25519');
    agent = startAgent(sshd.folder);
    for (const name of ['stranger', 'id_rsa', 'id_ecdsa']) agent.add(key(name));
  });
  afterAll(async () => {
    agent.stop();
    await sshd.stop();
    user.remove();
  });

  test.each(['ed25519', 'rsa', 'ecdsa'])('a key file: %s', async (type) => {
    const session = await rig(folder(), { identityFiles: [key(`id_${type}`)] }).open(
      nodeAt(sshd.port, user.name),
    );
    expect(session.peer.authMethod).toBe('publickey');
    expect((await run(session, 'id -un\n')).stdout.toString()).toBe(`${user.name}\n`);
    await session.close();
  });

  test.each(['id_rsa', 'id_ecdsa'])(
    'the agent: %s, named alone with identitiesOnly',
    async (name) => {
      const mine = rig(folder(), {
        agentSocket: agent.socket,
        identityFiles: [key(`${name}.pub`)],
        identitiesOnly: true,
      });
      const session = await mine.open(nodeAt(sshd.port, user.name));
      const [signer] = (await agentSigners(agent.socket)).filter(
        ({ comment }) => comment === 'test',
      );
      expect(signer).toBeDefined();
      expect(session.peer.authKey).toMatch(/^SHA256:/);
      await session.close();
    },
  );

  test('the agent: all keys in turn, a stranger first', async () => {
    const session = await rig(folder(), { agentSocket: agent.socket }).open(
      nodeAt(sshd.port, user.name),
    );
    expect(session.peer.authMethod).toBe('publickey');
    await session.close();
  });

  test('an encrypted key asks for its passphrase once for all nodes, and again when it was wrong', async () => {
    const mine = rig(folder(), { identityFiles: [key('id_locked')] }, ['wrong', 'open sesame']);
    const sessions = await Promise.all(
      [1, 2, 3].map(() => mine.open(nodeAt(sshd.port, user.name))),
    );
    expect(mine.asked.map(({ kind, echo }) => [kind, echo])).toEqual([
      ['passphrase', false],
      ['passphrase', false],
    ]);
    await Promise.all(sessions.map((session) => session.close()));
    const declined = rig(folder(), { identityFiles: [key('id_locked')] }, [null, null]);
    expect((await declined.failure(nodeAt(sshd.port, user.name))).reason).toMatch(
      /^auth-failed: .*was declined/,
    );
  });

  test('a password, by keyboard-interactive where the server has it; never in an argument, log or error', async () => {
    const mine = rig(folder(), {}, [user.password]);
    const session = await mine.open(nodeAt(sshd.port, user.name));
    expect(session.peer.authMethod).toBe('keyboard-interactive');
    expect(mine.asked.map(({ kind }) => kind)).toEqual(['password']);
    expect(commandLines()).not.toContain(user.password);
    expect(sshd.log()).not.toContain(user.password);
    expect(JSON.stringify(session.peer)).not.toContain(user.password);
    await session.close();
    const wrong = rig(folder(), {}, ['wrong-S3cret', null, null]);
    const failure = await wrong.failure(nodeAt(sshd.port, user.name));
    expect(failure.reason).toMatch(/^auth-failed: /);
    expect(`${failure.message}${failure.nextStep}${failure.stack ?? ''}`).not.toContain(
      'wrong-S3cret',
    );
  });

  test.each(['agent', 'file'])('two factors: a key (%s) and then a password', async (how) => {
    const both = addUser();
    const server = await startSshd(['AuthenticationMethods publickey,password']);
    try {
      const line = makeKey(join(server.folder, 'id'), 'ed25519');
      authorize(server, both.name, line);
      const own = startAgent(server.folder);
      own.add(join(server.folder, 'id'));
      const means =
        how === 'agent'
          ? { agentSocket: own.socket }
          : { identityFiles: [join(server.folder, 'id')] };
      const mine = rig(server.folder, means, [both.password]);
      const session = await mine.open(nodeAt(server.port, both.name)).finally(() => {
        own.stop();
      });
      expect(session.peer.authMethod).toBe('publickey,password');
      await session.close();
    } finally {
      await server.stop();
      both.remove();
    }
  });

  test('stops at five attempts and says what was tried', async () => {
    const crowd = startAgent(mkdtempSync(join(sshd.folder, 'crowd-')));
    for (let index = 0; index < 8; index += 1) {
      makeKey(key(`crowd${String(index)}`), 'ed25519');
      crowd.add(key(`crowd${String(index)}`));
    }
    const failure = await rig(folder(), { agentSocket: crowd.socket }).failure(
      nodeAt(sshd.port, user.name),
    );
    crowd.stop();
    expect(failure.reason).toMatch(/^auth-failed: .*stopped after 5 attempts/);
    expect(failure.nextStep).toContain('--identity');
    expect(sshd.log()).not.toContain('maximum authentication attempts exceeded');
  });

  test('names what kept a key from being used', async () => {
    chmodSync(key('stranger'), 0o644);
    const open = await rig(folder(), { identityFiles: [key('stranger')] }).failure(
      nodeAt(sshd.port, user.name),
    );
    chmodSync(key('stranger'), 0o600);
    expect(open.reason).toContain('can be read by others (mode 0644)');
    const gone = await rig(folder(), { agentSocket: '/nonexistent/agent' }).failure(
      nodeAt(sshd.port, user.name),
    );
    expect(gone.reason).toContain('The SSH agent cannot be reached');
  });

  test('an agent that hangs holds a login up for five seconds and no longer', async () => {
    const path = join(folder(), 'hang.sock');
    const server = createServer().listen(path);
    await new Promise((resolve) => server.once('listening', resolve));
    const started = performance.now();
    const mine = rig(folder(), { agentSocket: path, identityFiles: [key('id_ed25519')] });
    await (await mine.open(nodeAt(sshd.port, user.name))).close();
    // Asked twice it would be ten.
    expect(performance.now() - started).toBeLessThan(10_000);
    server.close();
  });

  test('reaches a node through a jump host, each host key on its own name', async () => {
    const node = {
      ...nodeAt(sshd.port, user.name),
      jump: [`${user.name}@127.0.0.1:${String(sshd.port)}`],
      host: 'localhost',
    };
    const path = folder();
    const session = await rig(path, { identityFiles: [key('id_ed25519')] }).open(node);
    expect((await run(session, 'echo through\n')).stdout.toString()).toBe('through\n');
    await session.close();
    const known = readFileSync(join(path, 'known_hosts'), 'utf8');
    expect(known).toMatch(/^\[127\.0\.0\.1\]:\d+ .*\n\[localhost\]:\d+ .*\n$/);
    const dead = { ...node, port: 1 };
    const failure = await rig(path, { identityFiles: [key('id_ed25519')] }).failure(dead);
    expect(failure.reason).toMatch(/^no-route: localhost:1: the jump host \S+ did not connect/);
    const bad = await rig(path).failure({ ...node, jump: ['127.0.0.1:1'] });
    expect(bad.reason).toMatch(/^refused: jump host 127\.0\.0\.1:1/);
  });

  test('a server that sheds connections is refused, with the likely cause', async () => {
    const busy = await startSshd(['MaxStartups 1', 'LoginGraceTime 20']);
    const idle = connect(busy.port, '127.0.0.1');
    await new Promise((resolve) => idle.once('data', resolve));
    const failure = await rig(folder()).failure(nodeAt(busy.port, user.name));
    idle.destroy();
    await busy.stop();
    expect(failure.reason).toMatch(/^refused: .*before any greeting/);
    expect(failure.nextStep).toContain('MaxStartups');
  });

  test('a script larger than the channel window arrives whole', async () => {
    const session = await rig(folder(), { identityFiles: [key('id_ed25519')] }).open(
      nodeAt(sshd.port, user.name),
    );
    const filler = '# '.padEnd(1000, 'x').concat('\n').repeat(4000);
    const { end, stdout } = await run(session, `${filler}echo the end\n`);
    expect([end, stdout.toString()]).toEqual([{ kind: 'exited', code: 0 }, 'the end\n']);
    await session.close();
  });

  test.each(['-oProxyCommand=x', 'a;b', '$(x)', 'a b', 'x'.repeat(300), ''])(
    'refuses the host %j',
    async (host) => {
      expect((await rig(folder()).failure(nodeAt(22, 'root', host))).reason).toMatch(/^no-route: /);
    },
  );
});

/** The command lines of every process of this machine. */
function commandLines(): string {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => {
      try {
        return readFileSync(`/proc/${name}/cmdline`, 'utf8');
      } catch {
        return '';
      }
    })
    .join('\n');
}
