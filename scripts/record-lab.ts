import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FIX_CONTENT, FIX_PATH } from '../checks/interfaces/networkmanager-fix.js';
import type { AnyProbe } from '../src/domain/probe.js';
import { breakNode } from './lab/break.js';
import { down, sshRun, up } from './lab/lab.js';
import { LAB_RELEASES, RELEASE_NUMBER, type LabRelease } from './lab/recipe.js';
import type { LabState } from './lab/state.js';
import { everyProbe, surveyLabNode, writeRecording } from './record-node.js';

const NODES = new URL('../test/nodes/', import.meta.url).pathname;
const NODE = 'node-1';

/** Puts the file there that the fix of `interfaces/networkmanager` writes, and reloads as it does. */
const mendNetworkManager = async (lab: LabState): Promise<void> => {
  const command = `cat > ${FIX_PATH} && nmcli general reload conf`;
  const { code, stderr } = await sshRun(lab.dir, NODE, command, {
    user: 'root',
    input: FIX_CONTENT,
  });
  if (code !== 0) throw new Error(`mending NetworkManager ended ${String(code)}: ${stderr}`);
};

/** The states in the order in which they are made; each builds on the one before. */
const STATES: readonly (readonly [name: string, make: (lab: LabState) => Promise<void>])[] = [
  ['plain', () => Promise.resolve()],
  ['networkmanager-mended', mendNetworkManager],
  ['firewalld-on', (lab) => breakNode(lab, NODE, 'firewalld')],
];

const recordRelease = async (release: LabRelease, probes: readonly AnyProbe[]): Promise<void> => {
  const dir = await mkdtemp(join(tmpdir(), 'calico-ready-record-'));
  const say = (line: string): void => {
    console.error(line);
  };
  const lab = await up({ dir, count: 1, release, ownedByThisProcess: true, say });
  try {
    for (const [state, make] of STATES) {
      await make(lab);
      const name = `debian-${RELEASE_NUMBER[release]}-lab-${state}`;
      await writeRecording(join(NODES, name), await surveyLabNode(dir, NODE, probes));
      console.log(name);
    }
  } finally {
    await down(dir);
  }
};

const probes = await everyProbe();
for (const release of LAB_RELEASES) await recordRelease(release, probes);
