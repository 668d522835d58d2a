import { FILE_BREAKAGES } from './break-files.js';
import { FIREWALL_BREAKAGES } from './break-firewall.js';
import { KERNEL_BREAKAGES } from './break-kernel.js';
import { KUBERNETES_BREAKAGES } from './break-kubernetes.js';
import { NETWORK_BREAKAGES } from './break-network.js';
import { SYSTEM_BREAKAGES } from './break-system.js';
import type { Breakage, Breakages, Names } from './breakage.js';
import { sshRun } from './lab.js';
import { STAGES } from './stages.js';
import type { LabState } from './state.js';

/** What can be broken on a node, and mended. */
export const BREAKAGES: Breakages = {
  ...FILE_BREAKAGES,
  ...NETWORK_BREAKAGES,
  ...FIREWALL_BREAKAGES,
  ...SYSTEM_BREAKAGES,
  ...KERNEL_BREAKAGES,
  ...KUBERNETES_BREAKAGES,
};

type Text = { readonly of: string; readonly text: string };

function namesOf(lab: LabState, own: string): Names {
  const node = lab.nodes.find(({ name }) => name === own);
  if (node === undefined) throw new Error(`no node ${own} in the lab`);
  const other = lab.nodes.find(({ name }) => name !== own)?.name ?? 'node-2';
  return { own, other, address: node.address };
}

function breakageOf(what: string): Breakage {
  const breakage = BREAKAGES[what];
  if (breakage === undefined)
    throw new Error(`cannot break ${what}; known: ${Object.keys(BREAKAGES).join(', ')}`);
  return breakage;
}

/** One login for all: a subshell each, and the first that fails is named. */
async function onNode(lab: LabState, own: string, verb: string, texts: readonly Text[]) {
  const lines = texts.map(
    ({ of, text }) => `(\n${text}\n) || { echo "${verb} ${of} failed" >&2; exit 1; }`,
  );
  const { code, stderr } = await sshRun(lab.dir, own, lines.join('\n'), { user: 'root' });
  if (code !== 0) throw new Error(`on ${own} ended ${String(code)}: ${stderr}`);
}

/** Breaks things on one node, in order, on their stages. Throws when a name is unknown or the node refuses. */
export const breakNode = async (
  lab: LabState,
  name: string,
  ...whats: readonly string[]
): Promise<void> => {
  const all = whats.map(breakageOf);
  const names = namesOf(lab, name);
  const stages = [...new Set(all.flatMap(({ stage }) => stage ?? []))];
  await onNode(lab, name, 'breaking', [
    ...stages.map((of) => ({ of, text: stageOf(of).set(names) })),
    ...all.map(({ script }, index) => ({ of: whats[index] ?? '', text: script(names) })),
  ]);
};

/** Mends things on one node, in order, so that their checks pass. Throws as breakNode does. A changed host key has to be known. */
export const mendNode = (
  lab: LabState,
  name: string,
  ...whats: readonly string[]
): Promise<void> => {
  const names = namesOf(lab, name);
  const texts = whats.map((of) => ({ of, text: breakageOf(of).mend(names) }));
  return onNode(lab, name, 'mending', texts);
};

function stageOf(stage: string) {
  const found = STAGES[stage];
  if (found === undefined)
    throw new Error(`no stage ${stage}; known: ${Object.keys(STAGES).join(', ')}`);
  return found;
}

/** Sets or clears a stage on one node. Throws as breakNode does. */
export const stageNode = (
  lab: LabState,
  name: string,
  stage: string,
  verb: 'set' | 'clear',
): Promise<void> =>
  onNode(lab, name, verb, [{ of: stage, text: stageOf(stage)[verb](namesOf(lab, name)) }]);
