import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import {
  authorize,
  makeKey,
  missingForSshd,
  startSshd,
  type Sshd,
} from '../../test/helpers/sshd.js';
import { run } from '../lab/run.js';
import { cpuTime } from './command.js';
import { fight, type Figure } from './figure.js';

const NODES = 50;
const SERVERS = 5;
const CONCURRENCY = 8;
const NAME = 'client cpu';
// Fifty logins from one address in a second are what sshd guards against.
const GENEROUS = ['MaxStartups 200:30:400'];

/** The peer as one file, as the product is one. ssh2's optional native parts are absent in both. */
async function buildLoop(folder: string): Promise<string> {
  const outfile = join(folder, 'ssh2-loop.mjs');
  const entry = new URL('ssh2-loop.ts', import.meta.url).pathname;
  await build({
    stdin: {
      contents: `import(${JSON.stringify(entry)})`,
      resolveDir: new URL('../..', import.meta.url).pathname,
    },
    outfile: outfile,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    external: ['*.node', 'cpu-features'],
    banner: {
      js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);const __filename=import.meta.filename,__dirname=import.meta.dirname;",
    },
  });
  return outfile;
}

type Ground = {
  readonly sshds: readonly Sshd[];
  /** `host port` of fifty listening addresses; one sshd takes at most sixteen. */
  readonly targets: readonly (readonly [host: string, port: string])[];
  readonly file: (name: string) => string;
};

async function startGround(): Promise<Ground> {
  const hosts = Array.from(
    { length: NODES / SERVERS },
    (_, index) => `127.0.0.${String(index + 1)}`,
  );
  const extra = hosts.slice(1).map((host) => `ListenAddress ${host}`);
  const sshds: Sshd[] = [];
  for (let server = 0; server < SERVERS; server++)
    sshds.push(await startSshd([...GENEROUS, ...extra]));
  const targets = sshds.flatMap((sshd) => hosts.map((host) => [host, String(sshd.port)] as const));
  const folder = sshds[0]?.folder ?? '';
  return { sshds, targets, file: (name) => join(folder, name) };
}

/** Key, known hosts, inventory and collector, as an operator has them. */
async function writeInputs({ sshds, targets, file }: Ground, cli: string): Promise<void> {
  const key = makeKey(file('key'), 'ed25519');
  for (const sshd of sshds) authorize(sshd, 'root', key);
  const keyOf = new Map(sshds.map((sshd) => [String(sshd.port), sshd.hostKeys.ed25519]));
  const known = targets.map(([host, port]) => `[${host}]:${port} ${keyOf.get(port) ?? ''}\n`);
  const nodes = targets.map(
    ([host, port], index) =>
      `  - {name: node-${String(index + 1)}, host: ${host}, port: ${port}, user: root}\n`,
  );
  writeFileSync(file('known_hosts'), known.join(''));
  writeFileSync(file('inventory.yaml'), `nodes:\n${nodes.join('')}`);
  writeFileSync(file('targets'), targets.map((target) => `${target.join(' ')}\n`).join(''));
  writeFileSync(file('collector'), await run(process.execPath, [cli, 'collector']));
}

/** Processor time of 50 whole audits against a bare ssh2 loop that asks the same sshd the same. */
export async function clientCpu(cli: string): Promise<Figure> {
  const missing = missingForSshd('/usr/bin/bash');
  if (missing !== null) return { name: NAME, skipped: missing };
  const ground = await startGround();
  try {
    const { file } = ground;
    await writeInputs(ground, cli);
    const loop = await buildLoop(file('.'));
    const audit = [
      ...[process.execPath, cli, 'audit', '--inventory', file('inventory.yaml')],
      ...['--identity', file('key'), '--known-hosts', file('known_hosts'), '--format', 'json'],
      ...['--concurrency', String(CONCURRENCY)],
    ];
    const bare = [
      ...[process.execPath, loop, file('targets'), file('key'), file('collector')],
      String(CONCURRENCY),
    ];
    return await fight({
      name: NAME,
      unit: 's',
      limit: 1.5,
      runs: 5,
      what: `user + system, audit of ${String(NODES)} nodes`,
      measure: async () => {
        const { cpuSeconds, stdout } = await cpuTime(audit, [0, 1, 2]);
        requireReached(stdout);
        return cpuSeconds;
      },
      peerWhat: 'bare ssh2 loop',
      measurePeer: async () => (await cpuTime(bare, [0])).cpuSeconds,
    });
  } finally {
    for (const sshd of ground.sshds) await sshd.stop();
  }
}

/** A node that was not reached costs nothing: that would be no measurement. */
function requireReached(json: string): void {
  const { nodes } = JSON.parse(json) as {
    readonly nodes: readonly { readonly reached: boolean }[];
  };
  const reached = nodes.filter((node) => node.reached).length;
  if (reached !== NODES)
    throw new Error(`only ${String(reached)} of ${String(NODES)} nodes reached`);
}
