import { realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError } from '../domain/errors.js';
import type { Evidence, NodeEvidence } from '../domain/evidence.js';
import type { AnyProbe } from '../domain/probe.js';
import { reason } from '../domain/reason.js';
import { visibleLine, type Displayable } from '../domain/visible.js';
import { entriesOf, isFolderInside, readInside } from './bounded-file.js';
import {
  decodePaste,
  knownCommands,
  missingTool,
  splitPaste,
  type KnownCommands,
} from './pasted-text.js';
import { isSosFolder, readSosFolder } from './sos-report.js';

const MAX_NODES = 5_000;
const MAX_FILES = 1_000;
const SUFFIX = '.txt';
/** Lines that something else may have printed in front of the output. */
const STRAY_LINES = 8;

export type Warn = (text: Displayable) => void;
/** The evidence in a file beside the folders, as a collector wrote it; null for any other file. */
export type ReadCollected = (bytes: Uint8Array) => readonly Evidence[] | null;
type Catalogue = {
  /** By the name of its file without the suffix, in small letters: not every system keeps the letters as typed. */
  readonly byName: ReadonlyMap<string, AnyProbe>;
  readonly byId: ReadonlyMap<string, AnyProbe>;
  readonly commands: KnownCommands;
};

/**
 * Evidence from a folder `PATH/NODE/*.txt` of pasted outputs. A file's name is a probe's id, a folder's name the
 * node's name, letter by letter; what a file is called otherwise is reported through `warn` and ignored, as are hidden
 * files and links that lead outside. A node's folder may also be an unpacked sos report, and so may PATH itself. A file
 * PATH/NODE.txt of collector output is a node as well. Rejects with InputError when PATH is no folder or holds no node.
 */
export async function readRecordedFolder(
  path: string,
  probes: readonly AnyProbe[],
  warn: Warn,
  collected: ReadCollected = () => null,
): Promise<readonly NodeEvidence[]> {
  const root = await folder(path);
  if (isSosFolder(root)) return [readSosFolder(root, root, probes)];
  const catalogue: Catalogue = {
    byName: new Map(probes.map((probe) => [probe.id.toLowerCase(), probe])),
    byId: new Map(probes.map((probe) => [probe.id, probe])),
    commands: knownCommands(probes.map((probe) => probe.command)),
  };
  const nodes: NodeEvidence[] = [];
  for (const entry of visibleEntries(root, MAX_NODES, warn)) {
    const { name } = entry;
    const isFolder = isFolderInside(root, root, entry);
    if (isFolder === null) warn(visibleLine(`${name}: leads outside the folder, ignored`));
    else if (!isFolder) {
      const node = nodeOfFile(root, entry, collected);
      if (node === null)
        warn(visibleLine(`${name}: neither a node's folder nor collector output, ignored`));
      else if (nodes.some((other) => other.node === node.node))
        warn(visibleLine(`${name}: the folder ${node.node} is that node, ignored`));
      else nodes.push(node);
    } else if (isSosFolder(join(root, name)))
      nodes.push(readSosFolder(root, join(root, name), probes));
    else nodes.push(readNode(root, name, catalogue, warn));
  }
  if (nodes.length === 0) {
    throw new InputError(
      `${visibleLine(path)} holds no folder of a node`,
      "Put each node's outputs into a folder of its own, PATH/NODE/uname-a.txt, or its collector output into PATH/NODE.txt.",
    );
  }
  return nodes;
}

// As much as the collector output of a node can hold when it is given by itself.
const MOST_COLLECTED = 64 << 20;

function nodeOfFile(root: string, entry: Entry, collected: ReadCollected): NodeEvidence | null {
  const read = readInside(root, join(root, entry.name), MOST_COLLECTED, !entry.isFile());
  const evidence = read === null ? null : collected(read.bytes);
  if (read === null || evidence === null) return null;
  const node = entry.name.replace(/(?<=.)\.[^.]{0,8}$/, '');
  const peer = { transport: 'recorded', host: node } as const;
  return { node, peer, startedAt: read.modified, finishedAt: read.modified, evidence };
}

async function folder(path: string): Promise<string> {
  const root = await realpath(path).catch(() => null);
  if (root !== null && (await stat(root)).isDirectory()) return root;
  throw new InputError(
    `${visibleLine(path)} is not a folder that can be read`,
    'Name a folder that holds one folder a node.',
  );
}

function visibleEntries(path: string, limit: number, warn: Warn): ReturnType<typeof entriesOf> {
  const entries = entriesOf(path).filter(({ name }) => !name.startsWith('.'));
  if (entries.length > limit)
    warn(visibleLine(`${path}: only the first ${String(limit)} entries are read`));
  return entries.slice(0, limit);
}

/** `systemctl status` takes a unit with and without its type, so the file may be named after either. */
function named(file: string, { byId, byName }: Catalogue): AnyProbe | undefined {
  if (!file.toLowerCase().endsWith(SUFFIX)) return undefined;
  const name = file.slice(0, -SUFFIX.length);
  return byId.get(name) ?? byName.get(name.toLowerCase().replace(/\.service$/, ''));
}

type Entry = ReturnType<typeof entriesOf>[number];

/** The files whose name a probe goes by, one for each: the name letter by letter counts most. */
function filesOf(root: string, node: string, catalogue: Catalogue, warn: Warn) {
  const chosen: { readonly entry: Entry; readonly probe: AnyProbe }[] = [];
  const entries = visibleEntries(join(root, node), MAX_FILES, warn);
  const taken = new Set(entries.map(({ name }) => name));
  for (const entry of entries) {
    const probe = named(entry.name, catalogue);
    const exact = `${probe?.id ?? ''}${SUFFIX}`;
    const isDouble = entry.name !== exact && taken.has(exact);
    if (probe === undefined)
      warn(visibleLine(`${node}/${entry.name}: no check asks for a file of this name, ignored`));
    else if (isDouble)
      warn(visibleLine(`${node}/${entry.name}: another file counts as ${exact}, ignored`));
    else {
      taken.add(exact);
      chosen.push({ entry, probe });
    }
  }
  return chosen;
}

function readNode(root: string, name: string, catalogue: Catalogue, warn: Warn): NodeEvidence {
  const own = new Map<string, Evidence>();
  const moved = new Map<string, Evidence>();
  let newest = 0;
  for (const { entry, probe } of filesOf(root, name, catalogue, warn)) {
    const file = entry.name;
    const where = `${name}/${file}`;
    const read = readInside(root, join(root, name, file), probe.maxBytes, !entry.isFile());
    if (read === null) {
      warn(visibleLine(`${where}: not a plain file inside the folder, ignored`));
      continue;
    }
    newest = Math.max(newest, read.modified);
    for (const { probe: right, text, isFirst } of outputsOf(probe, read.bytes, catalogue)) {
      const evidence = evidenceOf(right, text, read.cut);
      if (right === probe) own.set(right.id, evidence);
      else {
        warn(visibleLine(`${where}: this is the output of ${right.command}, read as that`));
        if (isFirst || !moved.has(right.id)) moved.set(right.id, evidence);
      }
    }
  }
  if (own.size === 0 && moved.size === 0)
    warn(visibleLine(`${name}: holds no output that a check asks for`));
  // A file under its right name counts more than one that was moved there.
  const evidence = [...new Map([...moved, ...own]).values()];
  const peer = { transport: 'recorded', host: name } as const;
  return { node: name, peer, startedAt: newest, finishedAt: newest, evidence };
}

type Output = { readonly probe: AnyProbe; readonly text: string; readonly isFirst: boolean };

/** The outputs in one file: as a rule one; of a pasted session that of the named command, and others that are plain. */
function outputsOf(named: AnyProbe, bytes: Uint8Array, catalogue: Catalogue): readonly Output[] {
  const sections = splitPaste(decodePaste(bytes), catalogue.commands);
  const read = sections
    .filter(({ typed, text }) => typed !== null || text !== '')
    .map((section) => ({ ...section, ...rightOutput(named, section.text, catalogue) }));
  // In front of the first prompt stands a banner, unless it is plainly an output.
  const first = read.find(({ typed }) => typed !== null) ?? read[0];
  if (first === undefined) return [{ probe: named, text: '', isFirst: true }];
  // Two outputs of the named command in one file: nobody knows which one holds, so their text is read as one.
  const own = read.filter(({ sure, probe }) => sure && probe === named);
  const texts = [...new Set(own.map(({ text }) => text.trimEnd()))];
  if (texts.length > 1) return [{ probe: named, text: `${texts.join('\n')}\n`, isFirst: true }];
  const chosen = own[0] ?? first;
  const others = read.filter((one) => one !== chosen && one.sure && one.probe !== named);
  return [
    { ...chosen, isFirst: true },
    ...others
      .filter(({ probe }) => probe !== chosen.probe)
      .map((one) => ({ ...one, isFirst: false })),
  ];
}

type Right = { readonly probe: AnyProbe; readonly text: string; readonly sure: boolean };

/** The probe whose output this plainly is: the named one unless it does not know the text and exactly one other does. */
function rightOutput(named: AnyProbe, text: string, catalogue: Catalogue): Right {
  if (named.recognises?.(text) === true) return { probe: named, text, sure: true };
  const bare = withoutStrayLines(named, text);
  if (bare !== null) return { probe: named, text: bare, sure: true };
  const others = [...catalogue.byId.values()].filter((probe) => probe.recognises?.(text) === true);
  const [other] = others;
  return other !== undefined && others.length === 1
    ? { probe: other, text, sure: true }
    : { probe: named, text, sure: false };
}

/** The text from the line on from which the probe knows it: another program's warning may stand in front. */
function withoutStrayLines(probe: AnyProbe, text: string): string | null {
  if (probe.recognises === undefined) return null;
  let from = 0;
  for (let line = 0; line < STRAY_LINES; line += 1) {
    from = text.indexOf('\n', from) + 1;
    if (from === 0 || from >= text.length) return null;
    const rest = text.slice(from);
    if (probe.recognises(rest)) return rest;
  }
  return null;
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
