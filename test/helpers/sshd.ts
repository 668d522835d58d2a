import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Why tests against real processes cannot run here, or null. Under CALICO_READY_LAB=1 that is a failure. */
export function missingForSshd(...tools: readonly string[]): string | null {
  const absent = ['/usr/sbin/sshd', '/usr/bin/ssh', '/usr/bin/ssh-keygen', ...tools].filter(
    (tool) => !existsSync(tool),
  );
  const missing = [...(process.getuid?.() === 0 ? [] : ['root']), ...absent];
  if (missing.length === 0) return null;
  const text = `needs ${missing.join(', ')}`;
  if (process.env['CALICO_READY_LAB'] === '1') throw new Error(text);
  return text;
}

export type Sshd = {
  readonly port: number;
  /** Everything of this server, and room for keys of the test. */
  readonly folder: string;
  /** Public host keys as `type base64`, by type. */
  readonly hostKeys: Readonly<Record<'ed25519' | 'rsa' | 'ecdsa', string>>;
  /** What sshd logged so far. */
  readonly log: () => string;
  readonly stop: () => Promise<void>;
};

const HOST_KEY_TYPES = ['ed25519', 'rsa', 'ecdsa'] as const;
// The default of 3072 costs a second of processor time a server.
const RSA_BITS = ['-b', '2048'];

/**
 * A real sshd of our own on a loopback port, with host keys and configuration in a temporary folder. Needs root.
 * `setup` is sh text that runs first, as root, in a mount namespace that only this server sees.
 */
export async function startSshd(extra: readonly string[] = [], setup = ''): Promise<Sshd> {
  const folder = mkdtempSync(join(tmpdir(), 'sshd-'));
  // sshd reads authorized keys as the user who logs in.
  chmodSync(folder, 0o755);
  mkdirSync('/run/sshd', { recursive: true });
  const hostKeys = Object.fromEntries(
    HOST_KEY_TYPES.map((type) => {
      const bits = type === 'rsa' ? RSA_BITS : [];
      return [type, makeKey(join(folder, `host_${type}`), type, '', ...bits)];
    }),
  ) as Sshd['hostKeys'];
  const config = [
    'ListenAddress 127.0.0.1',
    ...HOST_KEY_TYPES.map((type) => `HostKey ${folder}/host_${type}`),
    `PidFile ${folder}/pid`,
    `AuthorizedKeysFile ${folder}/authorized_%u`,
    'StrictModes no',
    'UsePAM yes',
    'PermitRootLogin yes',
    'UseDNS no',
    // The first value counts (sshd_config(5)).
    ...(extra.some((line) => line.startsWith('LogLevel ')) ? [] : ['LogLevel VERBOSE']),
    ...extra,
  ];
  writeFileSync(join(folder, 'sshd_config'), `${config.join('\n')}\n`);
  const start = (): Promise<Serving> => serve(folder, setup);
  // Once more where another process has taken the port meanwhile.
  const { port, server } = await start().catch(start);
  return {
    port,
    folder,
    hostKeys,
    log: () => readFileSync(join(folder, 'log'), 'utf8'),
    stop: async () => {
      await stopped(server);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

type Serving = { readonly port: number; readonly server: ChildProcess };

/** Starts the sshd of a folder on a port of its own, and waits until it listens. */
async function serve(folder: string, setup: string): Promise<Serving> {
  const port = await freePort();
  const logFile = join(folder, 'log');
  const config = join(folder, 'sshd_config');
  const argv = ['/usr/sbin/sshd', '-D', '-f', config, '-E', logFile, '-p', String(port)];
  const own = [
    'unshare',
    '-m',
    '--propagation',
    'private',
    'sh',
    '-ec',
    `${setup}\nexec "$@"`,
    'sh',
  ];
  const [program = '', ...args] = setup === '' ? argv : [...own, ...argv];
  const server = spawn(program, args, { stdio: 'ignore' });
  await listening(join(folder, 'pid'), server);
  return { port, server };
}

/** Makes a key pair; returns the public half as `type base64`. */
export function makeKey(path: string, type: string, passphrase = '', ...args: string[]): string {
  execFileSync('ssh-keygen', [
    '-q',
    '-t',
    type,
    '-N',
    passphrase,
    '-C',
    'test',
    '-f',
    path,
    ...args,
  ]);
  return readFileSync(`${path}.pub`, 'utf8').split(' ').slice(0, 2).join(' ');
}

/** Lets a user in with these public keys. */
export function authorize(sshd: Sshd, user: string, ...lines: readonly string[]): void {
  const path = join(sshd.folder, `authorized_${user}`);
  writeFileSync(path, `${lines.join('\n')}\n`);
  chmodSync(path, 0o644);
}

/**
 * Resolves when the server has written its pid file, which it does once it listens (sshd(8)); rejects when it ended
 * before. Nobody knocks: a knock stands in the log, and takes a place of MaxStartups for a while.
 */
function listening(pidFile: string, server: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    const look = setInterval(() => {
      if (!existsSync(pidFile)) return;
      clearInterval(look);
      resolve();
    }, 20);
    server.once('exit', (code) => {
      clearInterval(look);
      reject(new Error(`sshd ended with ${String(code)}`));
    });
  });
}

function stopped(server: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (server.exitCode !== null) {
      resolve();
      return;
    }
    server.once('exit', () => {
      resolve();
    });
    server.kill('SIGTERM');
  });
}

/** A loopback port at which nothing listens. The kernel gives a free one to the next who asks, and this one to nobody. */
export const CLOSED_PORT = 1;

/** A loopback port that nobody listens on right now. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      probe.close(() => {
        resolve(port);
      });
    });
  });
}

export type Agent = {
  readonly socket: string;
  readonly add: (key: string) => void;
  readonly stop: () => void;
};

/** A real ssh-agent of our own; `env` is for what it starts, such as SSH_ASKPASS. */
export function startAgent(folder: string, env: Readonly<Record<string, string>> = {}): Agent {
  const socket = join(folder, 'agent.sock');
  const text = execFileSync('ssh-agent', ['-s', '-a', socket], {
    encoding: 'utf8',
    env: { ...process.env, ...env },
  });
  const pid = Number(/SSH_AGENT_PID=(\d+)/.exec(text)?.[1]);
  return {
    socket,
    add: (key) => {
      execFileSync('ssh-add', ['-q', key], {
        env: { ...process.env, SSH_AUTH_SOCK: socket },
        stdio: 'ignore',
      });
    },
    stop: () => {
      process.kill(pid);
    },
  };
}

export type TestUser = {
  readonly name: string;
  readonly password: string;
  readonly remove: () => void;
};

let users = 0;

/** A user of this machine for the time of a test, with a password, a shell and sudoers lines (`%u` is its name). */
export function addUser(options: { shell?: string; sudoers?: readonly string[] } = {}): TestUser {
  users += 1;
  const name = `crt${String(process.pid)}x${String(users)}`;
  const password = `pw-${name}-S3cret`;
  const { shell = '/bin/sh', sudoers = [] } = options;
  execFileSync('useradd', ['-m', '-s', shell, name], { stdio: 'ignore' });
  execFileSync('chpasswd', { input: `${name}:${password}\n` });
  const rules = `/etc/sudoers.d/${name}`;
  if (sudoers.length > 0) {
    writeFileSync(rules, `${sudoers.join('\n').replaceAll('%u', name)}\n`, { mode: 0o440 });
  }
  return {
    name,
    password,
    remove: () => {
      rmSync(rules, { force: true });
      execFileSync('userdel', ['-rf', name], { stdio: 'ignore' });
    },
  };
}
