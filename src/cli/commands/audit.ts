import type { NodeEvidence } from '../../domain/evidence.js';
import { sharedHostKeys } from '../../engine/peers.js';
import type { Signer } from '../../domain/signer.js';
import type { Reach } from '../../report/fix-line.js';
import { render } from '../../report/render.js';
import { EXIT, exitOfReadiness, type ExitCode } from '../exit-codes.js';
import { emit, mayColour, note, widthOf } from '../io.js';
import type { CommonOptions } from '../options.js';
import { reachOf } from '../reach.js';
import { ask, headlessTransport, judgeFleet, type Judged } from '../wiring/asker.js';
import { checkDestinations } from '../wiring/destinations.js';
import { readInputs, type Inputs } from '../wiring/inputs.js';
import { progressLine } from '../wiring/progress.js';
import { clock, interruptible, randomHex } from '../wiring/run.js';
import { localUser } from '../wiring/ssh-config/local-user.js';
import { terminalSecrets, type SecretKeeper } from '../wiring/secrets.js';

/** Loaded for `--bundle` alone: its packing and signing are no part of other audits. */
const bundling = () => import('../wiring/bundle.js');

async function gather(
  inputs: Inputs,
  options: CommonOptions,
  secrets: SecretKeeper,
  signal: AbortSignal,
): Promise<readonly NodeEvidence[]> {
  if (inputs.recorded !== undefined) return inputs.recorded.map(({ evidence }) => evidence);
  const progress = progressLine(inputs.nodes.length);
  try {
    return await ask(inputs.nodes, inputs.intent, {
      ...options,
      transport: headlessTransport(options, secrets),
      signal,
      onProgress: progress.tell,
    });
  } finally {
    progress.clear();
  }
}

/** Prints the report and, when asked to, writes the bundle. */
export async function deliver(
  judged: Judged,
  options: Pick<CommonOptions, 'format' | 'output' | 'bundle'>,
  secrets: SecretKeeper,
  signer: Signer | null,
  reach: Reach | undefined,
): Promise<void> {
  const colour = options.output === undefined && mayColour(process.stdout);
  const width = widthOf(process.stdout);
  const human = { colour, width, ...(reach === undefined ? {} : { reach }) };
  await emit(render(judged.report, options.format, human), options.output);
  if (options.bundle === undefined) return;
  const { exportBundle } = await bundling();
  const written = await exportBundle(options.bundle, judged, signer, {
    operator: localUser().username,
    changes: [],
    secrets: secrets.typed(),
  });
  note(
    `Bundle ${written.path} written, ${String(written.files)} files, ${written.fingerprint === undefined ? 'NOT SIGNED' : `signed with ${written.fingerprint}`}.`,
  );
}

/** Before any node is asked: a key that cannot be opened, or a wrong passphrase, must not cost a survey. */
async function signerOf(
  { bundle, signKey }: CommonOptions,
  secrets: SecretKeeper,
  signal: AbortSignal,
): Promise<Signer | null> {
  if (bundle === undefined || signKey === undefined) return null;
  const { openSigner } = await bundling();
  return openSigner(signKey, secrets.broker, signal);
}

/** `calico-ready audit`: asks, judges, prints. Changes nothing on any node. */
export async function runAudit(
  names: readonly string[],
  options: CommonOptions,
): Promise<ExitCode> {
  if (options.bundle !== undefined) (await bundling()).checkBundleOptions(options);
  await checkDestinations(options);
  const inputs = await readInputs(names, options);
  const secrets = await terminalSecrets(options);
  const { signal, dispose } = interruptible();
  try {
    const signer = await signerOf(options, secrets, signal);
    const startedAt = clock.now();
    const evidence = await gather(inputs, options, secrets, signal);
    for (const text of sharedHostKeys(evidence)) note(`note: ${text}`);
    const run = { id: randomHex(), startedAt, ...(inputs.demo === true ? { demo: true } : {}) };
    const judged = judgeFleet(inputs.nodes, evidence, inputs.intent, inputs.waivers, run);
    const reach = inputs.recorded === undefined ? reachOf(names, inputs.nodes, options) : undefined;
    await deliver(judged, options, secrets, signer, reach);
    return signal.aborted ? EXIT.cancelled : exitOfReadiness(judged.report.readiness);
  } finally {
    dispose();
  }
}
