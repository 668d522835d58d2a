import { describe, expect, test } from 'vitest';
import { readCollectorText } from '../../src/collect/compose.js';
import { surveyFleet } from '../../src/collect/survey-fleet.js';
import { surveyNode, type SurveyProgress } from '../../src/collect/survey.js';
import { writeFrames } from '../../src/collect/write-frames.js';
import { CancelledError, ConnectError } from '../../src/domain/errors.js';
import type { NodeEvidence } from '../../src/domain/evidence.js';
import type { InventoryNode } from '../../src/domain/inventory.js';
import type { RunEnd, RunRequest, Session, Transport } from '../../src/domain/transport.js';
import { evidenceOf } from '../helpers/check-tester.js';
import { probeOf } from './fixture-probes.js';
import { NONCE, runShell } from './run-shell.js';

const node = (name: string): InventoryNode => ({ name, host: name, roles: ['worker'] });
const PROBES = [probeOf('hello', 'echo hello'), probeOf('slow', 'echo slow', { slow: true })];

const session = (
  run: (request: RunRequest) => Promise<RunEnd>,
  close = () => Promise.resolve(),
): Session => ({
  peer: { transport: 'recorded', host: 'n' },
  run,
  close,
});
const opens = (make: (node: InventoryNode) => Session): Transport => ({
  open: (asked) => Promise.resolve(make(asked)),
});

/** Runs the text in a real shell of this machine. */
const realShell = session(async (request) => {
  const ran = await runShell(['dash', '-s'], request.script);
  request.onStdout(ran.stdout);
  return { kind: 'exited', code: ran.code ?? -1 };
});

const options = (transport: Transport) => ({
  transport,
  probes: PROBES,
  become: 'auto' as const,
  runAs: 'login' as const,
  deadlineMs: 30_000,
  signal: new AbortController().signal,
  clock: { now: () => 1000, monotonic: () => performance.now() },
  randomNonce: () => NONCE,
});

describe('one node', () => {
  test('a real shell answers, and progress is told', async () => {
    const seen: SurveyProgress[] = [];
    const result = await surveyNode({
      ...options(opens(() => realShell)),
      node: node('a'),
      onProgress: (progress) => seen.push(progress),
    });
    expect(result).toMatchObject({ node: 'a', startedAt: 1000, finishedAt: 1000 });
    expect(result.unreached).toBeUndefined();
    expect(result.evidence.map((item) => [item.exit, item.problem])).toEqual([
      [0, undefined],
      [0, undefined],
    ]);
    expect(result.peer?.privilege).toMatch(/^(root|uid )/);
    expect(seen.map((progress) => ('done' in progress ? progress.done : progress.phase))).toEqual([
      'connecting',
      0,
      1,
      2,
      'asked',
    ]);
  });

  test('a server that runs nothing answers from a recording', async () => {
    const recorded = PROBES.map((probe) => evidenceOf(probe, `${probe.id} recorded\n`));
    const fake = session((request) => {
      const asked = readCollectorText(request.script);
      expect(asked).toEqual({ nonce: NONCE, become: 'auto', probes: ['slow', 'hello'] });
      const some = recorded.filter((item) => asked?.probes.includes(item.probe));
      request.onStdout(writeFrames(some, { nonce: asked?.nonce ?? '' }));
      return Promise.resolve({ kind: 'exited', code: 0 });
    });
    const result = await surveyNode({ ...options(opens(() => fake)), node: node('a') });
    expect(result.evidence.map((item) => Buffer.from(item.stdout).toString())).toEqual([
      'hello recorded\n',
      'slow recorded\n',
    ]);
  });

  test.each([
    [
      'refused',
      new ConnectError('refused: nobody listens', 'Start sshd.'),
      'refused: nobody listens',
    ],
    [
      'an error nobody expected',
      new TypeError('x is not a function\x1b[2J'),
      'lost: x is not a function␛[2J',
    ],
  ])('%s: unreached, with its reason', async (_, error, reason) => {
    const transport: Transport = { open: () => Promise.reject(error) };
    const result = await surveyNode({ ...options(transport), node: node('a') });
    expect(result).toMatchObject({ unreached: reason, evidence: [] });
  });

  test('output without frames is a forced command, and kept as noise', async () => {
    const fake = session((request) => {
      request.onStdout(Buffer.from('only backups here\n'));
      return Promise.resolve({ kind: 'exited', code: 0 });
    });
    const result = await surveyNode({ ...options(opens(() => fake)), node: node('a') });
    expect(result.unreached).toMatch(/^forced-command: .*only backups here/);
    expect(result.evidence).toEqual([]);
  });

  test('a connection lost half-way keeps what was answered', async () => {
    const fake = session(async (request) => {
      const { stdout } = await runShell(['dash', '-s'], request.script);
      request.onStdout(stdout.subarray(0, stdout.indexOf(`@@${NONCE} B slow`)));
      return { kind: 'lost' };
    });
    const result = await surveyNode({ ...options(opens(() => fake)), node: node('a') });
    expect(result.unreached).toBeUndefined();
    expect(result.evidence.map((item) => item.problem)).toEqual([
      undefined,
      'not-run: slow was not asked: the connection was lost',
    ]);
  });

  test('cancelling passes through, and the session is closed', async () => {
    let closed = 0;
    const fake = session(
      () => Promise.reject(new CancelledError('cancelled')),
      () => {
        closed += 1;
        return Promise.reject(new Error('already closed'));
      },
    );
    const run = surveyNode({ ...options(opens(() => fake)), node: node('a') });
    await expect(run).rejects.toBeInstanceOf(CancelledError);
    expect(closed).toBe(1);
  });
});

describe('a fleet', () => {
  const said = (name: string): Uint8Array =>
    writeFrames([evidenceOf(PROBES[0] ?? probeOf('x', ':'), `${name}\n`)], { nonce: NONCE });
  const textsOf = (results: readonly NodeEvidence[]): readonly string[] =>
    results.map((result) => Buffer.from(result.evidence[0]?.stdout ?? []).toString());
  const nodes = Array.from({ length: 20 }, (_, index) => node(`n${String(index)}`));

  test('the order of the inventory, never more connecting at once than allowed', async () => {
    let open = 0;
    let most = 0;
    const connect = async (asked: InventoryNode): Promise<Session> => {
      open += 1;
      most = Math.max(most, open);
      // The later ones are there first.
      for (let turn = 0; turn < 20 - Number(asked.name.slice(1)); turn += 1)
        await Promise.resolve();
      open -= 1;
      return session((request) => {
        request.onStdout(said(asked.name));
        return Promise.resolve({ kind: 'exited', code: 0 });
      });
    };
    const results = await surveyFleet({
      ...options({ open: connect }),
      nodes,
      concurrency: 3,
    });
    expect(results.map((result) => result.node)).toEqual(nodes.map(({ name }) => name));
    expect(textsOf(results)).toEqual(nodes.map(({ name }) => `${name}\n`));
    expect(most).toBe(3);
  });

  test('nodes that hang after the login do not keep the others from connecting', async () => {
    const hanging = ['n0', 'n1', 'n2'];
    const order: string[] = [];
    let others = (): void => undefined;
    const answered = new Promise<void>((resolve) => {
      others = resolve;
    });
    const results = await surveyFleet({
      ...options(
        opens((asked) =>
          session(async (request) => {
            if (hanging.includes(asked.name)) await answered;
            request.onStdout(said(asked.name));
            return { kind: 'exited', code: 0 };
          }),
        ),
      ),
      nodes,
      concurrency: 3,
      onAnswer: ({ node: name }) => {
        order.push(name);
        if (order.length === nodes.length - hanging.length) others();
      },
    });
    expect(order.slice(-3).sort()).toEqual(hanging);
    expect(textsOf(results)).toEqual(nodes.map(({ name }) => `${name}\n`));
  });

  test('a cancelled fleet rejects', async () => {
    const run = surveyFleet({
      ...options(opens(() => realShell)),
      nodes: [node('a')],
      signal: AbortSignal.abort(),
    });
    await expect(run).rejects.toBeInstanceOf(CancelledError);
  });
});
