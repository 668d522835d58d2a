import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { knownHostsLine } from '../../../src/transport/ssh/known-hosts.js';
import { sshString } from '../../../src/transport/ssh/wire.js';
import { makeKey, missingForSshd, startSshd, type Sshd } from '../../helpers/sshd.js';
import { nodeAt, rig } from './rig.js';

const missing = missingForSshd();

type Case = {
  readonly user: string;
  /** A second file of the user, and one of the system. */
  readonly second?: string;
  readonly system?: string;
  readonly alias?: string;
  /** Hash the user's file by ssh-keygen -H. */
  readonly hash?: true;
  /** Where this tool refuses what ssh takes, on purpose. */
  readonly stricter?: string;
};
const plain = (user: string): Case => ({ user });

/** NAME, KEY, OTHER, RSA and so on are filled in; see `fill`. */
const CASES: readonly (readonly [string, Case])[] = [
  ['ssh-keygen -H over the right key', { user: 'NAME KEY\n', hash: true }],
  ['ssh-keygen -H over another key', { user: 'NAME OTHER\n', hash: true }],
  ['ssh-keygen -H over several names', { user: 'a.example,NAME,b.example KEY\n', hash: true }],
  ['hashed under the bare name', plain('HASHED(127.0.0.1) KEY')],
  ['hashed under the bare name, another key', plain('HASHED(127.0.0.1) OTHER')],
  ['a hash of a pattern', plain('HASHED([127.*]:*) KEY')],
  ['two hashes in one field', plain('HASHED(NAME),HASHED(other) KEY')],
  ['a hash in a list of names', plain('other,HASHED(NAME) KEY')],
  ['a negated hash', plain('!HASHED(NAME) KEY')],
  ['a hash with another magic', plain('|2|AAAA|AAAA KEY\nNAME KEY')],
  ['a hash whose salt is too short', plain('|1|QUJD|QUJD KEY\nNAME KEY')],
  ['a hash cut short', plain('|1|QUJD KEY')],
  ['known in the second file', { user: 'x KEY\n', second: 'NAME KEY\n' }],
  ['known in the file of the system', { user: '', system: 'NAME KEY\n' }],
  [
    'another key of the user, the right one of the system',
    { user: 'NAME OTHER\n', system: 'NAME KEY\n' },
  ],
  ['revoked by the system', { user: 'NAME KEY\n', system: '@revoked NAME KEY\n' }],
  ['HostKeyAlias', { user: 'rack-7 KEY\n', alias: 'rack-7' }],
  ['HostKeyAlias, and the address known', { user: 'NAME KEY\n', alias: 'rack-7' }],
  ['HostKeyAlias with another key', { user: 'rack-7 OTHER\nNAME KEY\n', alias: 'rack-7' }],
  ['HostKeyAlias in capitals', { user: 'rack-7 KEY\n', alias: 'RACK-7' }],
  ['HostKeyAlias by a pattern', { user: 'rack-? KEY\n', alias: 'rack-7' }],
  ['a DSA key alone', plain('NAME DSA')],
  ['a DSA key and the right one', plain('NAME DSA\nNAME KEY')],
  ['an unknown type', plain('NAME ssh-quantum QUANTUM')],
  ['an unknown type and the right key', plain('NAME ssh-quantum QUANTUM\nNAME KEY')],
  ['an Ed25519 key of 31 bytes', plain('NAME ssh-ed25519 SHORT')],
  ['an Ed25519 key with more behind it', plain('NAME ssh-ed25519 LONGER')],
  ['an ECDSA key that names another curve', plain('NAME ecdsa-sha2-nistp384 CURVE')],
  ['an RSA signature algorithm for a type', plain('NAME rsa-sha2-512 RSABLOB')],
  ['the ECDSA key alone', plain('NAME ECDSA')],
  ['the RSA and the ECDSA key', plain('NAME RSA\nNAME ECDSA')],
  ['another RSA key alone', plain('NAME OTHERRSA')],
  ['another RSA key, the right Ed25519 key', plain('NAME OTHERRSA\nNAME KEY')],
  ['revoked twice, known once', plain('@revoked * KEY\nNAME KEY\n@revoked NAME KEY')],
  ['revoked under the bare name, known with the port', plain('@revoked 127.0.0.1 KEY\nNAME KEY')],
  ['revoked under a negation', plain('@revoked *,!NAME KEY\nNAME KEY')],
  ['two markers', plain('@revoked @revoked NAME KEY\nNAME KEY')],
  ['a marker in capitals', plain('@REVOKED NAME KEY\nNAME KEY')],
  // ssh looks for a space before a tab, and so takes all up to the key for the marker, and skips the line.
  ['a marker with a tab', { user: '@revoked\tNAME\tKEY\nNAME KEY', stricter: 'host-key-revoked' }],
  ['a marker alone', plain('@revoked\nNAME KEY')],
  ['a marker without a key', plain('@revoked NAME\nNAME KEY')],
  ['an authority and the right key', plain('@cert-authority * OTHER\nNAME KEY')],
  ['trailing spaces and tabs', plain('NAME KEY \t \t')],
  ['a form feed in front', plain('\fNAME KEY')],
  ['a no-break space in front', plain('\u00a0NAME KEY')],
  ['a comment behind a space', plain('  # NAME OTHER\nNAME KEY')],
  ['a comment in the middle', plain('NAME # KEY')],
  ['a NUL inside the name', plain('NA\0ME KEY\nNAME KEY')],
  ['a NUL at the end of a line', plain('NAME KEY\0\nx KEY')],
  ['a byte order mark', plain('\u00ef\u00bb\u00bfNAME KEY')],
  ['base64 cut to two thirds', plain('NAME ssh-ed25519 TWOTHIRDS')],
  ['base64 without its padding', plain('NAME ecdsa-sha2-nistp256 UNPADDED')],
  ['base64 with a tail', plain('NAME ssh-ed25519 BLOB====')],
  ['key and name the other way round', plain('KEY NAME')],
  ['an option of authorized_keys in front', plain('command="x" KEY\nNAME KEY')],
  ['CR in the middle of the file', plain('x KEY\rNAME KEY')],
  ['a line of 40 000 names', plain(`${'host-name.example,'.repeat(2500)}NAME KEY`)],
  ['names with empty ones between', plain(',,NAME,, KEY')],
  ['a star for the port', plain('[127.0.0.1]:* KEY')],
  ['a star for everything', plain('* OTHER\nNAME KEY')],
  ['a double negation', plain('!!NAME,* KEY')],
  ['a space after the comma', plain('x, NAME KEY')],
];

describe.skipIf(missing !== null)(
  `known_hosts: ssh and this tool say the same ${missing ?? ''}`,
  () => {
    let sshd: Sshd;
    let words: readonly (readonly [string, string])[] = [];
    beforeAll(async () => {
      sshd = await startSshd(['MaxStartups 100']);
      const make = (name: string, type: string): string => makeKey(join(sshd.folder, name), type);
      const blobOf = (key: string): string => key.split(' ')[1] ?? '';
      const raw = Buffer.from(blobOf(sshd.hostKeys.ed25519), 'base64');
      const blob = (...parts: readonly (Uint8Array | string)[]): string =>
        Buffer.concat(parts.map((part) => sshString(part))).toString('base64');
      const ecdsa = make('curve', 'ecdsa');
      words = [
        ['RSABLOB', blobOf(sshd.hostKeys.rsa)],
        ['OTHERRSA', make('other-rsa', 'rsa')],
        ['OTHER', make('other', 'ed25519')],
        ['QUANTUM', blob('ssh-quantum', Buffer.alloc(32, 7))],
        ['SHORT', blob('ssh-ed25519', Buffer.alloc(31, 7))],
        ['LONGER', Buffer.concat([raw, sshString('more')]).toString('base64')],
        ['CURVE', blobOf(ecdsa).replace(/^.{36}/, blob('ecdsa-sha2-nistp384').slice(0, 36))],
        ['TWOTHIRDS', raw.subarray(0, 34).toString('base64')],
        ['UNPADDED', blobOf(ecdsa).replace(/=+$/, '')],
        ['ECDSA', sshd.hostKeys.ecdsa],
        ['RSA', sshd.hostKeys.rsa],
        [
          'DSA',
          `ssh-dss ${blob('ssh-dss', ...[1, 2, 3, 4].map((fill) => Buffer.alloc(20, fill)))}`,
        ],
        ['BLOB', blobOf(sshd.hostKeys.ed25519)],
        ['KEY', sshd.hostKeys.ed25519],
        ['NAME', `[127.0.0.1]:${String(sshd.port)}`],
      ];
      makeKey(join(sshd.folder, 'nobody'), 'ed25519');
    });
    afterAll(async () => {
      await sshd.stop();
    });

    const hashed = (name: string): string => {
      const key = Buffer.from('');
      return knownHostsLine({ host: name, port: 22 }, key, true).split(' ')[0] ?? '';
    };
    const fill = (template: string): string =>
      words
        .reduce((text, [word, value]) => text.replaceAll(word, value), template)
        .replace(/HASHED\(((?:[^()])*)\)/g, (_, name: string) => hashed(name));

    /** The real client's answer, by the words it prints. The login fails: nobody is authorised. */
    const byOpenSsh = (files: readonly string[], system: string, alias?: string): string => {
      const options = [
        'BatchMode=yes',
        'StrictHostKeyChecking=yes',
        `UserKnownHostsFile=${files.join(' ')}`,
        `GlobalKnownHostsFile=${system}`,
        'IdentitiesOnly=yes',
        ...(alias === undefined ? [] : [`HostKeyAlias=${alias}`]),
      ];
      const identity = ['-i', join(sshd.folder, 'nobody'), '-p', String(sshd.port)];
      const { stderr } = spawnSync(
        'ssh',
        [
          '-F',
          'none',
          ...options.flatMap((option) => ['-o', option]),
          ...identity,
          'root@127.0.0.1',
          'true',
        ],
        { encoding: 'utf8' },
      );
      if (stderr.includes('REVOKED HOST KEY')) return 'host-key-revoked';
      if (stderr.includes('IDENTIFICATION HAS CHANGED')) return 'host-key-changed';
      if (/No .* host key is known/.test(stderr)) return 'host-key-unknown';
      return stderr.includes('Permission denied') ? 'auth-failed' : `unexpected: ${stderr}`;
    };

    test.each(CASES)('%s', async (_title, { user, second, system, alias, hash, stricter }) => {
      const folder = mkdtempSync(join(sshd.folder, 'case-'));
      const put = (name: string, text = ''): string => {
        writeFileSync(join(folder, name), fill(text), 'latin1');
        return join(folder, name);
      };
      const files = [put('known_hosts', user), put('known_hosts2', second)];
      const systemFile = put('ssh_known_hosts', system);
      if (hash) execFileSync('ssh-keygen', ['-q', '-H', '-f', files[0] ?? ''], { stdio: 'ignore' });
      const settings = { knownHostsFiles: { user: files, system: [systemFile], write: null } };
      const ours = rig(folder, {
        hostKeyPolicy: 'strict',
        identityFiles: [join(sshd.folder, 'nobody')],
        resolve: () =>
          Promise.resolve({
            host: '127.0.0.1',
            port: sshd.port,
            user: 'root',
            jump: [],
            settings: alias === undefined ? settings : { ...settings, hostKeyAlias: alias },
          }),
      });
      const { reason } = await ours.failure(nodeAt(sshd.port));
      const theirs = byOpenSsh(files, systemFile, alias);
      expect(reason.split(':')[0]).toBe(stricter ?? theirs);
      // A difference that has gone is to be written down, too.
      if (stricter !== undefined) expect(theirs).toBe('auth-failed');
    });
  },
);
