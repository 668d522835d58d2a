import { createServer, type AddressInfo } from 'node:net';
import ssh2 from 'ssh2';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { catalogue } from '../../../checks/index.js';
import { createDemoFleet } from '../../../src/cli/demo/demo-transport.js';
import { COMPOSED_NODE, COMPOSED_NOTE, DEMO_NODES } from '../../../src/cli/demo/fleet.js';
import { makeHostKey } from '../../../src/cli/demo/host-key.js';
import { RECORDINGS } from '../../../src/cli/demo/recordings.js';
import { startDemoServers, type DemoServers } from '../../../src/cli/demo/server.js';
import { collectorPrelude, composeCollector } from '../../../src/collect/compose.js';
import { ConnectError } from '../../../src/domain/errors.js';
import { allProbes } from '../../../src/engine/plan.js';
import { createHostKeyPins } from '../../../src/transport/ssh/host-key-pins.js';
import { never, nodeOf, play, statusOf, type Play } from './play.js';

let demo: Play;
beforeAll(() => {
  demo = play();
});
afterAll(() => demo.fleet.close());

const COLLECTABLE = allProbes(catalogue).filter(({ script }) => script !== null);
const collector = (): string =>
  collectorPrelude({ nonce: '0'.repeat(32), become: 'auto' }) + composeCollector(COLLECTABLE);

test('every probe of the catalogue is recorded; else run scripts/record-demo.ts', () => {
  const wanted = COLLECTABLE.map(({ id }) => id).sort();
  for (const { name, answers } of RECORDINGS)
    expect([name, Object.keys(answers).sort()]).toEqual([name, wanted]);
});

test('the recording says itself what was composed', () => {
  const composed = RECORDINGS.filter((one) => one.composed !== undefined);
  expect(composed.map((one) => [one.name, one.composed])).toEqual([[COMPOSED_NODE, COMPOSED_NOTE]]);
  expect(composed[0]?.answers['uname-a']?.stdout).toContain('composed by hand for the demo');
});

test.each(['auto', 'sudo', 'none'] as const)('answers a survey with become %s', async (become) => {
  const judged = await demo.judge(become);
  expect(judged.report.nodes.map(({ reached }) => reached)).toEqual([
    true,
    true,
    true,
    true,
    false,
  ]);
  expect(statusOf(judged, 'rack2-b', 'kernel/version')).toBe('fail');
  const firewalld = become === 'none' ? /fail|unknown/ : /^fail$/;
  expect(statusOf(judged, 'rack2-a', 'firewall/firewalld')).toMatch(firewalld);
});

test('answers a survey that runs as root', async () => {
  const judged = await demo.judge('sudo', true);
  expect(judged.report.nodes[0]?.readiness).toBe('ready');
});

test('the clocks are those of this machine', async () => {
  const { nodes } = await demo.judge();
  const offsets = nodes
    .flatMap(({ evidence }) => evidence.evidence)
    .filter(({ probe }) => probe === 'clock')
    .map(({ stdout, receivedAt }) => Number(Buffer.from(stdout)) - (receivedAt ?? 0) / 1000);
  expect(offsets).toHaveLength(4);
  for (const offset of offsets) expect(Math.abs(offset)).toBeLessThan(5);
});

describe('refuses with 126 what was not recorded, and runs nothing:', () => {
  const other = (name: string, script: () => string): [string, () => string] => [name, script];
  test.each([
    other('a command', () => 'id\n'),
    other('an empty text', () => ''),
    other('a changed collector', () => collector().replace('uname -r', 'uname -m')),
    other('a collector with more behind it', () => `${collector()}touch /tmp/planted\n`),
    other('a cut collector', () => collector().slice(0, -1)),
    other('a question like the first', () => `echo "${'0'.repeat(32)} $(id -un)"\n`),
  ])('%s', async (_, script) => {
    const { exit, stdout, stderr } = await demo.run('rack1-a', script());
    expect({ exit, stdout }).toEqual({ exit: 126, stdout: '' });
    expect(stderr).toMatch(/^This is a node of the demo\. .*\n$/);
  });

  test('more than a node takes', async () => {
    const { exit } = await demo.run('rack1-a', `#${' '.repeat(2 << 20)}\n`);
    expect(exit).toBe(126);
  });
});

test('somebody who goes away in the middle harms nobody else', async () => {
  const slow = createDemoFleet({ answerMs: 60 });
  const transport = slow.transport(createHostKeyPins());
  const session = await transport.open(nodeOf('rack1-a'), never);
  const leaving = new AbortController();
  const request = {
    script: collector(),
    deadlineMs: 20_000,
    maxStdout: 1 << 22,
    maxStderr: 1 << 16,
    runAs: 'login',
    onStdout: () => {
      leaving.abort();
    },
    onStderr: () => undefined,
  } as const;
  await expect(session.run(request, leaving.signal)).rejects.toThrow('cancelled');
  const { kind } = await session.run({ ...request, onStdout: () => undefined }, never);
  expect(kind).toBe('exited');
  await session.close();
  await slow.close();
});

describe('who comes in', () => {
  let servers: DemoServers;
  beforeAll(async () => {
    servers = await startDemoServers(RECORDINGS.slice(0, 1), { answerMs: 0 });
  });
  afterAll(() => servers.close());

  const enter = (config: ssh2.ConnectConfig): Promise<string> =>
    new Promise((resolve) => {
      const client = new ssh2.Client();
      client
        .on('ready', () => {
          client.end();
          resolve('in');
        })
        .on('error', (error) => {
          resolve(error.message);
        })
        .connect({ host: '127.0.0.1', port: servers.servers[0]?.port ?? 0, ...config });
    });

  test('is who has the password of this run', async () => {
    const { password } = servers;
    expect(await enter({ username: 'demo', password })).toBe('in');
    const refusals = await Promise.all([
      enter({ username: 'demo', password: 'x'.repeat(password.length) }),
      enter({ username: 'demo', password: '' }),
      enter({ username: 'root', password }),
      enter({ username: 'demo', privateKey: makeHostKey().private }),
    ]);
    for (const refusal of refusals) expect(refusal).toMatch(/authentication methods failed/);
  });

  test('host keys can be read, also those with a zero in front', () => {
    for (let made = 0; made < 1000; made += 1) {
      const key = makeHostKey();
      expect(ssh2.utils.parseKey(key.private)).not.toBeInstanceOf(Error);
      expect(Buffer.from(key.public, 'base64')).toHaveLength(51);
    }
  });

  test('each run has other keys and another password', async () => {
    const others = await startDemoServers(RECORDINGS.slice(0, 1), { answerMs: 0 });
    await others.close();
    expect(others.password).not.toBe(servers.password);
    expect(others.servers[0]?.hostKey).not.toBe(servers.servers[0]?.hostKey);
  });
});

describe('the transport', () => {
  const failure = async (transport: Play['transport'], node: ReturnType<typeof nodeOf>) => {
    const error: unknown = await transport.open(node, never).catch((caught: unknown) => caught);
    return error instanceof ConnectError ? error.reason : 'opened';
  };

  test('reaches the nodes of the demo and nothing else', async () => {
    const listener = createServer((socket) => socket.destroy());
    let connections = 0;
    listener.on('connection', () => (connections += 1));
    await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
    const { port } = listener.address() as AddressInfo;
    const stranger = { name: 'web1', host: '127.0.0.1', port, roles: [] };
    expect(await failure(demo.transport, stranger)).toMatch(/^no-route: the demo has no node web1/);
    const moved = { ...nodeOf('rack1-a'), host: 'localhost', port };
    expect(await failure(demo.transport, moved)).toMatch(/^no-route: the demo has no node rack1-a/);
    expect(connections).toBe(0);
    listener.close();
  });

  test('is refused by the node that is not there', async () => {
    expect(await failure(demo.transport, nodeOf('rack3-a'))).toMatch(/^refused: /);
  });

  test('checks host keys as ever: pinned ones come in, others do not', async () => {
    const pins = createHostKeyPins();
    const transport = demo.fleet.transport(pins);
    const session = await transport.open(nodeOf('rack1-a'), never);
    const { port = 0 } = session.peer;
    await session.close();
    const key = Buffer.from(pins.keyOf('127.0.0.1', port) ?? '', 'base64');
    key.writeUInt8(key.readUInt8(key.length - 1) ^ 1, key.length - 1);
    pins.accept({ host: '127.0.0.1', port, key: key.toString('base64') });
    expect(await failure(transport, nodeOf('rack1-a'))).toMatch(/^host-key-changed: /);
  });

  test('tells who it is', async () => {
    const session = await demo.transport.open(nodeOf('rack1-b'), never);
    expect(session.peer).toMatchObject({ host: '127.0.0.1', user: 'demo', authMethod: 'password' });
    await session.close();
  });
});

test('names fit, and are each used once', () => {
  const names = DEMO_NODES.map(({ name }) => name);
  expect(new Set(names).size).toBe(5);
  for (const name of names) expect(name).toMatch(/^rack\d-[a-z]$/);
});
