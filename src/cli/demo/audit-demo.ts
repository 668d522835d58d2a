import { allowedSignersLine, ephemeralSigner } from '../../bundle/ephemeral-signer.js';
import { shellWord } from '../../domain/shell-word.js';
import type { Signer } from '../../domain/signer.js';
import { render } from '../../report/render.js';
import { createHostKeyPins } from '../../transport/ssh/host-key-pins.js';
import { EXIT, exitOfReadiness, type ExitCode } from '../exit-codes.js';
import { readIntent } from '../files/intent-file.js';
import { writeText } from '../files/write-text.js';
import { emit, mayColour, note, widthOf } from '../io.js';
import { ask, judgeFleet, type Judged } from '../wiring/asker.js';
import { checkDestinations } from '../wiring/destinations.js';
import { checkBundleOptions, exportBundle, openSigner } from '../wiring/bundle.js';
import { progressLine } from '../wiring/progress.js';
import { clock, interruptible, randomHex } from '../wiring/run.js';
import { localUser } from '../wiring/ssh-config/local-user.js';
import { terminalSecrets } from '../wiring/secrets.js';
import type { DemoOptions } from './demo-options.js';
import { createDemoFleet } from './demo-transport.js';
import { COMPOSED_NOTE, DEMO_INTENT, DEMO_NODES, DEMO_PRINCIPAL } from './fleet.js';

const TIMEOUT_SECONDS = 60;

/** The demo has a key of its own for bundles that name none. */
function checkBundle(options: DemoOptions): void {
  const named = options.signKey !== undefined || options.unsigned === true;
  checkBundleOptions(named ? options : { ...options, signKey: DEMO_PRINCIPAL });
}

type Signing = {
  readonly signer: Signer | null;
  readonly operator: string;
  /** What the receiver verifies with, where the operator cannot know it otherwise. */
  readonly allowedSigners?: string;
  readonly secrets: readonly string[];
};

async function signing(options: DemoOptions, signal: AbortSignal): Promise<Signing> {
  if (options.signKey !== undefined) {
    const secrets = await terminalSecrets({});
    const signer = await openSigner(options.signKey, secrets.broker, signal);
    return { signer, operator: localUser().username, secrets: secrets.typed() };
  }
  if (options.unsigned === true)
    return { signer: null, operator: localUser().username, secrets: [] };
  const signer = ephemeralSigner(DEMO_PRINCIPAL);
  const allowedSigners = allowedSignersLine(DEMO_PRINCIPAL, signer.publicBlob);
  return { signer, operator: DEMO_PRINCIPAL, allowedSigners, secrets: [] };
}

async function writeBundle(
  path: string,
  judged: Judged,
  options: DemoOptions,
  signal: AbortSignal,
): Promise<void> {
  const { signer, operator, allowedSigners, secrets } = await signing(options, signal);
  const written = await exportBundle(path, judged, signer, { operator, changes: [], secrets });
  const by =
    written.fingerprint === undefined ? 'NOT SIGNED' : `signed with ${written.fingerprint}`;
  note(`Bundle ${written.path} written, ${String(written.files)} files, ${by}.`);
  if (allowedSigners === undefined) return;
  const signers = `${written.path}.allowed-signers`;
  await writeText(signers, allowedSigners);
  const words = [written.path, '--allowed-signers', signers, '--signer', DEMO_PRINCIPAL];
  note(`Verify it: calico-ready verify ${words.map(shellWord).join(' ')}`);
}

async function survey(options: DemoOptions, signal: AbortSignal): Promise<Judged> {
  const intent = options.intent === undefined ? DEMO_INTENT : await readIntent(options.intent);
  const fleet = createDemoFleet({ answerMs: 0 });
  const progress = progressLine(DEMO_NODES.length);
  try {
    const startedAt = clock.now();
    const evidence = await ask(DEMO_NODES, intent, {
      become: 'auto',
      concurrency: DEMO_NODES.length,
      timeout: TIMEOUT_SECONDS,
      transport: fleet.transport(createHostKeyPins()),
      signal,
      onProgress: progress.tell,
    });
    return judgeFleet(DEMO_NODES, evidence, intent, [], { id: randomHex(), startedAt, demo: true });
  } finally {
    progress.clear();
    await fleet.close();
  }
}

/** Audits the embedded fleet over SSH and prints the report. Rejects with OperatorError. */
export async function auditDemo(options: DemoOptions): Promise<ExitCode> {
  checkBundle(options);
  await checkDestinations(options);
  const { signal, dispose } = interruptible();
  try {
    const judged = await survey(options, signal);
    note(`DEMO: recorded nodes, not real machines. ${COMPOSED_NOTE}`);
    const colour = options.output === undefined && mayColour(process.stdout);
    const text = render(judged.report, options.format, { colour, width: widthOf(process.stdout) });
    await emit(text, options.output);
    if (options.bundle !== undefined) await writeBundle(options.bundle, judged, options, signal);
    return signal.aborted ? EXIT.cancelled : exitOfReadiness(judged.report.readiness);
  } finally {
    dispose();
  }
}
