import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { InventoryNode } from '../../../src/domain/inventory.js';
import type { HostSettings, Route } from '../../../src/transport/ssh/options.js';
import { addUser, authorize, makeKey, missingForSshd, startSshd } from '../../helpers/sshd.js';
import type { Sshd, TestUser } from '../../helpers/sshd.js';
import { nodeAt, rig, run } from './rig.js';

const missing = missingForSshd('/usr/sbin/useradd', '/usr/bin/busybox');

describe.skipIf(missing !== null)(`ways to a real sshd ${missing ?? ''}`, () => {
  let sshd: Sshd;
  let user: TestUser;
  const folder = (): string => mkdtempSync(join(sshd.folder, 'case-'));
  beforeAll(async () => {
    sshd = await startSshd();
    user = addUser();
    authorize(sshd, user.name, makeKey(join(sshd.folder, 'id'), 'ed25519'));
  });
  afterAll(async () => {
    await sshd.stop();
    user.remove();
  });

  const place = (settings: HostSettings = {}) => ({
    host: '127.0.0.1',
    port: sshd.port,
    user: user.name,
    settings: { identityFiles: [join(sshd.folder, 'id')], ...settings },
  });
  /** A transport that takes every node this way. */
  const by = (route: Partial<Route>, settings: HostSettings = {}) =>
    rig(folder(), {
      resolve: () => Promise.resolve({ ...place(settings), jump: [], ...route }),
    });
  const logins = (): number => sshd.log().split('Accepted publickey').length - 1;
  const named = (name: string): InventoryNode => ({ ...nodeAt(sshd.port), name });

  test('a fleet behind one jump host costs one login there', async () => {
    const before = logins();
    const mine = by({ jump: [place()] });
    const names = Array.from({ length: 8 }, (_, index) => `n${String(index)}`);
    const sessions = await Promise.all(names.map((name) => mine.open(named(name))));
    const said = await Promise.all(sessions.map((session) => run(session, 'echo here\n')));
    expect(said.map(({ stdout }) => stdout.toString())).toEqual(names.map(() => 'here\n'));
    await Promise.all(sessions.map((session) => session.close()));
    expect(logins() - before).toBe(names.length + 1);
  });

  test('B12/31 a jump host that forbids forwarding is blamed, not the node', async () => {
    const shut = await startSshd(['AllowTcpForwarding no']);
    authorize(shut, user.name, makeKey(join(shut.folder, 'id'), 'ed25519'));
    const hop = {
      ...place({ identityFiles: [join(shut.folder, 'id')] }),
      port: shut.port,
    };
    const failure = await by({ jump: [hop] }).failure(named('n1'));
    await shut.stop();
    expect(failure.reason).toMatch(
      /^no-route: .*the jump host 127\.0\.0\.1:\d+ did not connect to it/,
    );
    expect(failure.nextStep).toContain('AllowTcpForwarding');
  });

  test('B12/31 everybody behind a jump host that is down hears of it, and the others are reached', async () => {
    const mine = rig(folder(), {
      resolve: ({ name }) =>
        Promise.resolve({
          ...place(),
          jump: name.startsWith('behind') ? [{ ...place(), port: 1 }] : [],
        }),
    });
    const failures = await Promise.all([
      mine.failure(named('behind-1')),
      mine.failure(named('behind-2')),
    ]);
    expect(new Set(failures.map(({ reason }) => reason))).toEqual(
      new Set(['refused: jump host 127.0.0.1:1: nothing listens there']),
    );
    await (await mine.open(named('other'))).close();
  });

  test('an unknown key of the jump host is told for each node behind it', async () => {
    const mine = rig(folder(), {
      hostKeyPolicy: 'ask',
      resolve: () => Promise.resolve({ ...place(), jump: [place()] }),
    });
    await Promise.all(['a', 'b'].map((name) => mine.failure(named(name))));
    expect(mine.unknown.map(({ node }) => node).sort()).toEqual(['a', 'b']);
  });

  test('ProxyCommand: its standard streams are the connection', async () => {
    const command = `busybox nc 127.0.0.1 ${String(sshd.port)}`;
    const session = await by({}, { proxyCommand: command }).open(named('n1'));
    expect((await run(session, 'echo by proxy\n')).stdout.toString()).toBe('by proxy\n');
    await session.close();
  });

  test.each([
    [
      'says why',
      `sh -c 'echo no such gateway >&2; exit 3'`,
      /ProxyCommand ended with status 3: no such/,
    ],
    ['is silent', 'false', /ProxyCommand ended with status 1/],
    ['is not there', '/no/such/program', /ProxyCommand ended with status 127: .*not found/],
  ])('a ProxyCommand that fails and %s', async (_, command, words) => {
    const failure = await by({}, { proxyCommand: command }).failure(named('n1'));
    expect(failure.reason).toMatch(/^no-route: 127\.0\.0\.1:\d+: the /);
    expect(failure.reason).toMatch(words);
  });

  test('HostKeyAlias is the name in known_hosts', async () => {
    const mine = by({}, { hostKeyAlias: 'rack-7' });
    await (await mine.open(named('n1'))).close();
    const { readFileSync } = await import('node:fs');
    expect(readFileSync(mine.options.knownHostsFiles.write ?? '', 'utf8')).toMatch(/^rack-7 ssh-/);
  });

  test('AddressFamily inet6 does not go to an IPv4 address', async () => {
    const failure = await by({}, { addressFamily: 'inet6' }).failure(named('n1'));
    expect(failure.reason).toMatch(/^no-route: .*AddressFamily allows IPv6 alone/);
  });

  test('Ciphers of the configuration are kept to', async () => {
    const mine = by({}, { algorithms: { cipher: ['aes256-ctr', '3des-cbc'] } });
    const session = await mine.open(named('n1'));
    expect(session.peer.algorithms?.['cipher-out']).toBe('aes256-ctr');
    await session.close();
  });

  test('what only ssh can do is said before anything is sent', async () => {
    const mine = by({}, { algorithms: { kex: ['sntrup761x25519-sha512'] } });
    const failure = await mine.failure(named('n1'));
    expect(failure.reason).toMatch(/^no-login: .*KexAlgorithms.*only the ssh command can do/);
    expect(failure.nextStep).toContain('--transport openssh');
  });
});
