import { describe, expect, test } from 'vitest';
import { surveyFleet } from '../../src/collect/survey-fleet.js';
import { ConnectError } from '../../src/domain/errors.js';
import type { InventoryNode } from '../../src/domain/inventory.js';
import { reason, type ReasonCode } from '../../src/domain/reason.js';
import type { SecretRequest, Session, Transport } from '../../src/domain/transport.js';
import { guardAgainstLockOut } from '../../src/transport/lock-out-guard.js';

const never = new AbortController().signal;
const node = (name: string, user = 'ops'): InventoryNode => ({ name, host: name, user, roles: [] });
const session: Session = {
  peer: { transport: 'recorded', host: 'x' },
  run: () => Promise.resolve({ kind: 'lost' }),
  close: () => Promise.resolve(),
};

/** `how` says what becomes of each node; undefined: it lets us in. */
function fleet(how: (name: string) => ReasonCode | undefined, answers: readonly (string | null)[]) {
  const opened: string[] = [];
  const asked: SecretRequest[] = [];
  const left = [...answers];
  const inner: Transport = {
    open: ({ name }) => {
      opened.push(name);
      const code = how(name);
      return code === undefined
        ? Promise.resolve(session)
        : Promise.reject(new ConnectError(reason(code, `${name}: no`), 'Mend it.'));
    },
  };
  const guard = guardAgainstLockOut(inner, {
    ask: (request) => {
      asked.push(request);
      return Promise.resolve(left.shift() ?? null);
    },
  });
  /** Opens in turn; the reason's code, or `in`. */
  const open = async (...nodes: readonly InventoryNode[]): Promise<readonly string[]> => {
    const ends: string[] = [];
    for (const one of nodes) {
      ends.push(
        await guard.open(one, never).then(
          () => 'in',
          (error: unknown) => (error instanceof ConnectError ? error.reason : String(error)),
        ),
      );
    }
    return ends;
  };
  return { guard, opened, asked, open };
}

const refuseAll = (): ReasonCode => 'auth-failed';
const names = (count: number, first = 1): readonly InventoryNode[] =>
  Array.from({ length: count }, (_, index) => node(`n${String(index + first)}`));

describe('three refusals in a row', () => {
  test('nobody answers: the rest is not tried, and the reason says why', async () => {
    const { open, opened, asked } = fleet(refuseAll, []);
    const ends = await open(...names(5));
    expect(opened).toEqual(['n1', 'n2', 'n3']);
    expect(asked).toEqual([
      {
        node: 'the fleet',
        kind: 'confirm',
        prompt:
          'n1, n2, n3 refused the login as ops one after the other. Trying the rest may lock the account or this address out. Type yes to try it',
        echo: true,
      },
    ]);
    expect(ends[4]).toBe(
      'not-run: n5 was not tried: n1, n2, n3 refused the login as ops one after the other, and more failures may lock the account or this address out',
    );
  });

  test('yes: the rest is tried, and nobody is asked again', async () => {
    const { open, opened, asked } = fleet(refuseAll, ['YES ']);
    await open(...names(8));
    expect(opened).toHaveLength(8);
    expect(asked).toHaveLength(1);
  });

  test('a node that is asked for once more is a new beginning', async () => {
    let mended = false;
    const { open } = fleet(() => (mended ? undefined : 'auth-failed'), []);
    await open(...names(5));
    mended = true;
    expect(await open(...names(5))).toEqual(['in', 'in', 'in', 'in', 'in']);
  });

  test('another login name stands for itself', async () => {
    const { open } = fleet((name) => (name === 'other' ? undefined : 'auth-failed'), []);
    expect(await open(...names(4), node('other', 'root'))).toMatchObject({ 4: 'in' });
  });

  test.each(['refused', 'timed-out', 'host-key-changed', 'lost'] as const)(
    'nodes that fail by %s hold nobody back',
    async (code) => {
      const { open, opened, asked } = fleet(() => code, []);
      await open(...names(6));
      expect([opened.length, asked.length]).toEqual([6, 0]);
    },
  );

  test('where most are let in, three that refuse hold nobody back', async () => {
    const bad = ['n6', 'n7', 'n8'];
    const { open, asked } = fleet((name) => (bad.includes(name) ? 'auth-failed' : undefined), []);
    const ends = await open(...names(10));
    expect(ends.filter((end) => end === 'in')).toHaveLength(7);
    expect(asked).toEqual([]);
  });

  test('while somebody is asked, nobody connects', async () => {
    let answer: (text: string) => void = () => undefined;
    const opened: string[] = [];
    const guard = guardAgainstLockOut(
      {
        open: ({ name }) => {
          opened.push(name);
          return Promise.reject(new ConnectError(reason('auth-failed', 'no'), 'Mend it.'));
        },
      },
      { ask: () => new Promise((resolve) => (answer = resolve)) },
    );
    const attempts = names(3).map((one) => guard.open(one, never).catch(() => 'failed'));
    await Promise.all(attempts.slice(0, 2));
    const waiting = guard.open(node('n4'), never).catch(() => 'failed');
    await new Promise((resolve) => setImmediate(resolve));
    expect(opened).toEqual(['n1', 'n2', 'n3']);
    answer('yes');
    await waiting;
    expect(opened).toEqual(['n1', 'n2', 'n3', 'n4']);
  });

  test('a survey of forty nodes, eight at a time: those that were not tried say so', async () => {
    const { guard, opened } = fleet(refuseAll, []);
    let nonce = 0;
    const evidence = await surveyFleet({
      nodes: names(40),
      transport: guard,
      probes: [],
      become: 'none',
      runAs: 'login',
      deadlineMs: 1000,
      concurrency: 8,
      signal: never,
      clock: { now: () => 0, monotonic: () => 0 },
      randomNonce: () => String((nonce += 1)).padStart(32, '0'),
    });
    expect(opened.length).toBeLessThanOrEqual(16);
    const codes = evidence.map(({ unreached = '' }) => unreached.split(':')[0]);
    expect(codes.filter((code) => code === 'auth-failed')).toHaveLength(opened.length);
    expect(codes.filter((code) => code === 'not-run')).toHaveLength(40 - opened.length);
  });
});
