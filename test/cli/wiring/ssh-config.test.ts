import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { hostsOfSshConfig } from '../../../src/cli/wizard/files-port.js';
import { parseSshG, sshConfigResolver } from '../../../src/cli/wiring/ssh-config.js';
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

const node = (host: string, change: object = {}) => ({ name: host, host, roles: [], ...change });

describeWith('ssh', 'a configuration that ssh reads', () => {
  it.each(['node7', 'web-1', 'web-9', 'included', 'matched', 'plain', '10.0.0.1', 'fe80::1%eth0'])(
    '%s goes where ssh itself would go',
    async (host) => {
      const resolve = await sshConfigResolver(config, folder, 'me');
      const route = await resolve?.(node(host));
      const theirs = parseSshG(
        execFileSync('ssh', ['-G', '-F', config, '--', host], { encoding: 'utf8' }),
      );
      expect(route).toMatchObject({
        host: theirs.get('hostname'),
        port: Number(theirs.get('port')),
        user: theirs.get('user'),
      });
    },
  );

  it('resolves each hop by its own name', async () => {
    const resolve = await sshConfigResolver(config, folder, 'me');
    const route = await resolve?.(node('node7'));
    expect(route?.jump.map(({ host, port }) => `${host}:${String(port)}`)).toEqual([
      'bastion:2200',
      '10.1.0.1:22',
    ]);
    expect(route?.jump[0]?.user).toBe('ops');
  });

  it('lets the inventory win', async () => {
    const resolve = await sshConfigResolver(config, folder, 'me');
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
    const resolve = await sshConfigResolver(broken, folder, 'me');
    await expect(resolve?.(node('x'))).rejects.toBeInstanceOf(ConnectError);
  });
});

it('without a configuration no process is started', async () => {
  expect(await sshConfigResolver(undefined, '/nonexistent', 'me')).toBeUndefined();
});

it('the hosts to offer are those with a name, once each', () => {
  expect(hostsOfSshConfig(`${CONFIG}host = node7 node8\nHost *\n`).map(({ name }) => name)).toEqual(
    ['node7', 'inner', 'node8'],
  );
});
