import { connect, type Socket } from 'node:net';
import { expect, test } from 'vitest';
import { surveyFleet, type FleetSurveyOptions } from '../../../src/collect/survey-fleet.js';
import { surveyNode } from '../../../src/collect/survey.js';
import { CancelledError } from '../../../src/domain/errors.js';
import type { InventoryNode } from '../../../src/domain/inventory.js';
import { reasonCode } from '../../../src/domain/reason.js';
import type { SshOptions } from '../../../src/transport/ssh/options.js';
import { SHEDDING_WAITS_MS } from '../../../src/transport/ssh/back-off.js';
import { createSshTransport } from '../../../src/transport/ssh/ssh-transport.js';
import { acceptAnybody } from '../../helpers/fake-node-server.js';
import { CLOSED_PORT } from '../../helpers/sshd.js';
import { fake, folder, peer } from './fault-rig.js';
import { nodeAt, rig, run, type Rig } from './rig.js';

/** Fails at one port while another node of the same transport is entered and asked. */
async function besideAGoodNode(mine: Rig, node: InventoryNode) {
  const good = await fake();
  const [failure, session] = await Promise.all([
    mine.failure(node),
    mine.open({ ...nodeAt(good.port), name: 'good' }),
  ]);
  expect((await run(session, 'true\n')).end).toEqual({ kind: 'exited', code: 0 });
  await session.close();
  return failure;
}
const patient = (change: Partial<SshOptions> = {}): Rig => rig(folder, change, ['pw', 'pw', 'pw']);
/** One that waits for a peer that keeps quiet no longer than it must, and for the good node as long as it takes. */
const hurried = (): Rig =>
  patient({
    resolve: ({ name, host, port = 22 }) => {
      const settings = name === 'good' ? {} : { connectTimeoutMs: 400 };
      return Promise.resolve({ host, port, user: 'root', jump: [], settings });
    },
  });

/** Words of the peer, sent at once, before it closes or keeps quiet. */
const saying = (text: string, then: 'closes' | 'stays') => () =>
  peer((socket) => {
    if (then === 'closes') socket.end(text);
    else socket.write(text);
  });

type Case = readonly [string, () => Promise<number>, string | RegExp, RegExp];
const CASES: readonly Case[] = [
  [
    'B12/20 nothing listens',
    () => Promise.resolve(CLOSED_PORT),
    'refused: AT: nothing listens there',
    /^Start sshd on the node or correct the port/,
  ],
  [
    'B12/23 a peer that accepts and is silent',
    saying('', 'stays'),
    'timed-out: AT: no complete SSH greeting and key exchange within 0 s',
    /^Check the address, the port and the firewalls/,
  ],
  [
    'B12/25 an HTTP server',
    saying('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n', 'closes'),
    /^not-ssh: AT: it does not speak SSH 2 but says HTTP\/1\.1 400 Bad Request/,
    /^Check the port of this node in the inventory/,
  ],
  [
    'B12/25 a mail server that waits',
    saying('220 mail.example ESMTP\r\n', 'stays'),
    /^timed-out: AT: /,
    /the port/,
  ],
  [
    'B12/26 a greeting that never ends',
    () =>
      peer((socket) => {
        const timer = setInterval(() => socket.write('still not SSH\r\n'), 10);
        socket.on('close', () => {
          clearInterval(timer);
        });
      }),
    'timed-out: AT: no complete SSH greeting and key exchange within 0 s',
    /firewalls/,
  ],
  [
    'B12/27 SSH 1.5',
    saying('SSH-1.5-OldAppliance\r\n', 'stays'),
    'not-ssh: AT: its server speaks SSH 1.5 alone, which protects nothing',
    /^Install a current SSH server/,
  ],
  [
    'B12/27 SSH 1.99, which is SSH 2 with a past, is waited for',
    saying('SSH-1.99-Cisco-1.25\r\n', 'stays'),
    /^timed-out: AT: no complete SSH greeting and key exchange/,
    /./,
  ],
  [
    'B12/25 escapes for a greeting',
    saying('\u001b]0;owned\u0007\u001b[2J\r\n', 'closes'),
    /^not-ssh: AT: .*says ␛\]0;owned␇␛\[2J/,
    /./,
  ],
];

test.each(CASES)('%s', async (_title, start, sentence, next) => {
  const port = await start();
  const isQuiet = String(sentence).includes('timed-out');
  const failure = await besideAGoodNode(isQuiet ? hurried() : patient(), nodeAt(port));
  const said = failure.reason.replace(`127.0.0.1:${String(port)}`, 'AT');
  if (typeof sentence === 'string') expect(said).toBe(sentence);
  else expect(said).toMatch(sentence);
  expect(failure.nextStep).toMatch(next);
});

test('B12/22 a name that is not found', async () => {
  const failure = await besideAGoodNode(patient(), nodeAt(22, 'root', 'absent.invalid'));
  expect(failure.reason).toBe('no-route: absent.invalid:22: the name does not resolve');
  expect(failure.nextStep).toBe('Check the spelling, or DNS on this machine.');
});

test('B12/24 a flood before the greeting is cut off early', async () => {
  let sent: Socket | undefined;
  const port = await peer((socket) => {
    sent = socket;
    const flood = Buffer.alloc(65_536, 'x');
    const pour = (): void => {
      while (!socket.destroyed && socket.write(flood));
    };
    socket.on('drain', pour);
    pour();
  });
  const failure = await besideAGoodNode(patient(), nodeAt(port));
  expect(failure.reason).toMatch(/^not-ssh: \S+: it does not speak SSH 2 but says x{39}…$/);
  await expect.poll(() => sent?.destroyed).toBe(true);
  // What the kernel buffers, not what a peer can pour.
  expect(sent?.bytesWritten ?? Infinity).toBeLessThan(32 * 1024 * 1024);
});

/** A port that closes the first connections without a word, and then leads to a node; counts them. */
async function shedding(port: number, first: number) {
  const seen = { connections: 0 };
  const at = await peer((socket) => {
    seen.connections += 1;
    if (seen.connections <= first) {
      socket.end();
      return;
    }
    const onward = connect(port, '127.0.0.1');
    onward.on('error', () => socket.destroy());
    socket.on('close', () => onward.destroy());
    socket.pipe(onward).pipe(socket);
  });
  return { seen, port: at };
}

test('B12/29 a server that sheds connections is tried again, and entered when it has room', async () => {
  const node = await fake();
  const { seen, port } = await shedding(node.port, 2);
  const mine = rig(folder, { sheddingWaitsMs: [5, 5, 5] }, ['pw']);
  await (await mine.open(nodeAt(port))).close();
  expect(seen.connections).toBe(3);
  expect(mine.asked).toHaveLength(1);
});

test('B12/29 it is given up after three pauses, with the cause, and other nodes do not wait', async () => {
  expect(SHEDDING_WAITS_MS).toEqual([2000, 5000, 15_000]);
  const { seen, port } = await shedding(1, Infinity);
  const mine = rig(folder, { sheddingWaitsMs: [10, 20, 30] }, ['pw', 'pw']);
  const failure = await besideAGoodNode(mine, nodeAt(port));
  expect(failure.reason).toBe(
    `refused: 127.0.0.1:${String(port)}: it closed the connection before any greeting, again after pauses of 0.01, 0.02, 0.03 s`,
  );
  expect(failure.nextStep).toContain('MaxStartups, PerSourcePenalties, fail2ban');
  expect(seen.connections).toBe(4);
});

test('B12/29 nothing is tried again once the server has greeted', async () => {
  const refusing = await fake({
    onAuth: (context) => {
      context.reject(['password']);
    },
  });
  const { seen, port } = await shedding(refusing.port, 0);
  const mine = rig(folder, { sheddingWaitsMs: [5, 5, 5] }, ['wrong']);
  expect((await mine.failure(nodeAt(port))).reason).toMatch(/^auth-failed: /);
  expect(seen.connections).toBe(1);
});

test('B12/29 a cancel does not wait for the pause to end', async () => {
  const { port } = await shedding(1, Infinity);
  const controller = new AbortController();
  const opening = rig(folder, { sheddingWaitsMs: [60_000] }).open(nodeAt(port), controller.signal);
  setTimeout(() => {
    controller.abort();
  }, 50);
  await expect(opening).rejects.toBeInstanceOf(CancelledError);
});

const survey = (transport: FleetSurveyOptions['transport']) => ({
  transport,
  probes: [],
  become: 'none' as const,
  runAs: 'login' as const,
  deadlineMs: 20_000,
  signal: new AbortController().signal,
  clock: { now: () => Date.now(), monotonic: () => performance.now() },
  randomNonce: () => 'a'.repeat(32),
});

test('B12/34 500 nodes with 20 dead: each is tried once, at most 32 at a time, and the dead hold up nobody', async () => {
  const alive = await fake({ onAuth: acceptAnybody });
  const knocks = { silent: 0 };
  const silent = await peer(() => {
    knocks.silent += 1;
  });
  const isDead = (index: number): boolean => index % 25 === 0;
  const nodes = Array.from({ length: 500 }, (_, index) => ({
    ...nodeAt(isDead(index) ? silent : alive.port),
    name: `n${String(index)}`,
  }));
  const { options } = rig(folder, {
    resolve: ({ host, port = 22 }) => {
      const settings = { connectTimeoutMs: port === silent ? 5_000 : 60_000 };
      return Promise.resolve({ host, port, user: 'root', jump: [], settings });
    },
    broker: { ask: () => Promise.resolve('pw') },
  });
  const connecting = new Set<string>();
  let most = 0;
  const result = await surveyFleet({
    ...survey(createSshTransport(options)),
    nodes,
    concurrency: 32,
    onProgress: (name, { phase }) => {
      if (phase === 'connecting') connecting.add(name);
      else connecting.delete(name);
      most = Math.max(most, connecting.size);
    },
  });
  expect(most).toBe(32);
  expect(knocks.silent).toBe(20);
  const dead = result.filter(({ unreached }) => reasonCode(unreached ?? '') === 'timed-out');
  expect(dead.map(({ node }) => node)).toEqual(
    nodes.filter((_, at) => isDead(at)).map((n) => n.name),
  );
  expect(alive.commands).toHaveLength(480);
  // While the first of them are waited for, more others are asked than may connect at once.
  const firstEnd = Math.min(...dead.map(({ finishedAt }) => finishedAt));
  expect(result.filter(({ finishedAt }) => finishedAt < firstEnd).length).toBeGreaterThan(32);
}, 120_000);

test('B12/35 a network that went away is noticed by keepalives, and the node is entered again later', async () => {
  const node = await fake({ reply: () => undefined });
  const links = new Set<Socket>();
  let cut = false;
  const port = await peer((socket) => {
    const onward = connect(node.port, '127.0.0.1');
    onward.on('error', () => socket.destroy());
    links.add(socket).add(onward);
    // A cable that was pulled: nothing arrives, and nobody says so.
    socket.on('data', (chunk) => {
      if (!cut) onward.write(chunk);
    });
    onward.on('data', (chunk) => {
      if (!cut) socket.write(chunk);
    });
  });
  const keepalive = { intervalMs: 30, count: 3 };
  const mine = rig(folder, { keepalive, broker: { ask: () => Promise.resolve('pw') } });
  const asking = surveyNode({
    ...survey(createSshTransport(mine.options)),
    node: nodeAt(port),
    onProgress: ({ phase }) => {
      if (phase === 'asking') cut = true;
    },
  });
  const lost = await asking;
  expect(lost.unreached).toMatch(/^lost: /);
  cut = false;
  await (await mine.open(nodeAt(port))).close();
  for (const link of links) link.destroy();
}, 20_000);
