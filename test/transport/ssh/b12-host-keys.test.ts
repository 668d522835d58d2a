import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import ssh2 from 'ssh2';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeHostKey } from '../../../src/cli/demo/host-key.js';
import type { NodeEvidence } from '../../../src/domain/evidence.js';
import { changedPeers, peerFacts, weakHostKeys } from '../../../src/engine/peers.js';
import { strictVerifier } from '../../../src/transport/ssh/verifier.js';
import { describeAsRoot, describeWith } from '../../helpers/require-tool.js';
import { authorize, makeKey, startSshd, type Sshd } from '../../helpers/sshd.js';
import { fake, folder, peer } from './fault-rig.js';
import { nodeAt, rig, run, type Rig } from './rig.js';

const known = (): string => join(folder, 'known_hosts');

test('B12/1 ask: the node waits with its fingerprint, the others go on, and the accepted key is held to', async () => {
  const [fresh, met] = [await fake(), await fake()];
  const mine = rig(folder, { hostKeyPolicy: 'ask' }, ['pw', 'pw', 'pw']);
  const first = await rig(folder, {}, ['pw']).open(nodeAt(met.port));
  await first.close();
  const [failure, other] = await Promise.all([
    mine.failure(nodeAt(fresh.port)),
    mine.open(nodeAt(met.port)),
  ]);
  expect(failure.reason).toMatch(/^host-key-unknown: \S+: its key ssh-ed25519 SHA256:/);
  expect(failure.nextStep).toBe('Compare the fingerprint at the node itself, then accept the key.');
  expect(other.peer.hostKey?.trustedBy).toBe(`${known()}:1`);
  await other.close();
  const [key] = mine.unknown;
  expect(mine.unknown).toHaveLength(1);
  if (key !== undefined) mine.options.pins.accept(key);
  const session = await mine.open(nodeAt(fresh.port));
  expect(session.peer.hostKey).toEqual({
    type: 'ssh-ed25519',
    fingerprint: key?.fingerprint,
    trustedBy: 'accepted by the operator',
  });
  await session.close();
});

test.each([
  ['a promise of yes', Promise.resolve(true)],
  ['a promise of no', Promise.resolve(false)],
  ['undefined', undefined],
  ['null', null],
  ['0', 0],
  ['1', 1],
  ['yes', 'yes'],
])('B12/12 a verifier that answers %s lets nobody in', async (_name, value) => {
  const node = await fake();
  const client = new ssh2.Client();
  const ended = new Promise<string>((resolve) => {
    client.on('ready', () => {
      resolve('ready');
    });
    client.on('error', ({ message }) => {
      resolve(message);
    });
  });
  const hostVerifier = strictVerifier((() => value) as unknown as () => boolean);
  client.connect({
    host: '127.0.0.1',
    port: node.port,
    username: 'root',
    password: 'x',
    hostVerifier,
  });
  expect(await ended).toMatch(/Host denied|verification failed/i);
  client.destroy();
});

test('B12/13 a key that the server cannot prove to hold is an alarm, nothing is saved, and others are entered', async () => {
  const shown = ssh2.utils.parseKey(makeHostKey().private);
  const held = ssh2.utils.parseKey(makeHostKey().private);
  if (held instanceof Error || shown instanceof Error) throw new Error('no keys');
  const liar = Object.assign(shown, { sign: (data: Buffer) => held.sign(data) });
  const [bad, good] = [
    await fake({ hostKeys: [{ key: liar as unknown as string }] }),
    await fake(),
  ];
  const mine = rig(folder, {}, ['pw', 'pw']);
  const [failure, session] = await Promise.all([
    mine.failure(nodeAt(bad.port)),
    mine.open(nodeAt(good.port)),
  ]);
  expect(failure.reason).toMatch(
    /^host-key-changed: .*shows a host key that it cannot prove to hold$/,
  );
  expect(failure.nextStep).toMatch(/^Somebody may be in between/);
  expect(readFileSync(known(), 'utf8')).not.toContain(`:${String(bad.port)} `);
  expect(mine.asked.map(({ kind }) => kind)).toEqual(['password']);
  await session.close();
});

const evidence = (
  node: string,
  fingerprint: string,
  address: string,
  bits?: number,
): NodeEvidence => ({
  node,
  startedAt: 0,
  finishedAt: 1,
  evidence: [],
  peer: {
    transport: 'ssh2',
    host: node,
    address,
    hostKey: {
      type: bits === undefined ? 'ssh-ed25519' : 'ssh-rsa',
      fingerprint,
      trustedBy: 'known_hosts:1',
      ...(bits === undefined ? {} : { bits }),
    },
  },
});

test('B12/15 a key that differs between two surveys is told, with both fingerprints', () => {
  const before = [evidence('n1', 'SHA256:old', '10.0.0.1'), evidence('n2', 'SHA256:b', '10.0.0.2')];
  const now = [evidence('n1', 'SHA256:new', '10.0.0.1'), evidence('n2', 'SHA256:b', '10.0.0.2')];
  expect(changedPeers(before, now)).toEqual([
    'n1 shows the host key SHA256:new, and showed SHA256:old before.',
  ]);
  expect(changedPeers(before, before)).toEqual([]);
});

/** One port, and whoever stands behind it at the moment. */
async function behind(target: { port: number }): Promise<number> {
  return peer((socket) => {
    const onward = connect(target.port, '127.0.0.1');
    onward.on('error', () => socket.destroy());
    socket.on('close', () => onward.destroy());
    socket.pipe(onward).pipe(socket);
  });
}

test.each(['accept-new', 'ask', 'strict'] as const)(
  'B12/16 a key that changes during the run stops that node under %s',
  async (hostKeyPolicy) => {
    const [before, after, other] = [await fake(), await fake(), await fake()];
    const target = { port: before.port };
    const port = await behind(target);
    await (await rig(folder, {}, ['pw']).open(nodeAt(port))).close();
    await (await rig(folder, {}, ['pw']).open(nodeAt(other.port))).close();
    const mine = rig(folder, { hostKeyPolicy }, ['pw', 'pw', 'pw']);
    await (await mine.open(nodeAt(port))).close();
    // Even when somebody takes the line out of known_hosts meanwhile, this session holds to what it met.
    writeFileSync(
      known(),
      readFileSync(known(), 'utf8').replace(new RegExp(`.*:${String(port)} .*\n`), ''),
    );
    target.port = after.port;
    const failure = await mine.failure(nodeAt(port));
    expect(failure.reason).toMatch(
      /^host-key-changed: .*shows ssh-ed25519 SHA256:\S+, but in this session SHA256:\S+ was accepted$/,
    );
    expect(mine.unknown).toEqual([]);
    await (await mine.open(nodeAt(other.port))).close();
  },
);

test.each(['ask', 'strict', 'accept-new'] as const)(
  'B12/17 a host with a certificate authority alone is left to the ssh command under %s',
  async (hostKeyPolicy) => {
    const node = await fake();
    writeFileSync(known(), `@cert-authority 127.0.0.* ssh-ed25519 ${makeHostKey().public}\n`);
    const mine = rig(folder, { hostKeyPolicy }, ['pw']);
    const failure = await mine.failure(nodeAt(node.port));
    expect(failure.reason).toMatch(
      /^host-key-unknown: .*known_hosts:1 trusts its host certificate \(@cert-authority\), which only the ssh command can check/,
    );
    expect(failure.needsOpenSsh).toEqual(['its host certificate (@cert-authority in known_hosts)']);
    expect(failure.nextStep).toContain('--transport openssh');
    expect([mine.unknown, mine.asked]).toEqual([[], []]);
  },
);

test('B12/18 an RSA host key below 2048 bits is entered with a warning, and recorded', async () => {
  const { privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 1024,
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
    publicKeyEncoding: { type: 'pkcs1', format: 'pem' },
  });
  const node = await fake({ hostKeys: [privateKey] });
  const mine = rig(folder, {}, ['pw']);
  const session = await mine.open(nodeAt(node.port));
  expect(session.peer.hostKey).toMatchObject({ type: 'ssh-rsa', bits: 1024 });
  expect(mine.warnings).toEqual([expect.stringMatching(/has an RSA host key below 2048 bits$/)]);
  const seen = [{ ...evidence('n1', '', ''), peer: session.peer }];
  expect(weakHostKeys(seen)).toEqual([
    'n1 has an RSA host key of 1024 bits: make one of 2048 or more, or an Ed25519 key.',
  ]);
  expect(peerFacts(seen).get('n1')?.['host-key-bits']).toBe('1024');
  expect(
    weakHostKeys([evidence('n2', 'SHA256:x', '', 2048), evidence('n3', 'SHA256:y', '')]),
  ).toEqual([]);
  await session.close();
});

describeWith(['sshd', 'ssh-keygen'], 'host keys of real servers', () => {
  describeAsRoot('on loopback', () => {
    let sshd: Sshd;
    let identity = '';
    beforeAll(async () => {
      sshd = await startSshd(['ListenAddress ::1']);
      identity = join(sshd.folder, 'id');
      authorize(sshd, 'root', makeKey(identity, 'ed25519'));
    });
    afterAll(async () => {
      await sshd.stop();
    });
    const entering = (change: Parameters<typeof rig>[1] = {}): Rig =>
      rig(mkdtempSync(join(sshd.folder, 'case-')), { identityFiles: [identity], ...change });

    test('B12/19 another address for the same name is recorded, and the key must still match', async () => {
      const addresses: string[] = [];
      let addressFamily: 'inet' | 'inet6' = 'inet';
      const place = { host: 'localhost', port: sshd.port, user: 'root', jump: [] };
      const mine = entering({
        resolve: ({ name }) =>
          Promise.resolve({
            ...place,
            // The name resolves to one address and then to another; here the family decides which.
            host: name === 'by-address' ? '::1' : 'localhost',
            settings: { addressFamily, hostKeyAlias: 'the-node' },
          }),
      });
      const seen: NodeEvidence[] = [];
      for (const node of [nodeAt(sshd.port), { ...nodeAt(sshd.port), name: 'by-address' }]) {
        const session = await mine.open(node);
        addresses.push(session.peer.address ?? '');
        seen.push({ ...evidence('n1', '', ''), peer: session.peer });
        await session.close();
        addressFamily = 'inet6';
      }
      expect(addresses).toEqual(['127.0.0.1', '::1']);
      expect(changedPeers(seen.slice(0, 1), seen.slice(1))).toEqual([
        'n1 is at ::1 now, and was at 127.0.0.1 before.',
      ]);
      const file = mine.options.knownHostsFiles.write ?? '';
      expect(readFileSync(file, 'utf8').split('\n').filter(Boolean)).toHaveLength(1);
      writeFileSync(file, `the-node ${makeKey(join(sshd.folder, 'another'), 'ed25519')}\n`);
      addressFamily = 'inet';
      expect((await mine.failure(nodeAt(sshd.port))).reason).toMatch(
        /^host-key-changed: the-node: /,
      );
    });

    test('a server that only has other types than the known one is a change, as for ssh', async () => {
      const mine = entering({ hostKeyPolicy: 'strict' });
      const file = mine.options.knownHostsFiles.write ?? '';
      const name = `[127.0.0.1]:${String(sshd.port)}`;
      writeFileSync(file, `${name} ${makeKey(join(sshd.folder, 'old-rsa'), 'rsa')}\n`);
      expect((await mine.failure(nodeAt(sshd.port))).reason).toMatch(
        /^host-key-changed: .*shows ssh-rsa SHA256:.*holds ssh-rsa/,
      );
      writeFileSync(file, `${name} ${sshd.hostKeys.rsa}\n${name} ${sshd.hostKeys.ecdsa}\n`);
      const session = await mine.open(nodeAt(sshd.port));
      expect(session.peer.hostKey?.type).toBe('ecdsa-sha2-nistp256');
      expect((await run(session, 'echo in\n')).stdout.toString()).toBe('in\n');
      await session.close();
    });
  });
});
