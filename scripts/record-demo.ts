import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { catalogue } from '../checks/index.js';
import { applyFix, undoChange } from '../src/change/run.js';
import type { ChangeOutcome } from '../src/change/types.js';
import { COMPOSED_NODE, COMPOSED_NOTE, DEMO_INTENT, DEMO_NODES } from '../src/cli/demo/fleet.js';
import type {
  NodeRecording,
  RecordedAnswer,
  RecordedAnswers,
  RecordedChange,
  RecordedRun,
} from '../src/cli/demo/recording.js';
import { judgeFleet, type Judged } from '../src/cli/wiring/asker.js';
import { changeOptions } from '../src/cli/wiring/changes.js';
import type { NodeEvidence } from '../src/domain/evidence.js';
import type { Fix } from '../src/domain/fix.js';
import type { InventoryNode } from '../src/domain/inventory.js';
import { READINESS, STATUS } from '../src/domain/status.js';
import type { Session } from '../src/domain/transport.js';
import { allProbes } from '../src/engine/plan.js';
import { createHostKeyPins } from '../src/transport/ssh/host-key-pins.js';
import { createSshTransport } from '../src/transport/ssh/ssh-transport.js';
import { answersOf, differing, text } from './demo-answers.js';
import { breakNode } from './lab/break.js';
import { down, labFiles, sshRun, up } from './lab/lab.js';
import type { LabRelease } from './lab/recipe.js';
import type { LabState } from './lab/state.js';
import { surveyLabNode } from './record-node.js';

// Records the machines of `calico-ready demo`: npx tsx scripts/record-demo.ts (root; 1 to 2 minutes). To be run again
// when a probe is new or changed, or a change script is.

const FLEET = new URL('../src/cli/demo/fleet/', import.meta.url).pathname;
const LAB_NODE = 'node-1';
const CHANGE_ID = 'demo-recording';
const PROBES = allProbes(catalogue).filter((probe) => probe.script !== null);
const never = new AbortController().signal;

type Plan = {
  readonly name: string;
  readonly release: LabRelease;
  /** Makes the machine what it is in the demo. */
  readonly prepare: (lab: LabState) => Promise<void>;
  /** The check that fails there, and the way of its fix; none where all is well, or nothing mends it. */
  readonly change?: { readonly check: string; readonly way: string };
};

const onNode = async (lab: LabState, command: string): Promise<void> => {
  const { code, stderr } = await sshRun(lab.dir, LAB_NODE, command, { user: 'root' });
  if (code !== 0) throw new Error(`${command} ended ${String(code)}: ${stderr}`);
};

/** As Calico's documentation words it, by the hand of an administrator. */
const NM_FILE = `[keyfile]
unmanaged-devices=interface-name:cali*;interface-name:tunl*;interface-name:vxlan.calico;interface-name:vxlan-v6.calico;interface-name:wireguard.cali;interface-name:wg-v6.cali
`;
const configureNetworkManager = (lab: LabState): Promise<void> =>
  onNode(
    lab,
    `printf '%s' '${NM_FILE}' > /etc/NetworkManager/conf.d/calico.conf && nmcli general reload conf`,
  );

const MACHINES: readonly Plan[] = [
  { name: 'rack1-a', release: 'bookworm', prepare: configureNetworkManager },
  {
    name: 'rack1-b',
    release: 'trixie',
    prepare: () => Promise.resolve(),
    change: { check: 'interfaces/networkmanager', way: 'unmanaged' },
  },
  {
    name: 'rack2-a',
    release: 'sid',
    prepare: async (lab) => {
      await configureNetworkManager(lab);
      await breakNode(lab, LAB_NODE, 'firewalld');
    },
    change: { check: 'firewall/firewalld', way: 'disable' },
  },
  { name: COMPOSED_NODE, release: 'bullseye', prepare: configureNetworkManager },
];

const rename = (lab: LabState, name: string): Promise<void> =>
  onNode(
    lab,
    `echo ${name} > /etc/hostname && sed -i 's/${LAB_NODE}$/${name}/' /etc/hosts && hostname ${name}`,
  );

const survey = async (lab: LabState, name: string): Promise<NodeEvidence> => {
  const evidence = await surveyLabNode(lab.dir, LAB_NODE, PROBES);
  if (evidence.unreached !== undefined) throw new Error(`${name}: ${evidence.unreached}`);
  return evidence;
};

const judge = (node: InventoryNode, evidence: NodeEvidence): Judged =>
  judgeFleet([node], [evidence], DEMO_INTENT, [], { id: 'recording', startedAt: Date.now() });

const statusOf = (judged: Judged, check: string): string | undefined =>
  judged.report.nodes[0]?.findings.find((finding) => finding.check === check)?.status;

function expect(good: boolean, what: string): void {
  if (!good) throw new Error(`the recording is not what the demo needs: ${what}`);
}

/** The way an operator comes: as the login user, root by `sudo -n`, with the product's own transport. */
async function openSession(lab: LabState): Promise<Session> {
  const files = labFiles(lab.dir);
  const transport = createSshTransport({
    defaultUser: 'lab',
    identityFiles: [files.identity],
    agentSocket: undefined,
    knownHostsFiles: { user: [files.knownHosts], system: [], write: null },
    hostKeyPolicy: 'strict',
    pins: createHostKeyPins(),
    onUnknownHostKey: () => undefined,
    broker: { ask: () => Promise.resolve(null) },
  });
  const host = lab.nodes[0]?.address ?? '';
  return transport.open({ name: LAB_NODE, host, roles: [] }, never);
}

/** Does one change over a session, and keeps the script's hash and what the machine printed. */
async function recordRun(
  session: Session,
  nonce: string,
  change: (session: Session) => Promise<ChangeOutcome>,
  wanted: ChangeOutcome['phase'],
): Promise<RecordedRun> {
  let script = '';
  let exit = -1;
  const printed: Uint8Array[] = [];
  const { phase, message } = await change({
    ...session,
    run: async (request, signal) => {
      script = request.script;
      const onStdout = (chunk: Uint8Array): void => {
        printed.push(chunk);
        request.onStdout(chunk);
      };
      const end = await session.run({ ...request, onStdout }, signal);
      if (end.kind === 'exited') exit = end.code;
      return end;
    },
  });
  if (phase !== wanted) throw new Error(message);
  return {
    sha256: createHash('sha256')
      .update(script.slice(script.indexOf('\n') + 1))
      .digest('hex'),
    stdout: text(Buffer.concat(printed), 'the change')
      .replaceAll(nonce, '{nonce}')
      .replaceAll(CHANGE_ID, '{change}'),
    exit,
  };
}

const PATIENCE_MS = 20_000;

/** What still differs when all should be as before: firewalld goes on loading its rules after systemd calls it active. */
async function untilBack(
  ask: () => Promise<NodeEvidence>,
  before: NodeEvidence,
): Promise<readonly string[]> {
  const end = Date.now() + PATIENCE_MS;
  for (;;) {
    const back = Object.keys(differing(answersOf(before), answersOf(await ask())));
    if (back.length === 0 || Date.now() > end) return back;
  }
}

async function recordChange(
  lab: LabState,
  node: InventoryNode,
  before: NodeEvidence,
  { check, way }: NonNullable<Plan['change']>,
): Promise<RecordedChange> {
  const judged = judge(node, before);
  expect(statusOf(judged, check) === STATUS.fail, `${check} fails before the change`);
  const fix: Fix | undefined = judged.fixes
    .get(node.name)
    ?.get(check)
    ?.find((one) => one.way === way);
  if (fix === undefined) throw new Error(`${check} offers no fix ${way}`);
  const session = await openSession(lab);
  const nonce = randomBytes(16).toString('hex');
  const options = { ...changeOptions(node, never), nonce, changeId: CHANGE_ID };
  try {
    const apply = await recordRun(
      session,
      nonce,
      (one) => applyFix(one, { check, fix }, options),
      'applied',
    );
    const after = await survey(lab, node.name);
    const mended = judge(node, after);
    expect(statusOf(mended, check) === STATUS.pass, `${check} passes after the change`);
    expect(mended.report.nodes[0]?.readiness === READINESS.ready, `${node.name} is then ready`);
    const undo = await recordRun(session, nonce, (one) => undoChange(one, options), 'undone');
    const back = await untilBack(() => survey(lab, node.name), before);
    expect(back.length === 0, `after the undo: ${back.join(', ')}`);
    return { check, way, apply, undo, answers: differing(answersOf(before), answersOf(after)) };
  } finally {
    await session.close();
  }
}

const OLD_RELEASE = '3.2.0-4-amd64';

/** Puts Debian 7's kernel release in place of the real one, wherever the machine printed it. */
function composeOldKernel(answers: RecordedAnswers): RecordedAnswers {
  const release = answers['uname-r']?.stdout.trim() ?? '';
  expect(release !== '', 'uname -r answers');
  const composed = Object.entries(answers).map(([probe, answer]): [string, RecordedAnswer] => {
    const stdout = answer.stdout.replaceAll(release, OLD_RELEASE);
    // The part of `uname -a` that tells the build is free text, and says here what it is.
    const words = stdout.replace(
      / #\d.* (x86_64|aarch64|ppc64le|s390x) /,
      ' #1 composed by hand for the demo $1 ',
    );
    return [probe, { ...answer, stdout: probe === 'uname-a' ? words : stdout }];
  });
  return Object.fromEntries(composed);
}

async function recordMachine(lab: LabState, plan: Plan): Promise<NodeRecording> {
  const node = DEMO_NODES.find(({ name }) => name === plan.name);
  if (node === undefined) throw new Error(`the demo has no node ${plan.name}`);
  await rename(lab, plan.name);
  await plan.prepare(lab);
  const before = await survey(lab, plan.name);
  const changes =
    plan.change === undefined ? [] : [await recordChange(lab, node, before, plan.change)];
  if (plan.change === undefined)
    expect(
      judge(node, before).report.nodes[0]?.readiness === READINESS.ready,
      `${plan.name} is ready`,
    );
  const composed = plan.name === COMPOSED_NODE;
  return {
    name: plan.name,
    recordedAt: new Date(before.startedAt).toISOString(),
    ...(composed ? { composed: COMPOSED_NOTE } : {}),
    answers: composed ? composeOldKernel(answersOf(before)) : answersOf(before),
    changes,
  };
}

const upLab = async ({ release }: Plan): Promise<LabState> => {
  const dir = await mkdtemp(join(tmpdir(), 'calico-ready-record-'));
  const say = (line: string): void => {
    console.error(line);
  };
  return up({ dir, count: 1, release, ownedByThisProcess: true, say });
};

// All of them at once, so that each has addresses of its own.
const started = await Promise.allSettled(MACHINES.map(upLab));
try {
  for (const [index, plan] of MACHINES.entries()) {
    const lab = started[index];
    if (lab?.status !== 'fulfilled') throw lab?.reason;
    const recording = await recordMachine(lab.value, plan);
    await writeFile(join(FLEET, `${plan.name}.json`), `${JSON.stringify(recording, null, 2)}\n`);
    const changed = recording.changes.map(({ answers }) => Object.keys(answers).join(', '));
    console.log([plan.name, plan.release, ...changed].join(': '));
  }
} finally {
  for (const lab of started) if (lab.status === 'fulfilled') await down(lab.value.dir);
}
