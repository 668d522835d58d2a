import { homedir, userInfo } from 'node:os';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DEFAULT_INTENT } from '../../domain/intent.js';
import { visibleLine } from '../../domain/visible.js';
import { deserialiseSession } from '../../session/snapshot/snapshot.js';
import type { InitialSession } from '../../session/store.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { note } from '../io.js';
import type { CommonOptions } from '../options.js';
import { chooseNodes } from '../wiring/inputs.js';
import { askLine } from '../wiring/question.js';
import { clock, interruptible, randomHex } from '../wiring/run.js';
import { wizardTransport } from '../wizard/fleet-port.js';
import { needTerminal, runScreens } from '../wizard/run.js';
import { createStateFiles, type StateFiles } from '../wizard/state-files.js';

type WizardOptions = CommonOptions & { readonly resume?: boolean };

/** What was saved, when the operator wants to go on with it. */
async function resumed(options: WizardOptions, files: StateFiles): Promise<InitialSession | null> {
  const text = files.load();
  if (text === null) {
    if (options.resume === true) note('There is no saved session; starting a new one.');
    return null;
  }
  const { session, reason } = deserialiseSession(text);
  if (session === null) {
    note(`The saved session cannot be used: ${visibleLine(reason)} Starting a new one.`);
    return null;
  }
  if (session.nodes.length === 0) return null;
  if (options.resume === true) return session;
  if (options.inventory !== undefined || options.local === true) return null;
  return (await wantsIt(session)) ? session : null;
}

async function wantsIt(session: InitialSession): Promise<boolean> {
  const { signal, dispose } = interruptible();
  try {
    const when = session.startedAt.slice(0, 16).replace('T', ' ');
    const answer = await askLine(
      `A session of ${visibleLine(when)} UTC with ${String(session.nodes?.length ?? 0)} nodes was saved. Go on with it? [Y/n] `,
      signal,
    );
    return !/^n/i.test(answer.trim());
  } finally {
    dispose();
  }
}

const DEFAULT_KEYS = ['id_ed25519', 'id_ecdsa', 'id_rsa'];

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
  const files = createStateFiles();
  const initial = (await resumed(options, files)) ?? (await fresh(options));
  const how = await runScreens({
    options,
    initial,
    files,
    transport: (keeper) => wizardTransport(options, keeper),
  });
  if (how === 'left') note('The session is saved. Go on with: calico-ready --resume');
  return how === 'left' ? EXIT.cancelled : EXIT.good;
}
