import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  judgeHostKey,
  knownHostsLine,
  knownKeyTypes,
  parseKnownHosts,
} from '../../../src/transport/ssh/known-hosts.js';
import { strictVerifier } from '../../../src/transport/ssh/verifier.js';
import { processorMs } from '../../helpers/processor-time.js';
import { makeKey, missingForSshd, startSshd, type Sshd } from '../../helpers/sshd.js';

const missing = missingForSshd();

/** Files in which NAME is the host as OpenSSH names it, KEY its right key, OTHER another of the type, RSA its RSA key. */
const FILES: readonly (readonly [string, string])[] = [
  ['empty', ''],
  ['the right key', 'NAME KEY'],
  ['another key', 'NAME OTHER'],
  ['another, then the right one', 'NAME OTHER\nNAME KEY'],
  ['the right key of another host', '[10.9.9.9]:22 KEY'],
  ['a comment and blank lines', '# hello\n\n   \nNAME KEY'],
  ['a leading space and tabs', '  NAME\tKEY\tcomment here'],
  ['CRLF', 'NAME KEY\r\n# x\r'],
  ['no comment, CR right after the key', 'NAME KEY\r'],
  ['several names', 'a,b,NAME,c KEY'],
  ['a wildcard', '[127.*]:* KEY'],
  ['a question mark', '[127.0.0.?]:* KEY'],
  ['a wildcard that does not match', '[128.*]:* KEY'],
  ['a negation after a match', '*,!NAME KEY'],
  ['a negation before a match', '!NAME,* KEY'],
  ['a negation of another', '!other,* KEY'],
  ['the bare name', '127.0.0.1 KEY'],
  ['the bare name with another key', '127.0.0.1 OTHER'],
  ['another port', '[127.0.0.1]:1 KEY'],
  ['revoked and known', '@revoked * KEY\nNAME KEY'],
  ['revoked is another', '@revoked * OTHER\nNAME KEY'],
  ['revoked for another host', '@revoked elsewhere KEY\nNAME KEY'],
  ['an authority', '@cert-authority NAME KEY'],
  ['an unknown marker', '@trusted NAME KEY'],
  ['hashed', 'HASHED(NAME) KEY'],
  ['hashed, another key', 'HASHED(NAME) OTHER'],
  ['hashed, broken salt', '|1|****|**** KEY'],
  ['garbage', 'NAME ssh-ed25519 %%%%'],
  ['garbage before', '\u0001\u0002 what is this\nNAME KEY'],
  ['a key cut short', 'NAME CUT'],
  ['a wrong type word', 'NAME ssh-rsa BLOB'],
  ['a name alone', 'NAME'],
  ['a NUL in the comment', 'NAME KEY c\0d'],
  ['upper case', 'LOCALHOST KEY'],
  ['no newline at the end', 'NAME KEY'],
  ['the RSA key alone', 'NAME RSA'],
];

describe.skipIf(missing !== null)(`known_hosts as OpenSSH reads it ${missing ?? ''}`, () => {
  let sshd: Sshd;
  let folder = '';
  let other = '';
  let identity = '';
  beforeAll(async () => {
    sshd = await startSshd(['MaxStartups 100']);
    folder = mkdtempSync(join(tmpdir(), 'known-'));
    other = makeKey(join(folder, 'other'), 'ed25519');
    identity = join(folder, 'nobody');
    makeKey(identity, 'ed25519');
  });
  afterAll(async () => {
    await sshd.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const fill = (template: string): string => {
    const name = `[127.0.0.1]:${String(sshd.port)}`;
    const key = sshd.hostKeys.ed25519;
    const blob = key.split(' ')[1] ?? '';
    const hashed = knownHostsLine(
      { host: '127.0.0.1', port: sshd.port },
      Buffer.from(blob, 'base64'),
      true,
    );
    return template
      .replaceAll('HASHED(NAME)', hashed.split(' ')[0] ?? '')
      .replaceAll('NAME', name)
      .replaceAll('KEY', key)
      .replaceAll('OTHER', other)
      .replaceAll('RSA', sshd.hostKeys.rsa)
      .replaceAll('CUT', `ssh-ed25519 ${blob.slice(0, 40)}`)
      .replaceAll('BLOB', blob);
  };

  /** What the real client says, by the words it prints. The login itself fails: nobody is authorised. */
  const byOpenSsh = (file: string): string => {
    const options = [
      'BatchMode=yes',
      'StrictHostKeyChecking=yes',
      `UserKnownHostsFile=${file}`,
      'GlobalKnownHostsFile=none',
      'IdentitiesOnly=yes',
      'UpdateHostKeys=no',
    ];
    const { stderr } = spawnSync(
      'ssh',
      [
        '-F',
        'none',
        ...options.flatMap((option) => ['-o', option]),
        '-i',
        identity,
        '-p',
        String(sshd.port),
        'root@127.0.0.1',
        'true',
      ],
      { encoding: 'utf8' },
    );
    if (stderr.includes('REVOKED HOST KEY')) return 'revoked';
    if (stderr.includes('IDENTIFICATION HAS CHANGED')) return 'changed';
    if (/No .* host key is known/.test(stderr)) return 'new';
    return stderr.includes('Permission denied') ? 'known' : `unexpected: ${stderr}`;
  };

  test.each(FILES)('%s', (_name, template) => {
    const file = join(folder, 'known_hosts');
    writeFileSync(file, fill(template));
    const { lines } = parseKnownHosts(readFileSync(file, 'latin1'), file);
    const name = { host: '127.0.0.1', port: sshd.port };
    // ssh asks for a type it knows, as this transport does.
    const type = knownKeyTypes(lines, name).includes('ssh-rsa')
      ? sshd.hostKeys.rsa
      : sshd.hostKeys.ed25519;
    const verdict = judgeHostKey(lines, name, Buffer.from(type.split(' ')[1] ?? '', 'base64'));
    expect(verdict.status).toBe(byOpenSsh(file));
  });

  test('ssh-keygen -F finds what was written, hashed or not', () => {
    const key = Buffer.from(other.split(' ')[1] ?? '', 'base64');
    for (const hashed of [true, false]) {
      for (const [name, lookup] of [
        [{ host: 'Node.Example', port: 22 }, 'node.example'],
        [{ host: 'fe80::1', port: 2222 }, '[fe80::1]:2222'],
      ] as const) {
        const file = join(folder, 'written');
        writeFileSync(file, knownHostsLine(name, key, hashed));
        const found = execFileSync('ssh-keygen', ['-F', lookup, '-f', file], { encoding: 'utf8' });
        expect(found).toContain(other);
      }
    }
  });
});

test('a hostile pattern costs no time', () => {
  const hosts = `${'*a'.repeat(5000)}*b`;
  const key = Buffer.from('AAAAC3NzaC1lZDI1NTE5AAAAI', 'base64');
  const lines = [{ file: 'f', line: 1, marker: 'none', hosts, type: 'ssh-ed25519', key }] as const;
  const judge = (): void => {
    expect(judgeHostKey(lines, { host: 'a'.repeat(250), port: 22 }, key).status).toBe('new');
  };
  expect(processorMs(judge)).toBeLessThan(1000);
});

describe('strictVerifier', () => {
  const key = Buffer.from('a key');
  const answering = (value: unknown): boolean =>
    strictVerifier((() => value) as () => boolean)(key);
  test.each([[false], [undefined], [null], [0], [''], [1], ['true'], [{}]])('%j is no', (value) => {
    expect(answering(value)).toBe(false);
  });
  test('an async yes, a throw and a string for a key are no; only true is yes', () => {
    expect(answering(Promise.resolve(true))).toBe(false);
    const throwing = strictVerifier(() => {
      throw new Error('no');
    });
    expect(throwing(key)).toBe(false);
    expect(strictVerifier(() => true)('a key' as unknown as Buffer)).toBe(false);
    expect(answering(true)).toBe(true);
  });
  test('another key later in the same connection is no', () => {
    const verify = strictVerifier(() => true);
    expect([verify(key), verify(key), verify(Buffer.from('another'))]).toEqual([true, true, false]);
  });
});
