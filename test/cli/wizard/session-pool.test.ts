import { describe, expect, it } from 'vitest';
import { createSessionPool } from '../../../src/cli/wizard/session-pool.js';
import type { InventoryNode } from '../../../src/domain/inventory.js';
import type { RunEnd, RunRequest, Session, Transport } from '../../../src/domain/transport.js';

const NODE: InventoryNode = { name: 'n1', host: 'n1', roles: [] };
const never = new AbortController().signal;
const request: RunRequest = {
  script: '',
  deadlineMs: 1,
  maxStdout: 1,
  maxStderr: 1,
  runAs: 'login',
  onStdout: () => undefined,
  onStderr: () => undefined,
};

function counted(end: RunEnd = { kind: 'exited', code: 0 }) {
  const log: string[] = [];
  let opened = 0;
  const transport: Transport = {
    open: () => {
      opened += 1;
      const id = String(opened);
      log.push(`open ${id}`);
      const session: Session = {
        peer: { transport: 'ssh2', host: 'n1' },
        run: () => Promise.resolve(end),
        close: () => {
          log.push(`close ${id}`);
          return Promise.resolve();
        },
      };
      return Promise.resolve(session);
    },
  };
  return { transport, log };
}

describe('connections between looking and surveying', () => {
  it('a clean one is used again and closed at the end', async () => {
    const { transport, log } = counted();
    const pool = createSessionPool(transport, () => 0);
    for (let round = 0; round < 3; round += 1) {
      const session = await pool.open(NODE, never);
      await session.run(request, never);
      await session.close();
    }
    await pool.closeAll();
    expect(log).toEqual(['open 1', 'close 1']);
  });

  it('one whose run did not end cleanly is not', async () => {
    const { transport, log } = counted({ kind: 'lost' });
    const pool = createSessionPool(transport, () => 0);
    const session = await pool.open(NODE, never);
    await session.run(request, never);
    await session.close();
    await pool.open(NODE, never);
    expect(log).toEqual(['open 1', 'close 1', 'open 2']);
  });

  it('one that was idle for long is not', async () => {
    const { transport, log } = counted();
    let now = 0;
    const pool = createSessionPool(transport, () => now);
    await (await pool.open(NODE, never)).close();
    now = 61_000;
    await pool.open(NODE, never);
    expect(log).toEqual(['open 1', 'close 1', 'open 2']);
  });

  it('another user or port is another connection', async () => {
    const { transport, log } = counted();
    const pool = createSessionPool(transport, () => 0);
    await (await pool.open(NODE, never)).close();
    await pool.open({ ...NODE, user: 'ops' }, never);
    expect(log).toEqual(['open 1', 'open 2']);
  });
});
