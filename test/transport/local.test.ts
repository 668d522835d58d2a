import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { CancelledError } from '../../src/domain/errors.js';
import { createLocalTransport } from '../../src/transport/local.js';
import { never, nodeAt, run } from './ssh/rig.js';

const open = () => createLocalTransport().open(nodeAt(22), never);

test('runs a script by this machine’s own shell, with no environment of ours', async () => {
  const session = await open();
  const { end, stdout, stderr } = await run(session, 'echo out; echo err >&2; env; exit 7\n');
  expect(end).toEqual({ kind: 'exited', code: 7 });
  expect(stderr.toString()).toBe('err\n');
  expect(stdout.toString()).toMatch(/^out\n/);
  expect(stdout.toString()).not.toContain('VITEST');
  expect(session.peer).toMatchObject({
    transport: 'local',
    host: execFileSync('hostname').toString().trim(),
  });
  await session.close();
});

test('a signal, a deadline, a cap and a cancel each end it by name', async () => {
  const session = await open();
  expect((await run(session, 'kill -KILL $$\n')).end).toEqual({
    kind: 'signalled',
    signal: 'SIGKILL',
  });
  expect((await run(session, 'sleep 60\n', { deadlineMs: 100 })).end).toEqual({ kind: 'deadline' });
  const flood = await run(session, 'while :; do echo xxxxxxxxxxxxxxxx; done\n', {
    maxStdout: 100_000,
  });
  expect(flood.end).toEqual({ kind: 'limit', which: 'stdout' });
  expect(flood.stdout).toHaveLength(100_000);
  const controller = new AbortController();
  const cancelled = run(session, 'sleep 60\n', {}, controller.signal);
  controller.abort();
  await expect(cancelled).rejects.toBeInstanceOf(CancelledError);
  await session.close();
});

test('a big script and a big output pass whole', async () => {
  const session = await open();
  const filler = '# '.padEnd(2000, 'x').concat('\n').repeat(200);
  const { stdout } = await run(session, `${filler}head -c 5000000 /dev/zero\n`);
  expect(stdout).toHaveLength(5_000_000);
  await session.close();
});

test.runIf(process.getuid?.() === 0)('root is root', async () => {
  const session = await open();
  expect((await run(session, 'id -u\n', { runAs: 'root' })).stdout.toString()).toBe('0\n');
  expect(session.peer.privilege).toBe('root-login');
});
