import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { ensureBase } from './base.js';
import { BREAKAGES, breakNode, mendNode, stageNode } from './break.js';
import { ensurePackages } from './packages.js';
import { down, labFiles, sweep, up } from './lab.js';
import { LAB_RELEASES, type LabRelease } from './recipe.js';
import { DEFAULT_DIR, findLab, isLabAlive, readLabs, type LabState } from './state.js';

const USAGE = `npm run lab -- up N [--release R] [--packages]   start N nodes and wait until they answer
npm run lab -- list                 the labs of this machine
npm run lab -- ssh NAME [COMMAND…]  log in as lab, or run a command
npm run lab -- break NAME WHAT      break one thing on a node
npm run lab -- mend NAME WHAT       mend it again
npm run lab -- clear NAME STAGE     take away what a breakage stood on
npm run lab -- down                 take the lab down
npm run lab -- sweep                remove what crashed labs left
npm run lab -- base [--release R]   only build the cached base system

--dir DIR      the lab's folder (${DEFAULT_DIR})
--release R    ${LAB_RELEASES.join(', ')} (bookworm)
--packages     with the programs that some breakages need

WHAT:
${Object.entries(BREAKAGES)
  .map(([name, { what, breaks, standIn }]) => {
    const checks = Object.keys(breaks).join(', ') || 'no audit';
    return `  ${name.padEnd(28)} ${what}${standIn === undefined ? '' : `, by ${standIn}`} (${checks})`;
  })
  .join('\n')}`;

const say = (line: string): void => {
  console.error(line);
};

const describe = (lab: LabState): string => {
  const files = labFiles(lab.dir);
  return [
    ...lab.nodes.map(
      ({ name, address, release }) => `${name}  ${address}:22  ${release}  user lab`,
    ),
    `key          ${files.identity}`,
    `known_hosts  ${files.knownHosts}`,
    `ssh_config   ${files.sshConfig}`,
    `inventory    ${files.inventory}`,
  ].join('\n');
};

const labOf = async (dir: string): Promise<LabState> => {
  const lab = await findLab(dir);
  if (lab === null) throw new Error(`no lab in ${dir}; start one with: npm run lab -- up 3`);
  return lab;
};

const upCommand = async (
  dir: string,
  count: string,
  release: LabRelease,
  packages: boolean,
): Promise<void> => {
  const stop = (): void => {
    say('taking the lab down');
    void down(dir).finally(() => process.exit(130));
  };
  process.once('SIGINT', stop).once('SIGTERM', stop).once('SIGHUP', stop);
  const lab = await up({
    ...{ dir, count: Number(count), release, packages },
    ...{ ownedByThisProcess: false, say },
  });
  console.log(describe(lab));
};

const listCommand = async (): Promise<void> => {
  for (const lab of await readLabs()) {
    console.log(`${lab.dir}${(await isLabAlive(lab)) ? '' : '  (dead)'}`);
    console.log(describe(lab));
  }
};

const sshCommand = async (dir: string, words: readonly string[]): Promise<void> => {
  await labOf(dir);
  const child = spawn('ssh', ['-F', labFiles(dir).sshConfig, ...words], { stdio: 'inherit' });
  const code = await new Promise<number>((done, failed) => {
    child.on('error', failed).on('close', (status) => {
      done(status ?? 255);
    });
  });
  process.exitCode = code;
};

const readRelease = (word: string): LabRelease => {
  const release = LAB_RELEASES.find((known) => known === word);
  if (release === undefined) throw new Error(`unknown release; known: ${LAB_RELEASES.join(', ')}`);
  return release;
};

const command = async (argv: readonly string[]): Promise<void> => {
  const verb = argv[0] ?? 'help';
  // What follows `ssh NAME` belongs to the remote command, dashes and all.
  const own = verb === 'ssh' ? [] : argv.slice(1);
  const { values, positionals } = parseArgs({
    args: [...own],
    allowPositionals: true,
    options: {
      dir: { type: 'string', default: process.env['CALICO_READY_LAB_DIR'] ?? DEFAULT_DIR },
      release: { type: 'string', default: 'bookworm' },
      packages: { type: 'boolean', default: false },
    },
  });
  const dir = resolve(values.dir);
  const release = readRelease(values.release);
  const [first = '', second = ''] = positionals;
  const verbs: Readonly<Record<string, () => Promise<unknown>>> = {
    up: () => upCommand(dir, first, release, values.packages),
    list: listCommand,
    ssh: () => sshCommand(dir, argv.slice(1)),
    break: async () => breakNode(await labOf(dir), first, second),
    mend: async () => mendNode(await labOf(dir), first, second),
    clear: async () => stageNode(await labOf(dir), first, second, 'clear'),
    down: () => down(dir),
    sweep: () => sweep(say),
    base: async () => {
      const base = await ensureBase(release, say);
      console.log(base);
      // Tests need them on this release alone.
      if (release === 'bookworm') console.log(await ensurePackages(base, say));
    },
  };
  const chosen = verbs[verb];
  if (chosen === undefined) {
    console.log(USAGE);
    process.exitCode = verb === 'help' || verb === '--help' ? 0 : 3;
    return;
  }
  await chosen();
};

command(process.argv.slice(2)).catch((error: unknown) => {
  say(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
});
