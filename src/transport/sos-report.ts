import { basename, join } from 'node:path';
import type { Evidence, NodeEvidence } from '../domain/evidence.js';
import { globMatches } from '../domain/glob.js';
import type { AnyProbe } from '../domain/probe.js';
import { reason } from '../domain/reason.js';
import { entriesOf, readInside } from './bounded-file.js';
import { MANIFEST, RELEASE_FILES, SOS_PATHS, SOS_SOURCES, type ReadSos } from './sos-files.js';

/** One file of a report, by its path below the report's root. */
export type SosFile = {
  readonly bytes: Uint8Array;
  readonly cut: boolean;
  readonly modified: number;
};
export type SosFiles = ReadonlyMap<string, SosFile>;

/** Bytes of one file that are read: `systemctl show` of a large machine and sos's own manifest are the longest. */
const MOST_BYTES = 32 * 1024 * 1024;
const MOST_MATCHES = 50;

const EXACT = new Set(SOS_PATHS.filter((path) => !path.includes('*')));
const PATTERNS = SOS_PATHS.filter((path) => path.includes('*'));

/** Part by part, so that `*` stands for one part of a path. */
function matches(pattern: string, path: string): boolean {
  const wanted = pattern.split('/');
  const parts = path.split('/');
  return (
    parts.length === wanted.length &&
    parts.every((part, index) => globMatches(wanted[index] ?? '', part))
  );
}

/** How many bytes to keep of a file at this path below the report's root. */
export const sosLimit = (path: string): number =>
  EXACT.has(path) || PATTERNS.some((pattern) => matches(pattern, path)) ? MOST_BYTES : 0;

/** True for an unpacked sos report. */
export const isSosFolder = (path: string): boolean =>
  entriesOf(join(path, 'sos_commands')).length > 0;

/** What matches a pattern below a folder, part by part; bounded. */
function pathsBelow(root: string, pattern: string): readonly string[] {
  let found: readonly string[] = [''];
  for (const part of pattern.split('/')) {
    found = found.flatMap((parent) =>
      part.includes('*')
        ? entriesOf(join(root, parent))
            .map(({ name }) => name)
            .filter((name) => globMatches(part, name))
            .slice(0, MOST_MATCHES)
            .map((name) => join(parent, name))
        : [join(parent, part)],
    );
  }
  return found;
}

/** Evidence from an unpacked report; links are followed below `root` alone. The node's name is the folder's. */
export function readSosFolder(
  root: string,
  path: string,
  probes: readonly AnyProbe[],
): NodeEvidence {
  const files = new Map<string, SosFile>();
  for (const pattern of SOS_PATHS) {
    for (const one of pathsBelow(path, pattern)) {
      const file = readInside(root, join(path, one), MOST_BYTES);
      if (file !== null) files.set(one, file);
    }
  }
  return sosEvidence(basename(path), files, probes);
}

/** What a report's files say, as evidence of the node `name`. */
export function sosEvidence(
  name: string,
  files: SosFiles,
  probes: readonly AnyProbe[],
): NodeEvidence {
  const text = (path: string): string | null => {
    const file = files.get(path);
    return file === undefined ? null : new TextDecoder().decode(file.bytes);
  };
  const statuses = exitStatuses(text(MANIFEST) ?? '');
  const read: ReadSos = (paths) => {
    const path = paths.find((one) => files.has(one));
    return path === undefined ? null : text(path);
  };
  const release = / (\d+\.\S{1,100}) /.exec(read(['sos_commands/kernel/uname_-a']) ?? '')?.[1];
  const byRelease = Object.entries(RELEASE_FILES).map(([probe, patterns]) => ({
    probe,
    files: release === undefined ? [] : patterns.map((path) => path.replace('*', release)),
    shape: undefined,
  }));
  const byId = new Map(probes.map((probe) => [probe.id, probe]));
  const evidence = [...SOS_SOURCES, ...byRelease].flatMap((source): readonly Evidence[] => {
    const probe = byId.get(source.probe);
    const path = source.files.find((one) => files.has(one));
    if (probe === undefined || path === undefined) return [];
    const raw = text(path) ?? '';
    const shaped = source.shape === undefined ? raw : source.shape(raw, read);
    if (shaped === null) return [];
    const exit = statuses.get(path) ?? null;
    return [evidenceOf(probe, shaped, exit, files.get(path)?.cut === true)];
  });
  const times = [...files.values()].map(({ modified }) => modified);
  const at = times.reduce((newest, time) => Math.max(newest, time), 0);
  const peer = { transport: 'recorded', host: name } as const;
  return { node: name, peer, startedAt: at, finishedAt: at, evidence };
}

function evidenceOf(probe: AnyProbe, text: string, exit: number | null, cut: boolean): Evidence {
  const stdout = new TextEncoder().encode(text);
  const base = { probe: probe.id, command: probe.command, stderr: new Uint8Array(), exit };
  const moments = { durationMs: null, receivedAt: null };
  // The status of timeout(1), under which sos runs its commands.
  if (exit === 124)
    return { ...base, ...moments, stdout, problem: reason('timed-out', 'it was stopped by sos') };
  if (!cut && stdout.length <= probe.maxBytes) return { ...base, ...moments, stdout };
  const problem = reason('truncated', `it is longer than ${String(probe.maxBytes)} bytes`);
  return { ...base, ...moments, stdout: stdout.subarray(0, probe.maxBytes), problem };
}

/** Exit statuses by file, of sos 4 and newer; older reports do not tell. */
function exitStatuses(manifest: string): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  const visit = (value: unknown, depth: number): void => {
    if (typeof value !== 'object' || value === null || depth > 8) return;
    const { filepath, return_code: status } = value as Readonly<Record<string, unknown>>;
    if (typeof filepath === 'string' && typeof status === 'number' && Number.isInteger(status))
      found.set(filepath, status);
    for (const child of Object.values(value)) visit(child, depth + 1);
  };
  try {
    visit(JSON.parse(manifest), 0);
  } catch {
    return new Map();
  }
  return found;
}
