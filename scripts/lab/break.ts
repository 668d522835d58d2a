import { FILE_BREAKAGES } from './break-files.js';
import { FIREWALL_BREAKAGES } from './break-firewall.js';
import { NETWORK_BREAKAGES } from './break-network.js';
import type { Breakage, Breakages } from './breakage.js';
import { sshRun } from './lab.js';
import type { LabState } from './state.js';

/** What can be broken on a node, and mended. */
export const BREAKAGES: Breakages = {
  ...FILE_BREAKAGES,
  ...NETWORK_BREAKAGES,
  ...FIREWALL_BREAKAGES,
};

async function onNode(
  lab: LabState,
  own: string,
  what: string,
  verb: 'script' | 'mend',
): Promise<void> {
  const breakage: Breakage | undefined = BREAKAGES[what];
  if (breakage === undefined)
    throw new Error(`cannot break ${what}; known: ${Object.keys(BREAKAGES).join(', ')}`);
  if (!lab.nodes.some((node) => node.name === own)) throw new Error(`no node ${own} in the lab`);
  const other = lab.nodes.find((node) => node.name !== own)?.name ?? 'node-2';
  const text = breakage[verb]({ own, other });
  const { code, stderr } = await sshRun(lab.dir, own, text, { user: 'root' });
  const word = verb === 'mend' ? 'mending' : 'breaking';
  if (code !== 0) throw new Error(`${word} ${what} on ${own} ended ${String(code)}: ${stderr}`);
}

/** Breaks one thing on one node. Throws when the name or the breakage is unknown or the node refuses. */
export const breakNode = (lab: LabState, name: string, what: string): Promise<void> =>
  onNode(lab, name, what, 'script');

/** Mends one thing on one node, so that its check passes. Throws as breakNode does. A changed host key has to be known. */
export const mendNode = (lab: LabState, name: string, what: string): Promise<void> =>
  onNode(lab, name, what, 'mend');
