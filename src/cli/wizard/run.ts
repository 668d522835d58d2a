import { InputError } from '../../domain/errors.js';
import { READINESS, type Readiness } from '../../domain/status.js';
import { visibleLine } from '../../domain/visible.js';
import type { SessionState } from '../../session/state.js';
import { createSessionStore, type InitialSession } from '../../session/store.js';
import type { ScreenInput } from '../../ui/run-screen.js';
import type { WizardEnd } from '../../ui/run-wizard.js';
import { note } from '../io.js';
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

const READINESS_WORD: Readonly<Record<Readiness, string>> = {
  [READINESS.ready]: 'ready',
  [READINESS.notReady]: 'not ready',
  [READINESS.unknown]: 'not known to be ready',
};

/** What stays on the terminal when the screens are gone: where everything is, and how it is verified. */
export function farewell({ exported, report }: SessionState): readonly string[] {
  if (exported === null) return [];
  const ready = report === null ? READINESS.unknown : report.readiness;
  return [
    `The fleet is ${READINESS_WORD[ready]}. Written:`,
    ...exported.files.map((path) => `  ${visibleLine(path, 4096)}`),
    visibleLine(
      exported.fingerprint === undefined
        ? exported.verifyCommand
        : `Verify it with: ${exported.verifyCommand}`,
      9000,
    ),
  ];
}

/** Wires the session to the world and shows it. Resolves when the operator left; the terminal is as before. */
export async function runScreens(run: WizardRun): Promise<WizardEnd> {
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
    const how = await runWizard({
      ...session,
      ...screen,
      saveNow: () => {
        run.files.saveNow(session.store.getState());
      },
    });
    if (how === 'done') for (const line of farewell(session.store.getState())) note(line);
    return how;
  } finally {
    await fleet.port.close();
  }
}
