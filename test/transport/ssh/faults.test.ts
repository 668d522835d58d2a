import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ssh2 from 'ssh2';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { CancelledError } from '../../../src/domain/errors.js';
import {
  exitWith,
  startFakeNode,
  type FakeNode,
  type FakeNodeOptions,
} from '../../helpers/fake-node-server.js';
import { freePort } from '../../helpers/sshd.js';
import { nodeAt, rig, run } from './rig.js';

let folder = '';
const ends: (() => Promise<void> | void)[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'faults-'));
});
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
  rmSync(folder, { recursive: true, force: true });
});

async function fake(options: FakeNodeOptions = {}): Promise<FakeNode> {
  const node = await startFakeNode(options);
  ends.push(node.stop);
  return node;
}
/** Enters with a password, which the fake node takes from anybody. */
const enter = async (options: FakeNodeOptions) => {
  const node = await fake(options);
  const session = await rig(folder, {}, ['pw']).open(nodeAt(node.port));
  ends.push(() => session.close());
  return { node, session };
};

/** A TCP server that is no SSH server. */
async function peer(onConnection: (socket: Socket) => void): Promise<number> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    onConnection(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ends.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

describe('peers that are no SSH server', () => {
  const quick = { connectTimeoutMs: 300 };
  test('nothing listens', async () => {
    const failure = await rig(folder).failure(nodeAt(await freePort()));
    expect(failure.reason).toMatch(/^refused: 127\.0\.0\.1:\d+: nothing listens there$/);
    expect(failure.nextStep).not.toBe('');
  });
  test('a name that does not resolve', async () => {
    const failure = await rig(folder).failure(nodeAt(22, 'root', 'absent.invalid'));
    expect(failure.reason).toMatch(/^no-route: absent\.invalid:22: the name does not resolve/);
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
    ['an escape for a greeting', '\u001b]0;owned\u0007\r\n', /^not-ssh: [^\u001b\u0007]*$/],
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
    const shown = ssh2.utils.generateKeyPairSync('ed25519');
    const held = ssh2.utils.parseKey(ssh2.utils.generateKeyPairSync('ed25519').private);
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
      expect(prompt.length).toBeLessThanOrEqual(200);
      expect(prompt).not.toContain('\u001b');
    }
    await session.close();
  });
  test('a human who takes longer than the time limit is waited for', async () => {
    const node = await fake();
    const mine = rig(folder, {
      loginTimeoutMs: 100,
      broker: { ask: () => new Promise((resolve) => setTimeout(resolve, 400, 'pw')) },
    });
    await (await mine.open(nodeAt(node.port))).close();
  });
  test('a server that never answers a login is timed out', async () => {
    const node = await fake({ onAuth: () => undefined });
    const failure = await rig(folder, { loginTimeoutMs: 200 }).failure(nodeAt(node.port));
    expect(failure.reason).toMatch(/^timed-out: .*the login did not end/);
  });
});

describe('runs', () => {
  test('the script arrives on standard input of a fixed command, the output however it is cut', async () => {
    const { node, session } = await enter({ reply: exitWith(5, 'a line\nand another\n', 1) });
    const { end, stdout } = await run(session, 'echo hello\n');
    expect([end, stdout.toString()]).toEqual([
      { kind: 'exited', code: 5 },
      'a line\nand another\n',
    ]);
    expect(node.commands).toEqual(['exec /bin/sh -s']);
    expect(node.scripts).toEqual(['echo hello\n']);
  });
  test('a signal is no exit', async () => {
    const { session } = await enter({
      reply: (channel) => {
        channel.exit('KILL', false, 'gone\u001b[2J');
        channel.end();
      },
    });
    expect((await run(session, 'x')).end).toEqual({ kind: 'signalled', signal: 'SIGKILL' });
  });
  test.each([
    [
      'the channel closes without an exit status',
      (): FakeNodeOptions['reply'] => (channel) => channel.end(),
    ],
    [
      'the connection breaks in the middle of a frame',
      (): FakeNodeOptions['reply'] => (channel, _script, connection) => {
        channel.write('@@nonce B una', () => {
          connection.reset();
        });
      },
    ],
  ])('lost: %s', async (_name, reply) => {
    const { session } = await enter({ reply: reply() });
    expect((await run(session, 'x')).end).toEqual({ kind: 'lost' });
  });
  test('after the connection is gone every run is lost at once', async () => {
    const { session } = await enter({
      reply: (_channel, _script, connection) => {
        connection.reset();
      },
    });
    await run(session, 'x');
    expect((await run(session, 'y')).end).toEqual({ kind: 'lost' });
  });
  test('a hang ends at the deadline and the connection can be used again', async () => {
    let calls = 0;
    const { session } = await enter({
      reply: (channel, script, connection) => {
        calls += 1;
        if (calls > 1) exitWith(0, 'second')(channel, script, connection);
      },
    });
    expect((await run(session, 'x', { deadlineMs: 100 })).end).toEqual({ kind: 'deadline' });
    expect((await run(session, 'y')).stdout.toString()).toBe('second');
  });
  test('refused channels and refused commands say so', async () => {
    const sessions = await enter({ refuseSessions: true });
    expect((await run(sessions.session, 'x')).end).toMatchObject({
      kind: 'refused',
      why: expect.stringMatching(/^refused: /) as string,
    });
    rmSync(join(folder, 'known_hosts'));
    const commands = await enter({ onExec: () => false });
    expect((await run(commands.session, 'x')).end).toMatchObject({
      kind: 'refused',
      why: expect.stringMatching(/^refused: /) as string,
    });
  });
  test('5 MB on standard error alone pass', async () => {
    const { session } = await enter({
      reply: (channel) => {
        channel.stderr.write(Buffer.alloc(5_000_000, 'e'), () => {
          channel.exit(0);
          channel.end();
        });
      },
    });
    const { end, stderr } = await run(session, 'x');
    expect([end, stderr.length]).toEqual([{ kind: 'exited', code: 0 }, 5_000_000]);
  });
  test('a flood is cut at the cap, and the connection can be used again', async () => {
    let calls = 0;
    const { session } = await enter({
      reply: (channel, script, connection) => {
        calls += 1;
        exitWith(0, calls > 1 ? 'second' : Buffer.alloc(8_000_000, 'x'))(
          channel,
          script,
          connection,
        );
      },
    });
    const { end, stdout } = await run(session, 'x', { maxStdout: 100_000 });
    expect([end, stdout.length]).toEqual([{ kind: 'limit', which: 'stdout' }, 100_000]);
    expect((await run(session, 'y')).stdout.toString()).toBe('second');
  });
  test('a cancel rejects and closes the channel', async () => {
    const { session } = await enter({ reply: () => undefined });
    const controller = new AbortController();
    const running = run(session, 'x', {}, controller.signal);
    controller.abort();
    await expect(running).rejects.toBeInstanceOf(CancelledError);
    await expect(run(session, 'x', {}, controller.signal)).rejects.toBeInstanceOf(CancelledError);
  });
  test('a peer that stops answering is lost by the keepalive', async () => {
    const node = await fake({ reply: () => undefined });
    const sockets: Socket[] = [];
    const relay = await peer((socket) => {
      const inner = new (socket.constructor as typeof Socket)();
      inner.connect(node.port, '127.0.0.1');
      inner.on('error', () => undefined);
      sockets.push(inner);
      socket.pipe(inner).pipe(socket);
    });
    const mine = rig(folder, { keepalive: { intervalMs: 100, count: 2 } }, ['pw']);
    const session = await mine.open(nodeAt(relay));
    for (const inner of sockets) inner.unpipe();
    expect((await run(session, 'x')).end).toEqual({ kind: 'lost' });
  });
  test('a forced command in place of a shell is named before root is tried', async () => {
    const { node, session } = await enter({ reply: exitWith(0, 'Welcome to the menu\n') });
    const { end } = await run(session, 'x', { runAs: 'root' });
    expect(end).toEqual({
      kind: 'refused',
      why: 'forced-command: the login runs something else than a shell (Welcome to the menu)',
    });
    expect(node.commands).toHaveLength(1);
  });
});

test('hostile names of algorithms and banners reach nobody raw', async () => {
  writeFileSync(join(folder, 'known_hosts'), '');
  const node = await fake({ banner: '\u001b]52;c;AAAA\u0007' });
  const session = await rig(folder, {}, ['pw']).open(nodeAt(node.port));
  expect(JSON.stringify(session.peer)).not.toContain('u001b');
  await session.close();
});
