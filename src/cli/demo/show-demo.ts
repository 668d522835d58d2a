import { ephemeralSigner } from '../../bundle/ephemeral-signer.js';
import { READINESS } from '../../domain/status.js';
import type { SessionState } from '../../session/state.js';
import type { InitialSession } from '../../session/store.js';
import { EXIT, exitOfReadiness, type ExitCode } from '../exit-codes.js';
import type { CommonOptions } from '../options.js';
import { clock, randomHex } from '../wiring/run.js';
import { localUser } from '../wiring/ssh-config/local-user.js';
import { needTerminal, runScreens } from '../wizard/run.js';
import type { StateFiles } from '../wizard/state-files.js';
import type { DemoOptions } from './demo-options.js';
import { createDemoFleet } from './demo-transport.js';
import { COMPOSED_NOTE, DEMO_INTENT, DEMO_NODES, DEMO_PRINCIPAL, DEMO_USER } from './fleet.js';

/** How long a node takes for a survey, so that it can be watched. */
const ANSWER_MS = 1_500;

/** A demo is not kept: the user's own saved session stays what it is. */
function inMemory(): StateFiles & { readonly last: () => SessionState | null } {
  let last: SessionState | null = null;
  return {
    save: (state) => {
      last = state;
      return Promise.resolve();
    },
    saveNow: (state) => {
      last = state;
    },
    load: () => null,
    setAside: () => undefined,
    last: () => last,
  };
}

async function firstState(options: DemoOptions): Promise<InitialSession> {
  const { readIntent } = await import('../files/intent-file.js');
  const now = new Date(clock.now()).toISOString();
  return {
    demo: true,
    runId: randomHex(),
    startedAt: now,
    nodes: DEMO_NODES,
    intent: options.intent === undefined ? DEMO_INTENT : await readIntent(options.intent),
    files: options.intent === undefined ? {} : { intent: options.intent },
    access: { user: DEMO_USER, identityFiles: [], become: 'auto', hostKey: 'strict' },
    exportSettings: {
      bundle: options.bundle ?? 'calico-ready-demo.tar.gz',
      signKey: options.signKey ?? '',
      signer: options.signKey === undefined ? DEMO_PRINCIPAL : localUser().username,
    },
    notice: { level: 'info', text: `Recorded nodes, not real machines. ${COMPOSED_NOTE}` },
  };
}

/** The flags that `demo` does not take; the demo's transport asks for no key and no password. */
const accessOptions = (options: DemoOptions): CommonOptions => ({
  ...options,
  become: 'auto',
  concurrency: DEMO_NODES.length,
  timeout: 60,
  identity: [],
  hostKey: 'strict',
});

/** The nine steps on the embedded fleet. Throws InputError without a terminal. */
export async function showDemo(options: DemoOptions): Promise<ExitCode> {
  needTerminal();
  const fleet = createDemoFleet({ answerMs: ANSWER_MS });
  const files = inMemory();
  try {
    const how = await runScreens({
      options: accessOptions(options),
      initial: await firstState(options),
      files,
      transport: () => (_settings, pins) => fleet.transport(pins),
      demoSigner: ephemeralSigner(DEMO_PRINCIPAL),
    });
    if (how !== 'done') return EXIT.cancelled;
    return exitOfReadiness(files.last()?.report?.readiness ?? READINESS.unknown);
  } finally {
    await fleet.close();
  }
}
