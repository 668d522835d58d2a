import { makeHostKey } from '../../../src/cli/demo/host-key.js';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import ssh2 from 'ssh2';
import { describe, expect, test } from 'vitest';
import { CancelledError } from '../../../src/domain/errors.js';
import type { FakeNodeOptions } from '../../helpers/fake-node-server.js';
import { CLOSED_PORT } from '../../helpers/sshd.js';
import { fake, folder, peer } from './fault-rig.js';
import { classify, SheddingError } from '../../../src/transport/ssh/errors.js';
import { nodeAt, rig } from './rig.js';

describe('peers that are no SSH server', () => {
  const quick = { connectTimeoutMs: 300 };
  test('nothing listens', async () => {
    const failure = await rig(folder).failure(nodeAt(CLOSED_PORT));
    expect(failure.reason).toMatch(/^refused: 127\.0\.0\.1:\d+: nothing listens there$/);
    expect(failure.nextStep).not.toBe('');
  });
  test('a name that does not resolve', async () => {
    const failure = await rig(folder).failure(nodeAt(22, 'root', 'absent.invalid'));
    expect(failure.reason).toMatch(/^no-route: absent\.invalid:22: the name does not resolve/);
  });
  test('what this machine refuses by itself is laid at no server that sheds connections', () => {
    const error = Object.assign(new Error('connect EMFILE'), { code: 'EMFILE' });
    const attempt = { where: 'n1:22', greeting: Buffer.alloc(0) };
    expect(classify(error, { ...attempt, phase: 'tcp' }).reason).toBe(
      'no-route: n1:22: it cannot be connected to (EMFILE: connect EMFILE)',
    );
    expect(classify(error, { ...attempt, phase: 'handshake' })).toBeInstanceOf(SheddingError);
  });
  test('silence after the connection is accepted', async () => {
    const port = await peer(() => undefined);
    const failure = await rig(folder, quick).failure(nodeAt(port));
    expect(failure.reason).toMatch(/^timed-out: /);
  });
  test('an endless greeting', async () => {
    const port = await peer((socket) => {
      const timer = setInterval(() => socket.write('hello\r\n'), 20);
      socket.on('close', () => {
        clearInterval(timer);
      });
    });
    expect((await rig(folder, quick).failure(nodeAt(port))).reason).toMatch(
      /^(timed-out|not-ssh): /,
    );
  });
  test.each([
    [
      'an HTTP server',
      'HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n',
      /^not-ssh: .*HTTP\/1\.1 400/,
    ],
    ['SSH 1', 'SSH-1.5-old\r\n', /^not-ssh: /],
    ['a door that closes', '', /^refused: .*before any greeting/],
    ['an escape for a greeting', '\u001b]0;owned\u0007\r\n', /^not-ssh: .*␛\]0;owned␇/],
  ])('%s', async (_name, text, expected) => {
    const port = await peer((socket) => socket.end(text));
    expect((await rig(folder).failure(nodeAt(port))).reason).toMatch(expected);
  });
  test('a flood in place of a greeting', async () => {
    const port = await peer((socket) => {
      const flood = Buffer.alloc(65_536, 'x');
      const pour = (): void => {
        while (!socket.destroyed && socket.write(flood));
      };
      socket.on('drain', pour);
      pour();
    });
    expect((await rig(folder).failure(nodeAt(port))).reason).toMatch(/^not-ssh: /);
  });
  test('a cancel while it connects', async () => {
    const port = await peer(() => undefined);
    const controller = new AbortController();
    const opening = rig(folder).open(nodeAt(port), controller.signal);
    controller.abort();
    await expect(opening).rejects.toBeInstanceOf(CancelledError);
  });
});

describe('a server that shows one host key and signs with another', () => {
  test('is refused and nothing is written', async () => {
    const shown = makeHostKey();
    const held = ssh2.utils.parseKey(makeHostKey().private);
    const parsed = ssh2.utils.parseKey(shown.private);
    if (held instanceof Error || parsed instanceof Error) throw new Error('no keys');
    const liar = Object.assign(parsed, { sign: (data: Buffer) => held.sign(data) });
    const node = await fake({ hostKeys: [{ key: liar as unknown as string }] });
    const failure = await rig(folder, {}, ['pw']).failure(nodeAt(node.port));
    expect(failure.reason).toMatch(/^host-key-changed: .*cannot prove to hold/);
    expect(existsSync(join(folder, 'known_hosts'))).toBe(false);
  });
});

describe('logins', () => {
  test('two rounds of interactive prompts, echo and escapes', async () => {
    const onAuth: FakeNodeOptions['onAuth'] = (context) => {
      if (context.method !== 'keyboard-interactive') {
        context.reject(['keyboard-interactive']);
        return;
      }
      context.prompt([{ prompt: '\u001b[2JPassword: ', echo: false }], 'title', 'text', (first) => {
        context.prompt([{ prompt: `Code${'!'.repeat(30_000)}`, echo: true }], (second) => {
          if (first[0] === 'pw' && second[0] === '123') context.accept();
          else context.reject();
        });
      });
    };
    const node = await fake({ onAuth });
    const mine = rig(folder, {}, ['pw', '123']);
    const session = await mine.open(nodeAt(node.port));
    expect(session.peer.authMethod).toBe('keyboard-interactive');
    expect(mine.asked.map(({ kind, echo }) => [kind, echo])).toEqual([
      ['password', false],
      ['keyboard-interactive', true],
    ]);
    for (const { prompt } of mine.asked) {
      expect(prompt.length).toBeLessThanOrEqual(400);
      expect(prompt).not.toContain('\u001b');
    }
    await session.close();
  });
  test('a human who takes longer than the time limit is waited for', async () => {
    const node = await fake();
    const mine = rig(folder, {
      loginTimeoutMs: 1_000,
      broker: { ask: () => new Promise((resolve) => setTimeout(resolve, 1_300, 'pw')) },
    });
    await (await mine.open(nodeAt(node.port))).close();
  });
  test('a server that never answers a login is timed out', async () => {
    const node = await fake({ onAuth: () => undefined });
    const failure = await rig(folder, { loginTimeoutMs: 200 }).failure(nodeAt(node.port));
    expect(failure.reason).toMatch(/^timed-out: .*the login did not end/);
  });
});

test('hostile names of algorithms and banners reach nobody raw', async () => {
  writeFileSync(join(folder, 'known_hosts'), '');
  const node = await fake({ banner: '\u001b]52;c;AAAA\u0007' });
  const session = await rig(folder, {}, ['pw']).open(nodeAt(node.port));
  expect(JSON.stringify(session.peer)).not.toContain('u001b');
  await session.close();
});
