import {
  createSessionStore,
  type InitialSession,
  type SessionStore,
} from '../../src/session/store.js';
import type { FixItem, SessionState } from '../../src/session/state.js';
import { fakePorts, inventoryNode, type FakeNode, type FakePorts } from '../helpers/fake-ports.js';

export type TestSession = SessionStore & {
  readonly fake: FakePorts;
  readonly state: () => SessionState;
  readonly fix: (key: string) => FixItem | undefined;
};

/** A session over a scripted world whose nodes are listed already. */
export function session(
  world: Record<string, FakeNode>,
  initial: Partial<InitialSession> = {},
): TestSession {
  const fake = fakePorts(world);
  const made = createSessionStore(fake.ports, {
    runId: 'run-1',
    startedAt: '2026-03-01T11:59:00.000Z',
    nodes: Object.keys(world).map(inventoryNode),
    ...initial,
  });
  const state = made.store.getState;
  return { ...made, fake, state, fix: (key) => state().fixes.find((item) => item.key === key) };
}

/** Lets everything that waits for a promise go on; no clock is involved. */
export const settle = async (): Promise<void> => {
  await new Promise((resolve) => setImmediate(resolve));
};

export const manager = (node: string): string => `${node}/fake/manager/unmanaged`;
export const firewall = (node: string): string => `${node}/fake/firewall/disable`;

/** Surveyed, with the manager fix of these nodes picked. */
export async function picked(world: Record<string, FakeNode>): Promise<TestSession> {
  const made = session(world);
  await made.actions.runSurvey();
  for (const node of Object.keys(world)) made.actions.pickFix(manager(node), true);
  made.fake.calls.length = 0;
  return made;
}
