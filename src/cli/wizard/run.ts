import { InputError } from '../../domain/errors.js';
import { createSessionStore, type InitialSession } from '../../session/store.js';
import type { ScreenInput } from '../../ui/run-screen.js';
import type { CommonOptions } from '../options.js';
import { currentCatalogue } from '../wiring/catalogue.js';
import { clock, sha256 } from '../wiring/run.js';
import { TOOL } from '../version.js';
import { createExportPort, type ExportContext } from './export-port.js';
import { createFilesPort } from './files-port.js';
import { createFixPort } from './fix-port.js';
import { createFleet, type TransportFactory } from './fleet-port.js';
import { createPromptQueue } from './prompt-queue.js';
import type { StateFiles } from './state-files.js';
import type { SecretKeeper } from '../wiring/secrets.js';

export type WizardRun = {
  readonly options: CommonOptions;
  readonly initial: InitialSession;
  readonly files: StateFiles;
  readonly transport: (keeper: SecretKeeper) => TransportFactory;
  readonly demoSigner?: ExportContext['demoSigner'];
};

/** Throws InputError where no screens can be shown. */
export function needTerminal(): void {
  if (!process.stdin.isTTY || !process.stdout.isTTY) {
    throw new InputError(
      'The wizard needs a terminal.',
      'Run it in a terminal, or use calico-ready audit.',
    );
  }
}

// POSIX: an empty variable counts as one that is not set.
const isUtf8 = (): boolean =>
  /utf-?8/i.test(process.env['LC_ALL'] || process.env['LC_CTYPE'] || process.env['LANG'] || '');

/** The terminal, and what the environment says of it. */
export function screenInput(): ScreenInput {
  // Ink draws nothing until the end when CI is set, and colour goes by it too; who started the wizard on a terminal
  // wants to see it.
  delete process.env['CI'];
  return {
    stdin: process.stdin,
    stdout: process.stdout,
    events: process,
    options: {
      noColor: (process.env['NO_COLOR'] ?? '') !== '' || process.env['TERM'] === 'dumb',
      ascii: !isUtf8(),
      screenReader: process.env['INK_SCREEN_READER'] === 'true',
    },
  };
}

/** Wires the session to the world and shows it. Resolves when the operator left; the terminal is as before. */
export async function runScreens(run: WizardRun): Promise<'done' | 'left'> {
  // Before Ink is loaded, which reads the environment then.
  const screen = screenInput();
  const { runWizard } = await import('../../ui/run-wizard.js');
  const prompts = createPromptQueue();
  const fleet = createFleet(run.options, run.transport(prompts.keeper), prompts.forgetSudo);
  const fixes = createFixPort(fleet, prompts.forgetSudo);
  const session = createSessionStore(
    {
      catalogue: currentCatalogue(),
      tool: TOOL,
      clock: { now: clock.now },
      sha256,
      fleet: fleet.port,
      fixer: fixes.port,
      files: createFilesPort(run.files, run.options.config),
      exporter: createExportPort({
        keeper: prompts.keeper,
        changes: fixes.changes,
        ...(run.demoSigner === undefined ? {} : { demoSigner: run.demoSigner }),
      }),
      prompts: prompts.port,
    },
    run.initial,
  );
  try {
    return await runWizard({
      ...session,
      ...screen,
      saveNow: () => {
        run.files.saveNow(session.store.getState());
      },
    });
  } finally {
    await fleet.port.close();
  }
}
