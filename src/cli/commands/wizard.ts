import { homedir, userInfo } from 'node:os';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DEFAULT_INTENT } from '../../domain/intent.js';
import { visibleLine } from '../../domain/visible.js';
import { deserialiseSession } from '../../session/snapshot/snapshot.js';
import { STEPS } from '../../session/steps.js';
import type { InitialSession } from '../../session/store.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { note } from '../io.js';
import type { CommonOptions } from '../options.js';
import { checkTransport, DEFAULT_KEYS } from '../wiring/access-files.js';
import { addRules } from '../wiring/catalogue.js';
import { chooseNodes } from '../wiring/inputs.js';
import { clock, randomHex } from '../wiring/run.js';
import { wizardTransport } from '../wizard/fleet-port.js';
import { needTerminal, runScreens, screenInput } from '../wizard/run.js';
import { lockSession } from '../wizard/session-lock.js';
import { createStateFiles, type StateFiles } from '../wizard/state-files.js';

type WizardOptions = CommonOptions & { readonly resume?: boolean };

type Start = { readonly session: InitialSession | null } | 'left';

/** What was saved, when the operator wants to go on with it; null to begin afresh. */
async function resumed(options: WizardOptions, files: StateFiles): Promise<Start> {
  const text = files.load();
  if (text === null) {
    if (options.resume === true) note('There is no saved session; starting a new one.');
    return { session: null };
  }
  const { session, reason } = deserialiseSession(text);
  if (session === null) {
    note(`The saved session cannot be used: ${visibleLine(reason)} Starting a new one.`);
    files.setAside();
    return { session: null };
  }
  if (session.nodes.length === 0) return { session: null };
  if (options.resume === true) return { session };
  const { offerResume } = await import('../../ui/offer-resume.js');
  const choice = await offerResume(screenInput(), {
    startedAt: session.startedAt,
    step: STEPS.find(({ id }) => id === session.step)?.title ?? session.step,
    nodes: session.nodes.length,
  });
  if (choice === 'fresh') files.setAside();
  return choice === 'left' ? choice : { session: choice === 'resume' ? session : null };
}

async function fresh(options: WizardOptions): Promise<InitialSession> {
  const { readIntent } = await import('../files/intent-file.js');
  const nodes =
    options.inventory === undefined && options.local !== true ? [] : await chooseNodes([], options);
  const files = {
    ...(options.inventory === undefined ? {} : { inventory: options.inventory }),
    ...(options.intent === undefined ? {} : { intent: options.intent }),
  };
  const keys = DEFAULT_KEYS.map((name) => join(homedir(), '.ssh', name)).filter((path) =>
    existsSync(path),
  );
  const stamp = new Date(clock.now()).toISOString().slice(0, 10);
  return {
    runId: randomHex(),
    startedAt: new Date(clock.now()).toISOString(),
    nodes,
    intent: options.intent === undefined ? DEFAULT_INTENT : await readIntent(options.intent),
    files,
    access: {
      user: userInfo().username,
      identityFiles: options.identity.length > 0 ? options.identity : keys,
      become: options.become === 'doas' ? 'none' : options.become,
      hostKey: options.hostKey,
    },
    exportSettings: {
      bundle: `calico-ready-${stamp}.tar.gz`,
      signKey: options.signKey ?? '',
      signer: userInfo().username,
    },
  };
}

/** `calico-ready` without a command: the nine steps. */
export async function runWizardCommand(options: WizardOptions): Promise<ExitCode> {
  needTerminal();
  checkTransport(options);
  await addRules(options.rules);
  const unlock = lockSession();
  // Also when a signal ends the process without coming back here.
  process.once('exit', unlock);
  const files = createStateFiles();
  const start = await resumed(options, files);
  if (start === 'left') return EXIT.cancelled;
  const initial = start.session ?? (await fresh(options));
  const how = await runScreens({
    options,
    initial,
    files,
    transport: (keeper) => wizardTransport(options, keeper),
  });
  if (how === 'left') note('The session is saved. Go on with: calico-ready --resume');
  return how === 'left' ? EXIT.cancelled : EXIT.good;
}
