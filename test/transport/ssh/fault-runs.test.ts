import { rmSync } from 'node:fs';
import { Socket } from 'node:net';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { CancelledError } from '../../../src/domain/errors.js';
import { exitWith, type FakeNodeOptions } from '../../helpers/fake-node-server.js';
import { enter, fake, folder, peer } from './fault-rig.js';
import { nodeAt, rig, run } from './rig.js';

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
      const inner = new Socket();
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
  // The first message is that of sudo 1.9.13; the prompts and the server around them are composed.
  test.each(['Passwort: ', '[sudo] password for me: ', ''])(
    'no password is written to %j, which is not our prompt',
    async (prompt) => {
      const node = await fake({
        reply: (channel, script, connection) => {
          const nonce = /echo "(\S+) /.exec(script)?.[1] ?? '';
          exitWith(0, `${nonce} 1000\n`)(channel, script, connection);
        },
        atOnce: (command) => {
          if (!command.includes('sudo')) return undefined;
          if (command.includes('sudo -k')) return (channel) => channel.stderr.write(prompt);
          return (channel) => {
            channel.stderr.write('sudo: a password is required\n');
            channel.exit(1);
            channel.end();
          };
        },
      });
      const mine = rig(folder, {}, ['pw', 'sudo-S3cret']);
      const session = await mine.open(nodeAt(node.port));
      const { end } = await run(session, 'x', { runAs: 'root', deadlineMs: 500 });
      expect(end).toMatchObject({
        why: expect.stringMatching(/^timed-out: sudo let no shell/) as string,
      });
      expect(mine.asked.at(-1)?.kind).toBe('sudo-password');
      expect(node.commands).toHaveLength(3);
      expect(node.input()).not.toContain('sudo-S3cret');
      await session.close();
    },
  );
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
