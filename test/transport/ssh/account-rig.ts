import { execFileSync, spawn } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Report } from '../../../src/domain/report.js';
import { runCli, type CliOptions, type CliRun } from '../../helpers/built.js';
import { findTool } from '../../helpers/require-tool.js';
import {
  addUser,
  freePort,
  makeKey,
  startSshd,
  type Sshd,
  type TestUser,
} from '../../helpers/sshd.js';

export type Account = {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly user: string;
};

export type AccountOptions = {
  readonly shell?: string;
  readonly sudoers?: readonly string[];
  /** Text of ~/.bashrc, which bash reads under sshd even for a command. */
  readonly bashrc?: string;
  /** Made before, by `person`. */
  readonly user?: TestUser;
  /** Options in front of the key in authorized_keys. */
  readonly keyOptions?: string;
};

/** Accounts and servers of one test file, their inventory, and the command as it ships run against them. */
export type AccountRig = {
  readonly folder: string;
  readonly identity: string;
  readonly sshd: (extra?: readonly string[], setup?: string) => Promise<Sshd>;
  /** A throw-away user alone, for a server whose /etc is a copy of that moment. */
  readonly person: (options?: Pick<AccountOptions, 'shell' | 'sudoers'>) => TestUser;
  /** A throw-away user behind an address of its own, so that one inventory can hold them all. */
  readonly account: (
    name: string,
    sshd: Sshd,
    options?: AccountOptions,
  ) => Account & { readonly home: string };
  /** root at a dropbear with nothing but these applets of BusyBox. */
  readonly busyboxHost: (name: string, without: readonly string[]) => Promise<Account>;
  readonly audit: (
    accounts: readonly Account[],
    args?: readonly string[],
    options?: CliOptions,
  ) => Promise<Audited>;
  readonly stop: () => Promise<void>;
};

export type Audited = CliRun & { readonly report: () => Report };

// sshd listens on 16 addresses at most, and the helper has named the first.
const ADDRESSES = 15;
const LISTEN = Array.from(
  { length: ADDRESSES },
  (_, index) => `ListenAddress 127.0.0.${String(index + 2)}`,
);

export function accountRig(): AccountRig {
  const folder = mkdtempSync(join(tmpdir(), 'accounts-'));
  chmodSync(folder, 0o755);
  const identity = join(folder, 'id');
  const key = makeKey(identity, 'ed25519');
  const users: TestUser[] = [];
  const ends: (() => Promise<void> | void)[] = [];
  const used = new Map<number, number>();
  const address = (port: number): string => {
    const next = (used.get(port) ?? 1) + 1;
    used.set(port, next);
    return `127.0.0.${String(next)}`;
  };
  const person: AccountRig['person'] = ({ shell = '/bin/sh', sudoers = [] } = {}) => {
    const user = addUser({ shell, sudoers });
    users.push(user);
    return user;
  };
  return {
    folder,
    identity,
    sshd: async (extra = [], setup = '') => {
      const server = await startSshd([...LISTEN, 'MaxStartups 100', ...extra], setup);
      ends.push(server.stop);
      return server;
    },
    person,
    account: (name, sshd, options = {}) => {
      const {
        bashrc,
        keyOptions = '',
        shell = bashrc === undefined ? '/bin/sh' : '/bin/bash',
      } = options;
      const user = options.user ?? person({ ...options, shell });
      const home = `/home/${user.name}`;
      if (bashrc !== undefined) writeFileSync(join(home, '.bashrc'), `${bashrc}\n`);
      const keys = join(sshd.folder, `authorized_${user.name}`);
      writeFileSync(keys, `${keyOptions} ${key}\n`.trimStart(), { mode: 0o644 });
      return { name, host: address(sshd.port), port: sshd.port, user: user.name, home };
    },
    busyboxHost: async (name, without) => {
      const { port, stop } = await startDropbear(key, without);
      ends.push(stop);
      return { name, host: '127.0.0.1', port, user: 'root' };
    },
    audit: async (accounts, args = [], options = {}) => {
      const list = mkdtempSync(join(folder, 'run-'));
      writeFileSync(
        join(list, 'nodes.yaml'),
        JSON.stringify({
          nodes: accounts.map(({ name, host, port, user }) => ({ name, host, port, user })),
        }),
      );
      const ran = await runCli(
        [
          'audit',
          '--inventory',
          join(list, 'nodes.yaml'),
          '--identity',
          identity,
          '--known-hosts',
          join(list, 'known'),
          '--host-key',
          'accept-new',
          '--format',
          'json',
          ...args,
        ],
        options,
      );
      return { ...ran, report: () => JSON.parse(ran.stdout) as Report };
    },
    stop: async () => {
      for (const end of ends) await end();
      for (const user of users) user.remove();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A program and its shared libraries, below another root. */
function copyProgram(root: string, path: string, to: string): void {
  cpSync(path, join(root, to), { dereference: true });
  const libraries = execFileSync('ldd', [path], { encoding: 'utf8' }).match(/\/\S+/g) ?? [];
  for (const library of libraries) {
    mkdirSync(join(root, dirname(library)), { recursive: true });
    cpSync(library, join(root, library), { dereference: true });
  }
}

async function startDropbear(
  key: string,
  without: readonly string[],
): Promise<{ readonly port: number; readonly stop: () => Promise<void> }> {
  const root = mkdtempSync(join(tmpdir(), 'busybox-'));
  chmodSync(root, 0o755);
  for (const name of ['bin', 'etc', 'proc', 'sys', 'dev', 'tmp', 'root/.ssh'])
    mkdirSync(join(root, name), { recursive: true });
  copyProgram(root, findTool('busybox') ?? '', 'bin/busybox');
  copyProgram(root, findTool('dropbear') ?? '', 'bin/dropbear');
  const applets = execFileSync('busybox', ['--list'], { encoding: 'utf8' }).trim().split('\n');
  for (const applet of applets.filter((one) => one !== 'busybox' && !without.includes(one)))
    symlinkSync('busybox', join(root, 'bin', applet));
  writeFileSync(join(root, 'etc/passwd'), 'root:x:0:0:root:/root:/bin/sh\n');
  writeFileSync(join(root, 'etc/group'), 'root:x:0:\n');
  writeFileSync(join(root, 'root/.ssh/authorized_keys'), `${key}\n`, { mode: 0o600 });
  chmodSync(join(root, 'root'), 0o700);
  chmodSync(join(root, 'root/.ssh'), 0o700);
  execFileSync('dropbearkey', ['-t', 'ed25519', '-f', join(root, 'etc/host')], { stdio: 'ignore' });
  const port = await freePort();
  const mounts = ['proc', 'sys', 'dev']
    .map((name) => `mount --rbind /${name} ${root}/${name}`)
    .join('\n');
  const server = spawn(
    'unshare',
    [
      '-m',
      '--propagation',
      'private',
      'sh',
      '-ec',
      `${mounts}\nexec chroot ${root} /bin/dropbear -F -E -s -r /etc/host -p 127.0.0.1:${String(port)}`,
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  const ended = new Promise<void>((resolve) =>
    server.once('exit', () => {
      resolve();
    }),
  );
  await new Promise<void>((resolve, reject) => {
    server.stderr.on('data', (chunk: Buffer) => {
      if (chunk.toString().includes('Not backgrounding')) resolve();
    });
    server.once('exit', (code) => {
      reject(new Error(`dropbear ended with ${String(code)}`));
    });
  });
  return {
    port,
    stop: async () => {
      server.kill('SIGTERM');
      await ended;
      rmSync(root, { recursive: true, force: true });
    },
  };
}

/** What the report says of one node. */
export const nodeOf = (report: Report, name: string): Report['nodes'][number] => {
  const found = report.nodes.find((node) => node.name === name);
  if (found === undefined) throw new Error(`no node ${name}`);
  return found;
};

// Containers of the lab come and go on this machine while other tests run: their interfaces, firewalls and programs are
// seen here, and the kernel counts their connections.
const UNSTEADY = /^(interfaces|firewall|addresses|time|kube-proxy)\/|^kernel\/conntrack-table$/;

/** What is said of a node as far as nothing else that runs on this machine can sway it. */
export const steadyVerdicts = (report: Report, name: string): readonly unknown[] =>
  nodeOf(report, name)
    .findings.filter(({ check }) => !UNSTEADY.test(check))
    .map(({ check, status, found }) => [check, status, found]);

/** The processes of a user, as `pid command`. */
export const processesOf = (user: string): string => {
  try {
    return execFileSync('pgrep', ['-u', user, '-a'], { encoding: 'utf8' });
  } catch {
    return '';
  }
};

/** Polls until `look` is content. Rejects after the deadline (ms). */
export async function until(look: () => boolean, deadlineMs: number, what: string): Promise<void> {
  const end = performance.now() + deadlineMs;
  while (!look()) {
    if (performance.now() > end) throw new Error(`not within ${String(deadlineMs)} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

export const fileText = (path: string): string => readFileSync(path, 'utf8');
