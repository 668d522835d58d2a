import { constants } from 'node:fs';
import { open, readdir, realpath, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { InputError } from '../domain/errors.js';
import type { Evidence, NodeEvidence } from '../domain/evidence.js';
import type { AnyProbe } from '../domain/probe.js';
import { reason } from '../domain/reason.js';
import { visibleLine, type Displayable } from '../domain/visible.js';
import { commandWord, decodePaste, missingTool, stripPrompts } from './pasted-text.js';

const MAX_NODES = 5_000;
const MAX_FILES = 1_000;
const SUFFIX = '.txt';
/** What people use in place of the command that a probe names. */
const OTHER_COMMANDS = ['cat', 'zcat', 'more', 'less'];

type Warn = (text: Displayable) => void;
type Catalogue = {
  readonly byId: ReadonlyMap<string, AnyProbe>;
  readonly commands: ReadonlySet<string>;
};

/**
 * Evidence from a folder `PATH/NODE/*.txt` of pasted outputs. A file's name is a probe's id, a folder's name the
 * node's name, letter by letter; what a file is called otherwise is reported through `warn` and ignored, as are hidden
 * files and links that lead outside. Rejects with InputError when PATH is no folder or holds no node.
 */
export async function readRecordedFolder(
  path: string,
  probes: readonly AnyProbe[],
  warn: Warn,
): Promise<readonly NodeEvidence[]> {
  const root = await folder(path);
  const catalogue: Catalogue = {
    byId: new Map(probes.map((probe) => [probe.id, probe])),
    commands: new Set([...probes.map((probe) => commandWord(probe.command)), ...OTHER_COMMANDS]),
  };
  const names = await visibleNames(root, MAX_NODES, warn);
  const nodes: NodeEvidence[] = [];
  for (const name of names) {
    const place = await inside(root, join(root, name));
    if (place === null) warn(visibleLine(`${name}: leads outside the folder, ignored`));
    else if (place.isFolder) nodes.push(await readNode(root, name, catalogue, warn));
    else warn(visibleLine(`${name}: not a node's folder, ignored`));
  }
  if (nodes.length === 0) {
    throw new InputError(
      `${visibleLine(path)} holds no folder of a node`,
      'Put each node’s outputs into a folder of its own: PATH/NODE/uname-a.txt.',
    );
  }
  return nodes;
}

async function folder(path: string): Promise<string> {
  const root = await realpath(path).catch(() => null);
  if (root !== null && (await stat(root)).isDirectory()) return root;
  throw new InputError(
    `${visibleLine(path)} is not a folder that can be read`,
    'Name a folder that holds one folder a node.',
  );
}

async function visibleNames(path: string, limit: number, warn: Warn): Promise<readonly string[]> {
  const names = (await readdir(path)).filter((name) => !name.startsWith('.')).sort();
  if (names.length > limit)
    warn(visibleLine(`${path}: only the first ${String(limit)} entries are read`));
  return names.slice(0, limit);
}

/** What a path is, if it stays under the root however it is linked. */
async function inside(root: string, path: string): Promise<{ readonly isFolder: boolean } | null> {
  const real = await realpath(path).catch(() => null);
  if (real === null || !real.startsWith(root.endsWith(sep) ? root : root + sep)) return null;
  return { isFolder: (await stat(real)).isDirectory() };
}

async function readNode(
  root: string,
  name: string,
  catalogue: Catalogue,
  warn: Warn,
): Promise<NodeEvidence> {
  const own = new Map<string, Evidence>();
  const moved = new Map<string, Evidence>();
  let newest = 0;
  for (const file of await visibleNames(join(root, name), MAX_FILES, warn)) {
    const where = `${name}/${file}`;
    const probe = file.endsWith(SUFFIX)
      ? catalogue.byId.get(file.slice(0, -SUFFIX.length))
      : undefined;
    if (probe === undefined) {
      warn(visibleLine(`${where}: no check asks for a file of this name, ignored`));
      continue;
    }
    const read = await readBounded(root, join(root, name, file), probe.maxBytes);
    if (read === null) {
      warn(visibleLine(`${where}: not a plain file inside the folder, ignored`));
      continue;
    }
    newest = Math.max(newest, read.modified);
    const text = stripPrompts(decodePaste(read.bytes), catalogue.commands);
    const right = rightProbe(probe, text, catalogue);
    if (right !== probe)
      warn(visibleLine(`${where}: this is the output of ${right.command}, read as that`));
    (right === probe ? own : moved).set(right.id, evidenceOf(right, text, read.cut));
  }
  // A file under its right name counts more than one that was moved there.
  const evidence = [...new Map([...moved, ...own]).values()];
  const peer = { transport: 'recorded', host: name } as const;
  return { node: name, peer, startedAt: newest, finishedAt: newest, evidence };
}

async function readBounded(
  root: string,
  path: string,
  limit: number,
): Promise<{
  readonly bytes: Uint8Array;
  readonly cut: boolean;
  readonly modified: number;
} | null> {
  const place = await inside(root, path);
  if (place === null || place.isFolder) return null;
  const handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK).catch(() => null);
  if (handle === null) return null;
  try {
    const stats = await handle.stat();
    if (!stats.isFile()) return null;
    const buffer = Buffer.alloc(Math.min(stats.size, limit + 1));
    let length = 0;
    while (length < buffer.length) {
      const { bytesRead } = await handle.read(buffer, length, buffer.length - length, length);
      if (bytesRead === 0) break;
      length += bytesRead;
    }
    const modified = Math.floor(stats.mtimeMs);
    return { bytes: buffer.subarray(0, Math.min(length, limit)), cut: length > limit, modified };
  } finally {
    await handle.close();
  }
}

/** The probe whose output this plainly is: the named one unless it does not know the text and exactly one other does. */
function rightProbe(named: AnyProbe, text: string, catalogue: Catalogue): AnyProbe {
  if (named.recognises?.(text) === true) return named;
  const others = [...catalogue.byId.values()].filter((probe) => probe.recognises?.(text) === true);
  return others.length === 1 ? (others[0] ?? named) : named;
}

function evidenceOf(probe: AnyProbe, text: string, cut: boolean): Evidence {
  const tool = missingTool(text);
  return {
    probe: probe.id,
    command: probe.command,
    stdout: new TextEncoder().encode(text),
    stderr: new Uint8Array(),
    exit: null,
    durationMs: null,
    receivedAt: null,
    ...(tool === null ? {} : { problem: reason('tool-missing', `${tool} is not installed`) }),
    ...(cut
      ? { problem: reason('truncated', `the file is longer than ${String(probe.maxBytes)} bytes`) }
      : {}),
  };
}
