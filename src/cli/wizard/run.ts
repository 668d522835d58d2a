import { catalogue } from '../../../checks/index.js';
import { InputError } from '../../domain/errors.js';
import { createSessionStore, type InitialSession } from '../../session/store.js';
import type { CommonOptions } from '../options.js';
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

const isUtf8 = (): boolean =>
  /utf-?8/i.test(process.env['LC_ALL'] ?? process.env['LC_CTYPE'] ?? process.env['LANG'] ?? '');

/** Wires the session to the world and shows it. Resolves when the operator left; the terminal is as before. */
export async function runScreens(run: WizardRun): Promise<'done' | 'left'> {
  const { runWizard } = await import('../../ui/run-wizard.js');
  const prompts = createPromptQueue();
  const fleet = createFleet(run.options, run.transport(prompts.keeper), prompts.forgetSudo);
  const fixes = createFixPort(fleet, prompts.forgetSudo);
  const session = createSessionStore(
    {
      catalogue,
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
      stdin: process.stdin,
      stdout: process.stdout,
      events: process,
      saveNow: () => {
        run.files.saveNow(session.store.getState());
      },
      options: {
        noColor: (process.env['NO_COLOR'] ?? '') !== '' || process.env['TERM'] === 'dumb',
        ascii: !isUtf8(),
        screenReader: process.env['INK_SCREEN_READER'] === 'true',
      },
    });
  } finally {
    await fleet.port.close();
  }
}
