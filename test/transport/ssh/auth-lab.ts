import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { sshString } from '../../../src/transport/ssh/wire.js';
import {
  addUser,
  authorize,
  makeKey,
  startAgent,
  startSshd,
  type Agent,
  type Sshd,
  type TestUser,
} from '../../helpers/sshd.js';

/** A real sshd that takes keys alone, a user whom `id_ok` lets in, and agents. */
export type AuthLab = {
  readonly sshd: Sshd;
  readonly user: TestUser;
  readonly file: (name: string) => string;
  readonly folder: () => string;
  /** A real agent that ends with the lab. */
  readonly agent: (env?: Readonly<Record<string, string>>, ...keys: readonly string[]) => Agent;
  /** An agent of our own that ends with the lab. */
  readonly listen: (
    answer: (request: Buffer) => Buffer | Promise<Buffer> | null,
  ) => Promise<string>;
};

/** For a group of tests: made before the first, ended after the last. */
export function authLab(): AuthLab {
  let sshd: Sshd;
  let user: TestUser;
  const agents: Agent[] = [];
  const servers: Server[] = [];
  const file = (name: string): string => join(sshd.folder, name);
  const folder = (): string => mkdtempSync(join(sshd.folder, 'case-'));
  beforeAll(async () => {
    sshd = await startSshd(['PasswordAuthentication no', 'KbdInteractiveAuthentication no']);
    user = addUser();
    authorize(sshd, user.name, makeKey(file('id_ok'), 'ed25519'));
    // The agent's key has nothing beside it that names it.
    rmSync(file('id_ok.pub'));
  });
  afterAll(async () => {
    for (const agent of agents) agent.stop();
    for (const server of servers) server.close();
    await sshd.stop();
    user.remove();
  });
  return {
    get sshd() {
      return sshd;
    },
    get user() {
      return user;
    },
    file,
    folder,
    agent: (env = {}, ...keys) => {
      const agent = startAgent(folder(), env);
      agents.push(agent);
      for (const key of keys) agent.add(key);
      return agent;
    },
    listen: async (answer) => {
      const path = join(folder(), 'own.sock');
      const server = createServer((socket) => {
        socket.on('error', () => undefined);
        socket.on('data', (request) => {
          void Promise.resolve(answer(request)).then((reply) => {
            if (reply !== null) socket.write(sshString(reply));
          });
        });
      }).listen(path);
      servers.push(server);
      await new Promise((resolve) => server.once('listening', resolve));
      return path;
    },
  };
}

/** `ssh-add` with arguments. */
export const add = (agent: Agent, ...args: readonly string[]): void => {
  execFileSync('ssh-add', ['-q', ...args], {
    env: { ...process.env, SSH_AUTH_SOCK: agent.socket },
    stdio: 'ignore',
  });
};

/** SSH_AGENT_IDENTITIES_ANSWER with these key blobs. */
export const identities = (...blobs: readonly Buffer[]): Buffer => {
  const count = Buffer.alloc(4);
  count.writeUInt32BE(blobs.length);
  return Buffer.concat([
    Buffer.from([12]),
    count,
    ...blobs.flatMap((blob) => [sshString(blob), sshString('comment \u001b]0;x\u0007')]),
  ]);
};

/** Ten keys in an agent, the eighth of them let in. */
export function crowd(lab: AuthLab): Agent {
  const folder = lab.folder();
  const names = Array.from({ length: 10 }, (_, index) => {
    if (index === 7) return lab.file('id_ok');
    makeKey(join(folder, `k${String(index)}`), 'ed25519');
    return join(folder, `k${String(index)}`);
  });
  return lab.agent({}, ...names);
}

/** A key that the node does not know, with a certificate beside it. */
export function certified(lab: AuthLab): string {
  const folder = lab.folder();
  makeKey(join(folder, 'ca'), 'ed25519');
  makeKey(join(folder, 'id'), 'ed25519');
  const args = ['-q', '-s', join(folder, 'ca'), '-I', 'x', '-n', lab.user.name];
  execFileSync('ssh-keygen', [...args, join(folder, 'id.pub')]);
  return join(folder, 'id');
}

/** One question and its answer, without the length in front. */
export function relay(socket: string, request: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const peer = connect(socket, () => peer.write(request));
    const chunks: Buffer[] = [];
    peer.on('error', reject);
    peer.on('data', (chunk) => {
      chunks.push(chunk);
      const all = Buffer.concat(chunks);
      if (all.length < 4 || all.length < 4 + all.readUInt32BE(0)) return;
      peer.destroy();
      resolve(all.subarray(4));
    });
  });
}
