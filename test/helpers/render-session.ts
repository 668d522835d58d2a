import { EventEmitter } from 'node:events';
import type { InventoryNode } from '../../src/domain/inventory.js';
import type { SessionState } from '../../src/session/state.js';
import { createSessionStore, type SessionStore } from '../../src/session/store.js';
import { runWizard, type WizardEnd, type WizardOptions } from '../../src/ui/run-wizard.js';
import { fakePorts, inventoryNode, type FakeNode, type FakePorts } from './fake-ports.js';
import { Screen } from './screen.js';

export type WizardRun = SessionStore & {
  readonly screen: Screen;
  readonly fake: FakePorts;
  readonly events: EventEmitter;
  readonly result: Promise<WizardEnd>;
  readonly state: () => SessionState;
};

type Setting = {
  readonly world?: Record<string, FakeNode>;
  readonly initial?: Partial<SessionState>;
  readonly columns?: number;
  readonly rows?: number;
  readonly options?: WizardOptions;
  /** Runs before the first frame, to bring the session somewhere. */
  readonly before?: (session: SessionStore, fake: FakePorts) => Promise<void> | void;
};

const open: WizardRun[] = [];

/** The real wizard over the real session store and a scripted world, on a terminal emulator. */
export async function startWizard(setting: Setting = {}): Promise<WizardRun> {
  const world = setting.world ?? {};
  const fake = fakePorts(world);
  const nodes: readonly InventoryNode[] = Object.keys(world).map(inventoryNode);
  const session = createSessionStore(fake.ports, {
    runId: 'run-1',
    startedAt: '2026-03-01T12:00:00.000Z',
    nodes,
    ...setting.initial,
  });
  await setting.before?.(session, fake);
  const screen = new Screen(setting.columns, setting.rows);
  const events = new EventEmitter();
  const result = runWizard({
    ...session,
    stdin: screen.stdin,
    stdout: screen.stdout,
    events,
    saveNow: () => {
      fake.ports.files.saveNow(session.store.getState());
    },
    options: setting.options,
  });
  const run = { ...session, screen, fake, events, result, state: session.store.getState };
  open.push(run);
  return run;
}

/** Connects and surveys, as an operator would have by then. */
export async function surveyed({ actions }: SessionStore): Promise<void> {
  await actions.openAccess();
  await actions.runSurvey();
}

/** Ends what a test left open. */
export async function closeWizards(): Promise<void> {
  for (const run of open.splice(0)) {
    run.events.emit('SIGTERM', 'SIGTERM');
    await run.result;
  }
}
