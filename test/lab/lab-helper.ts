import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe } from 'vitest';
import { breakNode, mendNode, stageNode } from '../../scripts/lab/break.js';
import { down, labFiles, sshRun, up } from '../../scripts/lab/lab.js';
import { missingForLab } from '../../scripts/lab/needs.js';
import type { LabRelease } from '../../scripts/lab/recipe.js';
import type { Ran, RunOptions } from '../../scripts/lab/run.js';
import { findLab, type LabNode, type LabState } from '../../scripts/lab/state.js';

/** A lab of real nodes, as tests see it. */
export type Lab = {
  readonly dir: string;
  readonly nodes: readonly LabNode[];
  /** Private key that the users `lab` (sudo without password) and `root` of every node accept. */
  readonly identity: string;
  readonly knownHosts: string;
  readonly sshConfig: string;
  /** Inventory in YAML that names every node of the lab. */
  readonly inventory: string;
  /** Runs shell text on a node through the `ssh` client; user `lab` unless told. */
  readonly ssh: (
    name: string,
    command: string,
    options?: RunOptions & { readonly user?: 'lab' | 'root' },
  ) => Promise<Ran>;
  /** Breaks things, see scripts/lab/break.ts. */
  readonly break: (name: string, ...whats: readonly string[]) => Promise<void>;
  /** Mends what `break` broke. */
  readonly mend: (name: string, ...whats: readonly string[]) => Promise<void>;
  /** Sets or clears what breakages stand on, see scripts/lab/stages.ts. */
  readonly stage: (name: string, stage: string, verb: 'set' | 'clear') => Promise<void>;
};

export type LabWish = {
  readonly nodes: number;
  readonly release?: LabRelease;
  /** With the programs that some breakages need. */
  readonly packages?: boolean;
};

const asLab = (state: LabState): Lab => ({
  dir: state.dir,
  nodes: state.nodes,
  ...labFiles(state.dir),
  ssh: (name, command, options) => sshRun(state.dir, name, command, options),
  break: (name, ...whats) => breakNode(state, name, ...whats),
  mend: (name, ...whats) => mendNode(state, name, ...whats),
  stage: (name, stage, verb) => stageNode(state, name, stage, verb),
});

/** Starts a lab of its own that dies with this process. The first one on a machine builds the base (minutes). */
export const startLab = async ({
  nodes,
  release = 'bookworm',
  packages = false,
}: LabWish): Promise<Lab> => {
  const dir = mkdtempSync(join(tmpdir(), 'calico-ready-lab-'));
  const say = (line: string): void => {
    console.log(line);
  };
  return asLab(await up({ dir, count: nodes, release, packages, ownedByThisProcess: true, say }));
};

export const stopLab = (lab: Lab): Promise<boolean> => down(lab.dir);

const attach = async (dir: string, wish: LabWish): Promise<Lab> => {
  const state = await findLab(dir);
  if (state === null) throw new Error(`no lab runs in ${dir} (CALICO_READY_LAB_DIR)`);
  if (state.nodes.length < wish.nodes)
    throw new Error(`the lab in ${dir} has fewer than ${String(wish.nodes)} nodes`);
  return asLab(state);
};

/** Minutes for a lab whose base has to be built first. */
const UP_LIMIT_MS = 10 * 60_000;

/**
 * A suite on real nodes. Brings them up once for the suite and takes them down after it; with CALICO_READY_LAB_DIR
 * it uses the lab running there and leaves it. Where no lab can run the suite is skipped by name with the reason,
 * but with CALICO_READY_LAB=1 that is a failure. `lab()` answers inside tests and hooks.
 */
export const describeLab = (name: string, wish: LabWish, body: (lab: () => Lab) => void): void => {
  const missing = missingForLab();
  const wanted = process.env['CALICO_READY_LAB'] === '1';
  if (missing !== null && !wanted) {
    describe.skip(`${name} (needs the lab: ${missing})`, () => {
      body(() => {
        throw new Error('skipped');
      });
    });
    return;
  }
  describe(name, () => {
    let lab: Lab | undefined;
    const attached = process.env['CALICO_READY_LAB_DIR'];
    beforeAll(async () => {
      if (missing !== null) throw new Error(`CALICO_READY_LAB=1, but no lab can run: ${missing}`);
      lab = await (attached === undefined ? startLab(wish) : attach(attached, wish));
    }, UP_LIMIT_MS);
    afterAll(async () => {
      if (lab !== undefined && attached === undefined) await stopLab(lab);
    });
    body(() => {
      if (lab === undefined) throw new Error('the lab is only there inside tests and hooks');
      return lab;
    });
  });
};
