import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { catalogue } from '../../checks/index.js';
import { composeCollector } from '../../src/collect/compose.js';
import { DEFAULT_INTENT } from '../../src/domain/intent.js';
import type { AnyProbe } from '../../src/domain/probe.js';
import { planProbes } from '../../src/engine/plan.js';
import { breakNode } from '../lab/break.js';
import { down, sshRun, up } from '../lab/lab.js';
import { missingForLab } from '../lab/needs.js';
import { fight, median, type Figure } from './figure.js';

const RUNS = 9;
const say = (line: string): void => {
  console.error(line);
};

/** `lab` asks root for each command with sudo -n; root needs none. */
type Login = 'lab' | 'root';

/** Answers the seconds that a text on standard input of `sh -s` took on the node, without the login. */
type OnNode = (text: string) => Promise<number>;

function onNode(dir: string, user: Login): OnNode {
  return async (text) => {
    // The text is there before the clock starts: what is measured is the node, not the way to it.
    const timed = 't=$(cat); TIMEFORMAT=%3R; time printf "%s\\n" "$t" | sh -s >/dev/null 2>&1';
    const { stderr } = await sshRun(dir, 'node-1', `bash -c '${timed}'`, {
      user,
      input: text,
    });
    const seconds = /(\d+\.\d+)\s*$/.exec(stderr)?.[1];
    if (seconds === undefined) throw new Error(`the node did not say how long it took: ${stderr}`);
    return Number(seconds);
  };
}

/** A probe by itself, without frames, limits or nonce: what an operator would type. */
const alone = (probe: AnyProbe): string =>
  `PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C; export PATH LC_ALL
if [ "$(id -u)" = 0 ]; then as_root() { "$@"; }; else as_root() { sudo -n -- "$@"; }; fi
{ ${probe.script ?? ':'}
} </dev/null
`;

async function slowest(
  probes: readonly AnyProbe[],
  seconds: OnNode,
): Promise<{ readonly id: string; readonly text: string }> {
  const timed: { id: string; text: string; took: number }[] = [];
  for (const probe of probes) {
    const text = alone(probe);
    const tries = [await seconds(text), await seconds(text), await seconds(text)];
    timed.push({ id: probe.id, text, took: median(tries) });
  }
  timed.sort((a, b) => b.took - a.took);
  const [first] = timed;
  if (first === undefined) throw new Error('no probe');
  const words = timed.slice(0, 6).map(({ id, took }) => `${id} ${took.toFixed(3)}`);
  say(`slowest probes alone, in seconds: ${words.join(', ')}`);
  return first;
}

/**
 * The whole survey on a container node against its slowest single probe, both measured on the node. With firewalld
 * running, asking it is what takes longest; without it everything is quick, and starting processes is most of the cost,
 * a third of that sudo.
 */
async function surveyOnNode(name: string, firewalld: 'on' | 'off', user: Login): Promise<Figure> {
  const missing = missingForLab();
  if (missing !== null) return { name, skipped: `needs the lab: ${missing}` };
  const dir = mkdtempSync(join(tmpdir(), 'calico-ready-bench-lab-'));
  const lab = await up({ dir, count: 1, release: 'bookworm', ownedByThisProcess: true, say });
  try {
    if (firewalld === 'on') await breakNode(lab, 'node-1', 'firewalld');
    const probes = planProbes(catalogue, DEFAULT_INTENT);
    const collector = composeCollector(probes);
    const seconds = onNode(dir, user);
    const slow = await slowest(probes, seconds);
    return await fight({
      name,
      unit: 's',
      limit: 1.5,
      runs: RUNS,
      what: `collector, ${String(probes.length)} probes, firewalld ${firewalld}, as ${user === 'root' ? 'root' : 'a user with sudo -n'}`,
      measure: () => seconds(collector),
      peerWhat: `slowest probe alone, ${slow.id}`,
      measurePeer: () => seconds(slow.text),
    });
  } finally {
    await down(dir);
  }
}

export const surveys: Readonly<Record<string, () => Promise<Figure>>> = {
  survey: () => surveyOnNode('survey', 'on', 'lab'),
  'survey-root': () => surveyOnNode('survey-root', 'on', 'root'),
  'survey-quiet': () => surveyOnNode('survey-quiet', 'off', 'lab'),
  'survey-quiet-root': () => surveyOnNode('survey-quiet-root', 'off', 'root'),
};
