import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, hostname, tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { hostsOfSshConfig } from '../../../src/cli/wizard/files-port.js';
import { evaluate } from '../../../src/cli/wiring/ssh-config/evaluate.js';
import { readDirectives } from '../../../src/cli/wiring/ssh-config/read-files.js';
import { sshConfigResolver } from '../../../src/cli/wiring/ssh-config/resolver.js';
import { firstOf, parseSshG } from '../../../src/cli/wiring/ssh-config/values.js';
import { ConnectError } from '../../../src/domain/errors.js';
import { describeWith } from '../../helpers/require-tool.js';

const CONFIG = `Include more/*
Host web-* !web-9
  HostName %h.example.org
  User deploy
Host node7
  HostName 10.0.0.7
  Port 2222
  ProxyJump ops@bastion:2200,inner
Host inner
  HostName 10.1.0.1
Match host matched
  User by-match
`;

let folder: string;
let config: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'calico-ready-config-'));
  mkdirSync(join(folder, 'more'));
  config = join(folder, 'config');
  writeFileSync(config, CONFIG.replace('more/*', `${folder}/more/*`));
  writeFileSync(join(folder, 'more', 'one'), 'Host included\n  HostName 10.9.9.9\n  Port 29\n');
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const resolverFor = (file: string | undefined, home = folder) =>
  sshConfigResolver({
    config: file,
    identities: [],
    home,
    defaultUser: 'me',
    given: { knownHosts: false, hostKey: false },
  });
const node = (host: string, change: object = {}) => ({ name: host, host, roles: [], ...change });

describeWith('ssh', 'a configuration that ssh reads', () => {
  it.each(['node7', 'web-1', 'web-9', 'included', 'matched', 'plain', '10.0.0.1', 'fe80::1%eth0'])(
    '%s goes where ssh itself would go',
    async (host) => {
      const resolve = await resolverFor(config);
      const route = await resolve?.(node(host));
      const theirs = parseSshG(
        execFileSync('ssh', ['-G', '-F', config, '--', host], { encoding: 'utf8' }),
      );
      expect(route).toMatchObject({
        host: firstOf(theirs, 'hostname'),
        port: Number(firstOf(theirs, 'port')),
        user: firstOf(theirs, 'user') === userInfo().username ? 'me' : firstOf(theirs, 'user'),
      });
    },
  );

  it('resolves each hop by its own name', async () => {
    const resolve = await resolverFor(config);
    const route = await resolve?.(node('node7'));
    expect(route?.jump.map(({ host, port }) => `${host}:${String(port)}`)).toEqual([
      'bastion:2200',
      '10.1.0.1:22',
    ]);
    expect(route?.jump[0]?.user).toBe('ops');
  });

  it('lets the inventory win', async () => {
    const resolve = await resolverFor(config);
    expect(await resolve?.(node('node7', { port: 22, user: 'root', jump: [] }))).toMatchObject({
      host: '10.0.0.7',
      port: 22,
      user: 'root',
      jump: [],
    });
  });

  it('a broken configuration is told, not guessed around', async () => {
    const broken = join(folder, 'broken');
    writeFileSync(broken, 'NoSuchKeyword yes\n');
    const resolve = await resolverFor(broken);
    await expect(resolve?.(node('x'))).rejects.toBeInstanceOf(ConnectError);
  });
});

describeWith('ssh', 'reading a configuration without ssh', () => {
  const KEYWORDS = [
    'hostname',
    'port',
    'user',
    'proxyjump',
    'proxycommand',
    'hostkeyalias',
    'identityfile',
    'identitiesonly',
    'addressfamily',
    'connecttimeout',
    'serveraliveinterval',
  ];
  const RICH = `IgnoreUnknown Nonsense
Host a b !c
  HostName=%h.example.org
  "User" "with-quotes"
  IdentityFile ~/.ssh/one
  IdentityFile ~/.ssh/two
  IdentitiesOnly yes
Host a
  User second-value-does-not-count
  HostKeyAlias alias-of-a
  ConnectTimeout 7
Host d*
  ProxyCommand nc -X connect %h %p
  ServerAliveInterval 12
  AddressFamily inet
Match host *.example.org user with-quotes
  Port 2200
Match originalhost e
  ProxyJump one,two
Match !host a,b,*.example.org
  Port 2300
Host *
  User last
`;

  it.each(['a', 'b', 'c', 'd1', 'e', 'A', 'f'])('%s: agrees with ssh -G', async (host) => {
    const rich = join(folder, 'rich');
    writeFileSync(rich, RICH);
    const ours = evaluate(await readDirectives(rich), { host }).values;
    const theirs = parseSshG(
      execFileSync('ssh', ['-G', '-F', rich, '--', host], { encoding: 'utf8' }),
    );
    for (const keyword of KEYWORDS.filter((word) => ours.has(word))) {
      const their = theirs.get(keyword)?.map((value) => value.replace(/^true$/, 'yes'));
      expect([keyword, ours.get(keyword)]).toEqual([keyword, their]);
    }
    // What is not said here is what ssh fills in by itself.
    const unsaid = KEYWORDS.filter((word) => !ours.has(word));
    for (const keyword of unsaid) {
      expect([keyword, theirs.get(keyword)?.join(' ') ?? 'none']).toEqual([
        keyword,
        expect.stringMatching(/^(?:none|no|any|0|22|false|~\/\.ssh\/id_.*|[a-f]\d?)$/i),
      ]);
    }
  });

  it('names what it does not honour', async () => {
    const odd = join(folder, 'odd');
    writeFileSync(odd, 'Match exec "true"\n  Port 1\nHost x\n  BindAddress 10.0.0.1\n');
    const { values, ignored } = evaluate(await readDirectives(odd), { host: 'x' });
    expect(values.get('port')).toBeUndefined();
    expect(ignored).toEqual([`match (${odd}:1)`, `bindaddress (${odd}:4)`]);
  });
});

describeWith('ssh', 'what else a host has', () => {
  const settingsOf = async (text: string, host = 'h') => {
    const file = join(folder, 'settings');
    writeFileSync(file, text);
    return (await resolverFor(file).then((resolve) => resolve?.(node(host))))?.settings;
  };

  it.each([
    ['HostKeyAlias rack', { hostKeyAlias: 'rack' }],
    ['IdentityFile /keys/%h-%r', { identityFiles: ['/keys/h-me'] }],
    ['IdentitiesOnly yes', { identitiesOnly: true }],
    ['IdentityAgent none', { agentSocket: null }],
    ['IdentityAgent /run/%u.sock', { agentSocket: `/run/${userInfo().username}.sock` }],
    ['ProxyCommand nc %h %p', { proxyCommand: 'nc h 22' }],
    [
      'ProxyCommand p %% %d %i %k %l %L %n %u %Z',
      {
        proxyCommand: `p % ${homedir()} ${String(process.getuid?.())} h ${hostname()} ${hostname().replace(/\..*/, '')} h ${userInfo().username} %Z`,
      },
    ],
    ['AddressFamily inet6', { addressFamily: 'inet6' }],
    ['ConnectTimeout 4', { connectTimeoutMs: 4000 }],
    ['ServerAliveInterval 7', { keepalive: { intervalMs: 7000, count: 3 } }],
    ['StrictHostKeyChecking yes', { hostKeyPolicy: 'strict' }],
    ['StrictHostKeyChecking accept-new', { hostKeyPolicy: 'accept-new' }],
    ['StrictHostKeyChecking no', { ignored: ['StrictHostKeyChecking no'] }],
    ['CertificateFile /k-cert.pub', { needsOpenSsh: ['a user certificate (CertificateFile)'] }],
    ['PKCS11Provider /lib/p.so', { needsOpenSsh: ['a security token (PKCS11Provider)'] }],
    [
      'Ciphers aes256-ctr',
      { algorithms: expect.objectContaining({ cipher: ['aes256-ctr'] }) as unknown },
    ],
    [
      'UserKnownHostsFile /a/one /b/%h',
      {
        knownHostsFiles: expect.objectContaining({
          user: ['/a/one', '/b/h'],
          write: '/a/one',
        }) as unknown,
      },
    ],
  ])('%s', async (line, expected) => {
    expect(await settingsOf(`Host h\n  ${line}\n`)).toMatchObject(expected);
  });

  it('keeps to HOME where ssh would take the home folder of the password file', async () => {
    vi.stubEnv('HOME', folder);
    const settings = await settingsOf('Host h\n  HashKnownHosts yes\n');
    vi.unstubAllEnvs();
    expect(settings?.knownHostsFiles).toMatchObject({
      user: [join(folder, '.ssh', 'known_hosts'), join(folder, '.ssh', 'known_hosts2')],
      write: join(folder, '.ssh', 'known_hosts'),
      hashNew: true,
    });
  });

  it('has one answer for a fleet where no line depends on the host, and each host its own place', async () => {
    const file = join(folder, 'same');
    writeFileSync(file, 'Host *\n  ConnectTimeout 4\n');
    const resolve = await resolverFor(file);
    const one = await resolve?.(node('n1'));
    const other = await resolve?.(node('n2'));
    expect(one).toMatchObject({ host: 'n1', port: 22, settings: { connectTimeoutMs: 4000 } });
    expect(other).toEqual({ ...one, host: 'n2' });
  });

  it('says nothing that was not said', async () => {
    const settings = await settingsOf('Host other\n  ConnectTimeout 4\n');
    expect(Object.keys(settings ?? {}).sort()).toEqual([
      'addressFamily',
      'algorithms',
      'identityFiles',
      'knownHostsFiles',
    ]);
  });

  it('follows the jump hosts of the first jump host, and stops where they go in a circle', async () => {
    const file = join(folder, 'chain');
    writeFileSync(
      file,
      'Host end\n ProxyJump mid\nHost mid\n ProxyJump first\nHost c1\n ProxyJump c2\nHost c2\n ProxyJump c1\n',
    );
    const resolve = await resolverFor(file);
    const route = await resolve?.(node('end'));
    expect(route?.jump.map(({ host }) => host)).toEqual(['first', 'mid']);
    await expect(resolve?.(node('c1'))).rejects.toThrow(/circle/);
  });
});

it('where no file says anything, nothing is resolved', async () => {
  const empty = join(folder, 'empty');
  writeFileSync(empty, '# nothing\n');
  expect(await resolverFor(empty)).toBeUndefined();
});

it('the hosts to offer are those with a name, once each', () => {
  expect(hostsOfSshConfig(`${CONFIG}host = node7 node8\nHost *\n`).map(({ name }) => name)).toEqual(
    ['node7', 'inner', 'node8'],
  );
});
