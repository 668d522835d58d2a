import { mkdtempSync, rmSync } from 'node:fs';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';
import type { Session } from '../../../src/domain/transport.js';
import {
  startFakeNode,
  type FakeNode,
  type FakeNodeOptions,
} from '../../helpers/fake-node-server.js';
import { startRawServer } from './raw-server.js';
import { nodeAt, rig } from './rig.js';

/** A fresh folder for each test; what a test started is ended after it. */
export let folder = '';
const ends: (() => Promise<void> | void)[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'faults-'));
});
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
  rmSync(folder, { recursive: true, force: true });
});

/** What is to be ended after the test. */
export const ending = (end: () => Promise<void> | void): void => {
  ends.push(end);
};

export async function fake(options: FakeNodeOptions = {}): Promise<FakeNode> {
  const node = await startFakeNode(options);
  ends.push(node.stop);
  return node;
}
/** Enters with a password, which the fake node takes from anybody. */
export const enter = async (
  options: FakeNodeOptions,
): Promise<{ node: FakeNode; session: Session }> => {
  const node = await fake(options);
  const session = await rig(folder, {}, ['pw']).open(nodeAt(node.port));
  ends.push(() => session.close());
  return { node, session };
};

/** A TCP server that is no SSH server. */
export async function peer(onConnection: (socket: Socket) => void): Promise<number> {
  const { port, stop } = await startRawServer(onConnection);
  ends.push(stop);
  return port;
}
