import { describe, expect, it } from 'vitest';
import { createSessionPool } from '../../../src/cli/wizard/session-pool.js';
import { ConnectError } from '../../../src/domain/errors.js';
import type { InventoryNode } from '../../../src/domain/inventory.js';
import { reason } from '../../../src/domain/reason.js';
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

describe('a kept connection that died while nobody looked', () => {
  type Run = (request: RunRequest) => RunEnd;
  const exited: Run = () => ({ kind: 'exited', code: 0 });
  const lost: Run = () => ({ kind: 'lost' });
  const lostHalfWay: Run = ({ onStdout }) => {
    onStdout(Buffer.from('half an answer'));
    return { kind: 'lost' };
  };
  const gone = reason('refused', 'nobody listens on n1');

  /** The runs of each connection that is opened, one list a connection; then no more can be opened. */
  function scripted(connections: readonly (readonly Run[])[]) {
    const log: string[] = [];
    const waiting = connections.map((runs) => [...runs]);
    const transport: Transport = {
      open: () => {
        const runs = waiting.shift();
        log.push(runs === undefined ? 'refused' : 'open');
        if (runs === undefined) return Promise.reject(new ConnectError(gone, 'Look at it.'));
        return Promise.resolve({
          peer: { transport: 'ssh2', host: 'n1' },
          run: (asked) => {
            log.push(`run ${String(asked.deadlineMs)}`);
            const run = runs.shift();
            return run === undefined
              ? Promise.reject(new Error('one run too many'))
              : Promise.resolve(run(asked));
          },
          close: () => {
            log.push('close');
            return Promise.resolve();
          },
        });
      },
    };
    return { transport, log };
  }

  it.each<{ name: string; connections: readonly (readonly Run[])[]; end: RunEnd; log: string[] }>([
    {
      name: 'is replaced by a new one',
      connections: [[exited, lost], [exited]],
      end: { kind: 'exited', code: 0 },
      log: ['open', 'run 100', 'run 100', 'close', 'open', 'run 90'],
    },
    {
      name: 'is replaced once only',
      connections: [[exited, lost], [lost], [exited]],
      end: { kind: 'lost' },
      log: ['open', 'run 100', 'run 100', 'close', 'open', 'run 90', 'close'],
    },
    {
      name: 'is lost when the node had begun to answer over it',
      connections: [[exited, lostHalfWay], [exited]],
      end: { kind: 'lost' },
      log: ['open', 'run 100', 'run 100', 'close'],
    },
    {
      name: 'says why there is no new one',
      connections: [[exited, lost]],
      end: { kind: 'refused', why: gone },
      log: ['open', 'run 100', 'run 100', 'close', 'refused', 'close'],
    },
  ])('$name', async ({ connections, end, log: expected }) => {
    const { transport, log } = scripted(connections);
    let now = 0;
    // Every look at the clock takes 10 ms.
    const pool = createSessionPool(transport, () => (now += 10));
    const asked = { ...request, deadlineMs: 100 };
    const first = await pool.open(NODE, never);
    await first.run(asked, never);
    await first.close();
    const second = await pool.open(NODE, never);
    expect(await second.run(asked, never)).toEqual(end);
    await second.close();
    expect(log).toEqual(expected);
  });

  it('a new connection that is lost is not replaced', async () => {
    const { transport, log } = scripted([[lost], [exited]]);
    const session = await createSessionPool(transport, () => 0).open(NODE, never);
    expect(await session.run(request, never)).toEqual({ kind: 'lost' });
    expect(log).toEqual(['open', 'run 1']);
  });
});
