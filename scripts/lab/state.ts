import { existsSync } from 'node:fs';
import { mkdir, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { LAB_RELEASES } from './recipe.js';

/** Where the lab of the command line lives, and where every lab of this machine is registered by its slot. */
export const RUN_DIR = '/run/calico-ready-lab';
export const DEFAULT_DIR = join(RUN_DIR, 'default');
const SLOTS_DIR = join(RUN_DIR, 'slots');

const processSchema = z.object({
  pid: z.number().int().positive(),
  /** Field 22 of /proc/PID/stat: with it a reused pid is told from the one we started. */
  start: z.string(),
});
export type ProcessId = Readonly<z.infer<typeof processSchema>>;

const nodeSchema = z.object({
  name: z.string(),
  address: z.string(),
  release: z.enum(LAB_RELEASES),
  netns: z.string(),
  /** The mounted root file system. */
  root: z.string(),
  cgroup: z.string(),
  nspawn: processSchema.nullable(),
});
export type LabNode = Readonly<z.infer<typeof nodeSchema>>;

const labSchema = z.object({
  dir: z.string(),
  slot: z.number().int(),
  /** The process the lab lives with; null for a lab that stays until `down`. */
  owner: processSchema.nullable(),
  nodes: z.array(nodeSchema),
});

/** A running lab as its state file tells it. */
export type LabState = Readonly<Omit<z.infer<typeof labSchema>, 'nodes'>> & {
  readonly nodes: readonly LabNode[];
};

const slotDir = (slot: number): string => join(SLOTS_DIR, String(slot));

/**
 * The state is kept in the slot, which no other lab can claim, and points at the lab's own folder. Written beside
 * and renamed: a crash leaves the old state or the new one.
 */
export const writeState = async (lab: LabState): Promise<void> => {
  const file = join(slotDir(lab.slot), 'lab.json');
  await writeFile(`${file}.new`, JSON.stringify(lab, null, 2));
  await rename(`${file}.new`, file);
};

/** All labs registered on this machine, alive or dead, and slots whose state cannot be read (crash while claiming). */
export const readLabs = async (): Promise<readonly LabState[]> => {
  const names = await readdir(SLOTS_DIR).catch(() => []);
  const labs = await Promise.all(
    names.map(async (name) => {
      const text = await readFile(join(SLOTS_DIR, name, 'lab.json'), 'utf8').catch(() => '');
      return text === '' ? null : labSchema.parse(JSON.parse(text));
    }),
  );
  return labs.filter((lab) => lab !== null);
};

export const findLab = async (dir: string): Promise<LabState | null> =>
  (await readLabs()).find((lab) => lab.dir === dir) ?? null;

/** Takes the slot: mkdir without `recursive` is the lock. False when another lab has it. */
export const claimSlot = async (lab: LabState): Promise<boolean> => {
  await mkdir(SLOTS_DIR, { recursive: true, mode: 0o755 });
  try {
    await mkdir(slotDir(lab.slot));
  } catch {
    return false;
  }
  await writeState(lab);
  return true;
};

export const releaseSlot = (slot: number): Promise<void> =>
  rm(slotDir(slot), { recursive: true, force: true });

const startOf = async (pid: number): Promise<string | null> => {
  const stat = await readFile(`/proc/${String(pid)}/stat`, 'utf8').catch(() => '');
  // The name in parentheses may hold spaces; after the last one comes field 3.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields[0] === 'Z' ? null : (fields[19] ?? null);
};

export const identify = async (pid: number): Promise<ProcessId> => {
  const start = await startOf(pid);
  if (start === null) throw new Error(`process ${String(pid)} is gone`);
  return { pid, start };
};

export const isAlive = async (process: ProcessId | null): Promise<boolean> =>
  process !== null && (await startOf(process.pid)) === process.start;

/** A lab is dead when the process it lives with is gone, or, if it lives with none, when no node runs. */
export const isLabAlive = async (lab: LabState): Promise<boolean> => {
  if (lab.owner !== null) return isAlive(lab.owner);
  const nodes = await Promise.all(lab.nodes.map(({ nspawn }) => isAlive(nspawn)));
  return nodes.includes(true) && existsSync(lab.dir);
};
