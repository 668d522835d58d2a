import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '../../domain/errors.js';
import { DEFAULT_INTENT } from '../../domain/intent.js';
import { visibleLine } from '../../domain/visible.js';
import { resumeLine } from '../../session/selectors/command-line.js';
import { deserialiseSession, type SavedSession } from '../../session/snapshot/snapshot.js';
import type { Notice } from '../../session/state.js';
import { STEPS } from '../../session/steps.js';
import type { InitialSession } from '../../session/store.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { note } from '../io.js';
import { DEFAULT_CONCURRENCY, DEFAULT_TIMEOUT, type CommonOptions } from '../options.js';
import { absolutePath, checkAccessFiles, DEFAULT_KEYS } from '../wiring/access-files.js';
import { addRules, currentCatalogue } from '../wiring/catalogue.js';
import { chooseNodes } from '../wiring/inputs.js';
import { clock, randomHex } from '../wiring/run.js';
import { homeFolder, localUser } from '../wiring/ssh-config/local-user.js';
import { wizardTransport } from '../wizard/fleet-port.js';
import { needTerminal, runScreens, screenInput } from '../wizard/run.js';
import { lockSession } from '../wizard/session-lock.js';
import { rulesOfSession } from '../wizard/session-rules.js';
import { createStateFiles, type StateFiles } from '../wizard/state-files.js';

type WizardOptions = CommonOptions & { readonly resume?: boolean };

type Start = { readonly session: SavedSession | null } | 'left';

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
  const [{ readIntent }, { readWaivers }] = await Promise.all([
    import('../files/intent-file.js'),
    import('../files/waivers-file.js'),
  ]);
  const { waivers } = options;
  const nodes =
    options.inventory === undefined && options.local !== true ? [] : await chooseNodes([], options);
  const files = {
    ...(options.inventory === undefined ? {} : { inventory: options.inventory }),
    ...(options.intent === undefined ? {} : { intent: options.intent }),
  };
  const keys = DEFAULT_KEYS.map((name) => join(homeFolder(), '.ssh', name)).filter((path) =>
    existsSync(path),
  );
  return {
    runId: randomHex(),
    startedAt: new Date(clock.now()).toISOString(),
    nodes,
    intent: options.intent === undefined ? DEFAULT_INTENT : await readIntent(options.intent),
    files,
    ...(waivers === undefined ? {} : { waivers: await readWaivers(waivers, currentCatalogue()) }),
    access: {
      user: localUser().username,
      identityFiles: options.identity.length > 0 ? options.identity : keys,
      become: options.become,
      hostKey: options.hostKey,
    },
    exportSettings: {
      // The Export step offers a name, and a key where there is one.
      bundle: '',
      signKey: options.signKey ?? '',
      signer: localUser().username,
    },
  };
}

/** Words that say the same as the flags of this start which no screen changes. */
function flagsOf(options: WizardOptions): readonly string[] {
  const { config, knownHosts, transport, concurrency, timeout } = options;
  return [
    ...(config === undefined ? [] : ['--config', absolutePath(config)]),
    ...(knownHosts === undefined ? [] : ['--known-hosts', absolutePath(knownHosts)]),
    ...(transport === undefined ? [] : ['--transport', transport]),
    ...(options.becomeShell === true ? ['--become-shell'] : []),
    ...(concurrency === DEFAULT_CONCURRENCY ? [] : ['--concurrency', String(concurrency)]),
    ...(timeout === DEFAULT_TIMEOUT ? [] : ['--timeout', String(timeout)]),
  ];
}

/** Throws InputError for a flag that the wizard cannot follow, rather than leave it out without a word. */
function refuseWhatItCannot({ from, passwordFd, becomePasswordFd }: WizardOptions): void {
  if (from !== undefined)
    throw new InputError(
      'The wizard asks nodes; --from is for evidence that is recorded already.',
      'Run calico-ready audit --from PATH.',
    );
  if (passwordFd !== undefined || becomePasswordFd !== undefined)
    throw new InputError(
      'The wizard asks for passwords on its screen; it reads none from a file descriptor.',
      'Leave the flag out, or run calico-ready audit with it.',
    );
}

/** What a session that is taken up again says of the flags it does not follow. */
function unfollowed(options: WizardOptions): Notice | undefined {
  const named = (['inventory', 'intent', 'waivers', 'local'] as const).filter(
    (flag) => options[flag] !== undefined,
  );
  if (named.length === 0) return undefined;
  const flags = named.map((flag) => `--${flag}`).join(' and ');
  return {
    level: 'warning',
    text: `The saved session goes on as it was; ${flags} of this start was not read.`,
  };
}

/** `calico-ready` without a command: the nine steps. */
export async function runWizardCommand(options: WizardOptions): Promise<ExitCode> {
  refuseWhatItCannot(options);
  needTerminal();
  checkAccessFiles(options);
  await addRules(options.rules);
  const unlock = lockSession();
  // Also when a signal ends the process without coming back here.
  process.once('exit', unlock);
  const files = createStateFiles();
  const start = await resumed(options, files);
  if (start === 'left') return EXIT.cancelled;
  const saved = start.session;
  const { rules, evidence, notice } = await rulesOfSession(options.rules, saved);
  const initial = saved ?? (await fresh(options));
  const said = notice ?? (saved === null ? undefined : unfollowed(options));
  const flags = flagsOf(options);
  // A signal leaves no time for more than this.
  const lastSave: StateFiles['saveNow'] = (state) => {
    try {
      files.saveNow(state);
    } finally {
      unlock();
    }
  };
  const how = await runScreens({
    options,
    initial: {
      ...initial,
      evidence,
      files: { ...initial.files, ...(rules === undefined ? {} : { rules }) },
      flags,
      ...(said === undefined ? {} : { notice: said }),
    },
    files: { ...files, saveNow: lastSave },
    transport: (keeper) => wizardTransport(options, keeper),
  });
  if (how !== 'done')
    note(`The session is saved. Go on with: ${visibleLine(resumeLine(flags), 1000)}`);
  if (how === 'demo') {
    unlock();
    const { showDemo } = await import('../demo/show-demo.js');
    return showDemo({ format: options.format, profile: options.profile });
  }
  return how === 'left' ? EXIT.cancelled : EXIT.good;
}
