import { ProbeParseError } from '../../src/domain/errors.js';
import { defineProbe } from '../../src/domain/probe.js';

export type Mount = {
  readonly point: string;
  readonly type: string;
  /** What of the file system is mounted: `/`, or a directory for a bind mount. */
  readonly root: string;
  /** Options of this mount and, with it, of the file system: `ro`, `noexec`, `nosuid` and so on. */
  readonly options: ReadonlySet<string>;
  /** Mounts made below it reach other mount namespaces (peer group `shared:N`). */
  readonly shared: boolean;
};

/** In the order of the node; of two on the same point the later one covers the earlier. */
export type Mounts = readonly Mount[];

const LINE =
  /^(?:\d{1,10} ){2}\d{1,10}:\d{1,10} (\S{1,4096}) (\/\S{0,4096}) (\S{1,1000}) ((?:(?:shared|master|propagate_from):\d{1,10} |unbindable ){0,4})- (\S{1,100}) \S{0,4096} ?(\S{0,100000})$/;

// Blanks, tabs, line ends and backslashes of a path are octal there (proc_pid_mountinfo(5)).
const plain = (path: string): string =>
  path.replace(/\\([0-7]{3})/g, (_, octal: string) =>
    String.fromCharCode(Number.parseInt(octal, 8)),
  );

function readLine(line: string): Mount | null {
  const match = line.length > 20_000 ? null : LINE.exec(line);
  if (match === null) return null;
  const [, root = '', point = '', options = '', tags = '', type = '', ofSuper = ''] = match;
  const isReadOnly = /^ro(?:,|$)/.test(ofSuper);
  return {
    point: plain(point),
    type,
    root: plain(root),
    options: new Set([...options.split(','), ...(isReadOnly ? ['ro'] : [])].slice(0, 64)),
    shared: tags.includes('shared:'),
  };
}

/** Each mount has a number of its own: the lists of two nodes, or of two moments. */
function isDouble(stdout: string): boolean {
  const ids = [...stdout.matchAll(/^(\d{1,10}) \d{1,10} \d{1,10}:\d{1,10} /gm)].map(([, id]) => id);
  return new Set(ids).size < ids.length;
}

function parse(stdout: string, exit: number | null): Mounts {
  if (exit === null && isDouble(stdout)) throw new ProbeParseError('it lists a mount twice');
  const mounts = stdout.split('\n', 100_000).flatMap((line) => readLine(line.trim()) ?? []);
  if (mounts.length === 0) throw new ProbeParseError('it holds no line of a mountinfo file');
  return mounts;
}

/** The mount at exactly this point, the one on top; undefined when nothing is mounted there. */
export const mountAt = (mounts: Mounts, point: string): Mount | undefined =>
  mounts.findLast((mount) => mount.point === point);

/** The mount that an absolute path without links lies on; undefined only when the list has no mount of `/`. */
export function mountOf(mounts: Mounts, path: string): Mount | undefined {
  for (let at = path; at.length > 1; at = at.slice(0, Math.max(1, at.lastIndexOf('/')))) {
    const mount = mountAt(mounts, at);
    if (mount !== undefined) return mount;
  }
  return mountAt(mounts, '/');
}

// Mounts of pods and containers come by the thousand and carry long lists of layers: only where Calico, the CNI
// directories and the kernel's own file systems are does anybody look. Devices and their options stay on the node.
const KEPT =
  '/|/(sys|proc|opt|etc|usr|lib|lib64|bin|boot|tmp)(/[^ ]*)?|/run(/calico[^ ]*)?|/var(/run|/log|/log/calico[^ ]*|/lib|/lib/cni[^ ]*|/lib/calico[^ ]*|/lib/kubelet|/lib/rancher[^ ]*)?';
const ASK = `sed -nE 's%^([0-9]+ [0-9]+ [0-9]+:[0-9]+ [^ ]+ (${KEPT}) [^-]*- [^ ]+) [^ ]* (r[ow]).*$%\\1 none \\7%p'`;

/** What is mounted where, as process 1 sees it, which is what the kubelet and the container runtime see. */
export const mounts = defineProbe<Mounts>({
  id: 'mounts',
  command: 'cat /proc/1/mountinfo',
  script: `${ASK} /proc/1/mountinfo 2>/dev/null || ${ASK} /proc/self/mountinfo`,
  rootCommands: [],
  timeoutSeconds: 10,
  maxBytes: 1_048_576,
  fields: {
    point: 'plain',
    type: 'plain',
    root: 'free-text',
    options: 'plain',
    shared: 'plain',
  },
  recognises: (stdout) =>
    /^\d{1,10} \d{1,10} \d{1,10}:\d{1,10} \/\S{0,400} \/ \S{1,400} /m.test(stdout),
  parse: ({ stdout, exit }) => parse(stdout, exit),
});
