import { describe, expect, test } from 'vitest';
import { CancelledError } from '../../../src/domain/errors.js';
import type { SecretRequest } from '../../../src/domain/transport.js';
import { makeHostKey } from '../../../src/cli/demo/host-key.js';
import { asking, one } from './asking.js';
import { fake, folder } from './fault-rig.js';
import { never, nodeAt, rig } from './rig.js';

const kindsOf = (asked: readonly SecretRequest[]) => asked.map(({ kind, echo }) => [kind, echo]);

describe('what a server asks', () => {
  test('B12/45 two factors in two rounds, without echo and with it', async () => {
    const { onAuth } = asking([one('Password: '), one('Code (six digits): ', true)], ['pw', '123']);
    const [node, other] = await Promise.all([fake({ onAuth }), fake()]);
    const mine = rig(folder, {}, ['pw', '123', 'pw']);
    const session = await mine.open(nodeAt(node.port));
    expect(session.peer.authMethod).toBe('keyboard-interactive');
    expect(kindsOf(mine.asked)).toEqual([
      ['password', false],
      ['keyboard-interactive', true],
    ]);
    expect(mine.asked.map((request) => request.prompt)).toEqual([
      `root at 127.0.0.1:${String(node.port)} is asked: Password:`,
      `root at 127.0.0.1:${String(node.port)} is asked: Code (six digits):`,
    ]);
    await session.close();
    await (await mine.open({ ...nodeAt(other.port), name: 'n2' })).close();
  });

  test('B12/45 both factors in one round, and a round that only tells something', async () => {
    const rounds = [
      { name: 'Two factors', instructions: 'Have your token ready.', prompts: [] },
      { prompts: [...one('Password: ').prompts, ...one('Token: ').prompts] },
    ];
    const node = await fake({ onAuth: asking(rounds, ['pw', '42']).onAuth });
    const mine = rig(folder, {}, ['pw', '42']);
    await (await mine.open(nodeAt(node.port))).close();
    expect(kindsOf(mine.asked)).toEqual([
      ['password', false],
      ['keyboard-interactive', false],
    ]);
  });

  test('B12/45 the second factor is declined: nothing is sent, the node says so, the other is let in', async () => {
    const { onAuth, given } = asking([one('Password: '), one('Code: ')], ['pw', '1']);
    const [node, other] = await Promise.all([fake({ onAuth }), fake()]);
    const mine = rig(folder, {}, ['pw', null, 'pw']);
    const failure = await mine.failure(nodeAt(node.port));
    expect(failure.reason).toMatch(
      /^auth-failed: .*tried: keyboard-interactive; .*keyboard-interactive was declined/,
    );
    expect(given).toEqual(['pw']);
    await (await mine.open({ ...nodeAt(other.port), name: 'n2' })).close();
    // A later connection asks again.
    const before = mine.asked.length;
    await mine.failure(nodeAt(node.port));
    expect(mine.asked.length).toBeGreaterThan(before);
  });

  const HOSTILE = '\u001b]52;c;AAAA\u0007\u001b[2J\rPassword for \u202eroot\u009b31m: ';
  test.each([
    ['escapes in the prompt', one(HOSTILE)],
    [
      'escapes in name and instructions',
      { ...one('Code: '), name: HOSTILE, instructions: HOSTILE },
    ],
    ['a prompt of 30 kB', one('x'.repeat(30_000))],
    ['a name of 30 kB in escapes', { ...one('Code: '), name: '\u001b[2J'.repeat(7_500) }],
  ])('B12/46 %s: visible, cut, and said by whom', async (_name, round) => {
    const node = await fake({ onAuth: asking([round], ['a']).onAuth });
    const mine = rig(folder, {}, ['a']);
    await (await mine.open(nodeAt(node.port))).close();
    const [request] = mine.asked;
    expect(request?.prompt).toMatch(/^root at 127\.0\.0\.1:\d+ is asked: /);
    expect(request?.prompt.length).toBeLessThanOrEqual(400);
    // eslint-disable-next-line no-control-regex -- that none is there
    expect(request?.prompt).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202e]/);
  });

  test('B12/46 a prompt of 1 MB is more than a packet may hold: the node fails, another does not', async () => {
    const [node, other] = await Promise.all([
      fake({ onAuth: asking([one('x'.repeat(1_000_000))], []).onAuth }),
      fake(),
    ]);
    const mine = rig(folder, {}, ['pw', 'pw']);
    const failure = await mine.failure(nodeAt(node.port));
    expect(failure.reason).toMatch(/^lost: .*broke during login \(Bad packet length: \d+\)/);
    await (await mine.open({ ...nodeAt(other.port), name: 'n2' })).close();
  });

  test('B12/46 a server that never stops asking is left after twelve prompts', async () => {
    const node = await fake({
      onAuth: asking(
        Array.from({ length: 100 }, () => one('Again: ')),
        [],
      ).onAuth,
    });
    const mine = rig(
      folder,
      {},
      Array.from({ length: 100 }, () => 'a'),
    );
    expect((await mine.failure(nodeAt(node.port))).reason).toMatch(/^auth-failed: /);
    expect(mine.asked).toHaveLength(12);
  });

  test.each(['New password: ', 'You are required to change your password immediately.'])(
    'B12/48 a change of password is asked for (%s): told, and nothing is answered',
    async (text) => {
      const { onAuth, given } = asking([one('Password: '), one(text)], []);
      const node = await fake({ onAuth });
      const mine = rig(folder, {}, ['pw', 'never']);
      const failure = await mine.failure(nodeAt(node.port));
      expect(failure.reason).toMatch(
        /^auth-failed: 127\.0\.0\.1:\d+: the password of root has expired$/,
      );
      expect(failure.nextStep).toContain('Log in by hand and change the password');
      expect(given).toEqual(['pw']);
    },
  );

  test('B12/48 a change asked for by the password method', async () => {
    const node = await fake({
      onAuth: (context) => {
        if (context.method === 'password')
          context.requestChange('\u001b[2JNew one:', () => undefined);
        else context.reject(['password']);
      },
    });
    const failure = await rig(folder, {}, ['pw']).failure(nodeAt(node.port));
    expect(failure.reason).toMatch(/the password of root has expired$/);
  });

  test('B12/50 Ctrl-C at a secret prompt ends the connection as cancelled, with no secret in the error', async () => {
    const { onAuth } = asking([one('Password: '), one('Code: ')], []);
    const node = await fake({ onAuth });
    let asked = 0;
    const mine = rig(folder, {
      broker: {
        ask: () => {
          asked += 1;
          return asked === 1
            ? Promise.resolve('first-S3cret')
            : Promise.reject(new CancelledError('cancelled'));
        },
      },
    });
    const error = await mine.open(nodeAt(node.port), never).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(CancelledError);
    expect(asked).toBe(2);
    expect(`${String(error)}${(error as Error).stack ?? ''}`).not.toContain('first-S3cret');
  });

  test('a password is asked for only after the host key was accepted, and sent nowhere before', async () => {
    const node = await fake({ hostKeys: [makeHostKey().private] });
    const strict = rig(folder, { hostKeyPolicy: 'strict' }, ['pw']);
    expect((await strict.failure(nodeAt(node.port))).reason).toMatch(/^host-key-unknown: /);
    expect(strict.asked).toEqual([]);
  });
});
