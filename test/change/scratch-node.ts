import { execFileSync, spawn } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Fix } from '../../src/domain/fix.js';
import type { RunEnd, RunRequest, Session } from '../../src/domain/transport.js';

/** The change scripts need root and mount namespaces of their own. */
export const canScratch = ((): boolean => {
  try {
    execFileSync('unshare', ['-m', 'true'], { stdio: 'ignore' });
    return process.getuid?.() === 0;
  } catch {
    return false;
  }
})();

/**
 * Not systemd: a recording stand-in that keeps one file a unit with two words, active and enabled. The real systemctl is
 * tested on lab nodes.
 */
const FAKE_SYSTEMCTL = `#!/bin/sh
echo "$*" >>DIR/calls
verb=$1; shift
runtime=''
[ "$1" != --runtime ] || { runtime=-runtime; shift; }
unit=$1
[ ! -e "DIR/refuse-$verb" ] || { echo "Failed to $verb $unit: refused by the test" >&2; exit 1; }
if [ ! -e "DIR/unit-$unit" ]; then
  case $verb in is-active) echo inactive ;; is-enabled) echo "Failed to get unit file state" >&2 ;; esac
  exit 4
fi
read -r active enabled <"DIR/unit-$unit"
case $verb in
  is-active) echo "$active"; [ "$active" = active ]; exit ;;
  is-enabled) echo "$enabled"; exit ;;
  enable) enabled=enabled$runtime ;;
  disable) enabled=disabled ;;
  mask) enabled=masked$runtime ;;
  unmask) enabled=disabled ;;
  start) case $enabled in masked*) exit 1 ;; esac; active=active ;;
  stop) active=inactive ;;
  *) exit 64 ;;
esac
echo "$active $enabled" >"DIR/unit-$unit"
`;

export const BUSYBOX_TOOLS =
  'cmp cp mv rm mkdir rmdir ln stat chmod chown head tr grep sort date sync cat id'.split(' ');

export type ShellName = 'dash' | 'bash' | 'busybox';
const SHELLS: Readonly<Record<ShellName, string>> = {
  dash: 'dash',
  bash: 'bash --posix',
  busybox: 'busybox sh',
};

export type Ran = { readonly stdout: string; readonly stderr: string; readonly end: RunEnd };

/**
 * A node made of two folders: `/opt` and `/var/lib` of a private mount namespace lead into a scratch folder, so that the
 * scripts run unchanged and as root while nothing of this machine is touched.
 */
export class ScratchNode {
  readonly root = mkdtempSync(join(tmpdir(), 'scratch-node-'));
  shell: ShellName = 'dash';
  /** sh lines run in the namespace before the script, for faults. */
  before: string[] = [];

  constructor() {
    for (const folder of ['opt', 'varlib', 'systemd', 'tools']) mkdirSync(join(this.root, folder));
    const systemd = join(this.root, 'systemd');
    this.tool('systemctl', FAKE_SYSTEMCTL.replaceAll('DIR', systemd));
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }

  /** Puts a program of the test's own in place of the machine's. */
  tool(name: string, text: string): void {
    const path = join(this.root, 'tools', name);
    writeFileSync(path, text);
    chmodSync(path, 0o755);
    const real = ['/usr/bin', '/usr/sbin', '/bin'].map((dir) => `${dir}/${name}`).find(existsSync);
    this.before.push(`mount --bind ${path} ${real ?? `/usr/local/sbin/${name}`}`);
  }

  useBusyboxTools(): void {
    this.shell = 'busybox';
    const busybox = execFileSync('sh', ['-c', 'readlink -f "$(command -v busybox)"']);
    for (const tool of BUSYBOX_TOOLS)
      this.before.push(`mount --bind ${busybox.toString().trim()} /usr/bin/${tool}`);
  }

  /** A path as the scripts see it, on this machine. */
  at(path: string): string {
    return path.startsWith('/opt')
      ? join(this.root, 'opt', path.slice(4))
      : join(this.root, 'varlib', path.slice('/var/lib'.length));
  }

  write(path: string, content: string, mode = 0o644): void {
    mkdirSync(dirname(this.at(path)), { recursive: true });
    writeFileSync(this.at(path), content);
    chmodSync(this.at(path), mode);
  }

  read(path: string): string | null {
    return existsSync(this.at(path)) ? readFileSync(this.at(path), 'utf8') : null;
  }

  unit(name: string, active: string, enabled: string): void {
    writeFileSync(join(this.root, 'systemd', `unit-${name}`), `${active} ${enabled}\n`);
  }

  unitNow(name: string): string {
    return readFileSync(join(this.root, 'systemd', `unit-${name}`), 'utf8').trim();
  }

  refuseVerb(verb: string): void {
    writeFileSync(join(this.root, 'systemd', `refuse-${verb}`), '');
  }

  /** Every entry of /opt and of the units: type, mode, owner, group, mtime of files, and content hash. */
  listing(): string {
    const script = `cd ${this.root} && find opt -printf '%y %m %U %G %p\\n' | sort && \
      find opt -type f -printf '%T@ %p\\n' | sed 's/\\.[0-9]* / /' | sort && \
      find opt systemd -type f ! -name calls -exec sha256sum {} + | sort`;
    return execFileSync('sh', ['-c', script]).toString();
  }

  run(script: string): Promise<Ran> {
    const setUp = [
      `mount --bind ${this.root}/opt /opt`,
      `mount --bind ${this.root}/varlib /var/lib`,
      ...this.before,
      `exec ${SHELLS[this.shell]} -s`,
    ].join(' && ');
    const child = spawn('unshare', ['-m', 'sh', '-c', setUp]);
    return new Promise((resolve, reject) => {
      const out: Buffer[] = [];
      const err: Buffer[] = [];
      child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
      child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
      child.stdin.on('error', () => undefined);
      child.on('error', reject);
      child.on('close', (code, signal) => {
        const end: RunEnd =
          code === null ? { kind: 'signalled', signal: signal ?? '' } : { kind: 'exited', code };
        const text = (parts: readonly Buffer[]): string => Buffer.concat(parts).toString();
        resolve({ stdout: text(out), stderr: text(err), end });
      });
      child.stdin.end(script);
    });
  }

  /** A session whose far end is this node. */
  session(): Session {
    return {
      peer: { transport: 'local', host: 'scratch' },
      run: async (request: RunRequest) => {
        const { stdout, stderr, end } = await this.run(request.script);
        request.onStdout(Buffer.from(stdout));
        request.onStderr(Buffer.from(stderr));
        return end;
      },
      close: () => Promise.resolve(),
    };
  }
}

export const fixWith = (part: Partial<Fix>): Fix => ({
  way: 'test',
  summary: 'Does what the test says.',
  kind: 'safe',
  loses: [],
  files: [],
  units: [],
  commands: [],
  undoCommands: [],
  disturbsNetwork: false,
  needsReboot: false,
  byHand: 'Do it by hand.',
  ...part,
});

export const options = (node: string, changeId: string) => ({
  node,
  changeId,
  nonce: '0123456789abcdef0123456789abcdef',
  time: '2026-01-31T12:00:00Z',
  version: '0.1.0',
  signal: new AbortController().signal,
  deadlineMs: 60_000,
});
