import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { bootConfig } from '../checks/probes/boot-config.js';
import { modprobeN } from '../checks/probes/modprobe-n.js';
import { modulesBuiltin } from '../checks/probes/modules-builtin.js';
import { modulesDep } from '../checks/probes/modules-dep.js';
import type { AnyProbe } from '../src/domain/probe.js';

const NODES = fileURLToPath(new URL('../test/nodes/', import.meta.url));
const PROBES: readonly AnyProbe[] = [bootConfig, modulesDep, modulesBuiltin, modprobeN];

const SUITES = ['bullseye', 'bookworm', 'trixie', 'sid'] as const;
/** The package of each architecture that leads to its newest kernel; arm64 stands for the clouds. */
const META: Readonly<Record<string, string>> = {
  amd64: 'linux-image-amd64',
  arm64: 'linux-image-cloud-arm64',
  ppc64el: 'linux-image-powerpc64le',
  s390x: 'linux-image-s390x',
};
// Bullseye is kept up for two architectures only since its long-term support began.
const exists = (suite: string, arch: string): boolean =>
  suite !== 'bullseye' || arch === 'amd64' || arch === 'arm64';
const TARGETS = SUITES.flatMap((suite) =>
  Object.keys(META)
    .filter((arch) => exists(suite, arch))
    .map((arch) => ({ suite, arch })),
);

type Target = (typeof TARGETS)[number];

const run = (command: string, args: readonly string[], cwd?: string): string =>
  execFileSync(command, args, {
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
    stdio: ['ignore', 'pipe', 'inherit'],
    ...(cwd === undefined ? {} : { cwd }),
  });

/** The machine's own mirror: the first one that apt is told to use and that carries Debian. */
function mirror(): string {
  const uris = run('apt-get', ['indextargets', '--format', '$(REPO_URI)']).split('\n');
  const found = uris.find((uri) => /\/debian\/?$/.test(uri));
  if (found === undefined) throw new Error('apt knows no Debian mirror on this machine');
  return found;
}

/** Options that keep apt's lists of one target in the cache, away from the machine's own. */
function aptOptions(cache: string, { suite, arch }: Target): readonly string[] {
  const root = join(cache, `apt-${suite}-${arch}`);
  for (const folder of ['lists/partial', 'archives/partial', 'parts'])
    mkdirSync(join(root, folder), { recursive: true });
  writeFileSync(join(root, 'sources.list'), `deb ${mirror()} ${suite} main\n`);
  writeFileSync(join(root, 'status'), '');
  const settings = {
    'Dir::Etc::sourcelist': join(root, 'sources.list'),
    'Dir::Etc::sourceparts': join(root, 'parts'),
    'Dir::State::lists': join(root, 'lists'),
    'Dir::State::status': join(root, 'status'),
    'Dir::Cache': root,
    'Dir::Cache::archives': join(root, 'archives'),
    'APT::Architecture': arch,
    'APT::Architectures': arch,
    'Acquire::Languages': 'none',
  };
  return Object.entries(settings).flatMap(([key, value]) => ['-o', `${key}=${value}`]);
}

/** Names of the packages that hold the kernel: newer ones keep the modules in a package beside the image. */
function kernelPackages(options: readonly string[], meta: string): readonly string[] {
  const found = new Set<string>();
  const visit = (name: string): void => {
    const text = run('apt-cache', [...options, 'depends', '--important', name]);
    for (const [, next = ''] of text.matchAll(/Depends: <?(linux-[a-z]+-\d[^\s:>]*)/g)) {
      if (found.has(next)) continue;
      found.add(next);
      visit(next);
    }
  };
  visit(meta);
  return [...found];
}

/** A folder with boot/config-RELEASE and lib/modules/RELEASE as the packages lay them. */
function unpacked(cache: string, target: Target): string {
  const name = `debian-${target.suite}-${target.arch}`;
  const folder = join(cache, name);
  if (existsSync(join(folder, 'done'))) return folder;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(join(folder, 'packages'), { recursive: true });
  const options = aptOptions(cache, target);
  run('apt-get', [...options, 'update', '-q']);
  const packages = kernelPackages(options, META[target.arch] ?? '');
  run('apt-get', [...options, 'download', '-q', ...packages], join(folder, 'packages'));
  for (const file of readdirSync(join(folder, 'packages')))
    run('dpkg-deb', ['-x', join(folder, 'packages', file), folder]);
  rmSync(join(folder, 'packages'), { recursive: true });
  // Newer packages lay them in /usr/lib, to which /lib leads on a node.
  if (!existsSync(join(folder, 'lib'))) symlinkSync('usr/lib', join(folder, 'lib'));
  run('depmod', ['-b', folder, releaseOf(folder)]);
  writeFileSync(join(folder, 'done'), '');
  return folder;
}

function releaseOf(folder: string): string {
  const [release, ...more] = readdirSync(join(folder, 'lib/modules'));
  if (release === undefined || more.length > 0) throw new Error(`${folder} holds not one kernel`);
  return release;
}

/** Programs that answer for the unpacked kernel instead of the running one. */
function programs(folder: string, release: string): string {
  const bin = join(folder, 'bin');
  mkdirSync(bin, { recursive: true });
  const modprobe = run('sh', ['-c', 'PATH=$PATH:/sbin:/usr/sbin command -v modprobe']).trim();
  const write = (name: string, text: string): void => {
    writeFileSync(join(bin, name), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
  };
  write('uname', `echo ${release}`);
  write('modprobe', `exec ${modprobe} -C /dev/null -d ${folder} -S ${release} "$@"`);
  return bin;
}

const OWN =
  /(?<!\w)\/(?=(?:boot|proc|sys|lib\/modules|usr\/lib\/(?:modules|ostree-boot|kernel)|usr\/src)\b)/g;

function record(folder: string, name: string): void {
  const bin = programs(folder, releaseOf(folder));
  const target = join(NODES, name);
  mkdirSync(target, { recursive: true });
  for (const probe of PROBES) {
    const script = (probe.script ?? '').replace(OWN, `${folder}/`);
    const env = { PATH: `${bin}:/usr/sbin:/usr/bin:/sbin:/bin`, LC_ALL: 'C' };
    const text = execFileSync('/bin/sh', ['-c', script], { env, encoding: 'utf8' });
    writeFileSync(join(target, `${probe.id}.txt`), text.replaceAll(folder, ''));
  }
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { cache: { type: 'string', default: '/var/tmp/calico-ready-kernels' } },
});
for (const target of TARGETS) {
  const name = `debian-${target.suite}-${target.arch}`;
  if (positionals.length > 0 && !positionals.includes(name)) continue;
  const folder = unpacked(values.cache, target);
  record(folder, basename(folder));
  console.log(`${name}: ${releaseOf(folder)}`);
}
