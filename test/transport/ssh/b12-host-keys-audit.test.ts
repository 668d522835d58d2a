import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseHostKeyList } from '../../../src/domain/host-key-list.js';
import type { Report } from '../../../src/domain/report.js';
import { knownHostsLine } from '../../../src/transport/ssh/known-hosts.js';
import { runCli, type CliRun } from '../../helpers/built.js';
import { describeAsRoot, describeWith } from '../../helpers/require-tool.js';
import { authorize, makeKey, startSshd, type Sshd } from '../../helpers/sshd.js';
import { nodeOf } from './account-rig.js';

type Case = {
  readonly title: string;
  /** Lines of known_hosts; NAME, BARE, KEY, OTHER, RSA and HASHED are filled in for the node's own address. */
  readonly known: string;
  /** What the report says; null: the node was reached. */
  readonly reason: RegExp | null;
  readonly next?: RegExp;
};

const FINGERPRINTS =
  /it shows ssh-ed25519 SHA256:\S+, but \S+known:\d+ holds ssh-ed25519 SHA256:\S+$/;

/** One node each, all in one run of the command. */
const CASES: readonly Case[] = [
  {
    title: 'B12/2 an unknown key without anybody to ask',
    known: '',
    reason:
      /^host-key-unknown: \[127\.0\.0\.\d+\]:\d+: its key ssh-ed25519 SHA256:\S+ is not in known_hosts/,
    next: /Compare the fingerprint at the node itself/,
  },
  {
    title: 'B12/3 a changed key',
    known: 'NAME OTHER',
    reason: FINGERPRINTS,
    next: /ssh-keygen -f '\S+' -R '\[127\.0\.0\.\d+\]:\d+'/,
  },
  {
    title: 'B12/4 a revoked key',
    known: 'NAME KEY\n@revoked NAME KEY',
    reason: /^host-key-revoked: .*which \S+known:\d+ marks as revoked/,
    next: /Do not enter this node/,
  },
  { title: 'B12/5 only the RSA key is known', known: 'NAME RSA', reason: null },
  { title: 'B12/6 a hashed name', known: 'HASHED KEY', reason: null },
  { title: 'B12/7 the name with its port', known: 'NAME KEY', reason: null },
  { title: 'B12/7 the bare name on another port', known: 'BARE KEY', reason: null },
  {
    title: 'B12/7 another port',
    known: '[BARE]:1 KEY',
    reason: /^host-key-unknown: /,
  },
  { title: 'B12/8 a wildcard', known: '[BARE]:* KEY', reason: null },
  { title: 'B12/8 a negation', known: '[BARE]:*,!NAME KEY', reason: /^host-key-unknown: / },
  {
    title: 'B12/9 lines that are none, and the right one',
    known: `NAME ssh-ed25519 AAAA\n\u0001garbage\nNAME ssh-ed25519 %%%\n\0\nNAME KEY\r`,
    reason: null,
  },
];

describeWith(['sshd', 'ssh-keygen', 'mkfifo'], 'host keys of a fleet', () => {
  describeAsRoot('by one run of the command at a real sshd', () => {
    let sshd: Sshd;
    let folder = '';
    let ran: CliRun;
    let report: Report;
    const addressOf = (index: number): string => `127.0.0.${String(index + 2)}`;
    const nameOf = (index: number): string => `node-${String(index)}`;
    const audit = (known: string, ...args: readonly string[]): Promise<CliRun> =>
      runCli(
        [
          'audit',
          '--identity',
          join(folder, 'id'),
          '--known-hosts',
          known,
          '--format',
          'json',
          ...args,
        ],
        { env: { HOME: folder } },
      );
    const inventory = (...indexes: readonly number[]): string => {
      const path = join(folder, `inventory-${indexes.join('-')}.yaml`);
      const nodes = indexes.map(
        (index) =>
          `  - { name: ${nameOf(index)}, host: ${addressOf(index)}, port: ${String(sshd.port)}, user: root }`,
      );
      writeFileSync(path, `nodes:\n${nodes.join('\n')}\n`);
      return path;
    };
    const everybody = (): number[] => CASES.map((_, index) => index);

    beforeAll(async () => {
      sshd = await startSshd(CASES.map((_, index) => `ListenAddress ${addressOf(index)}`));
      folder = mkdtempSync(join(sshd.folder, 'fleet-'));
      authorize(sshd, 'root', makeKey(join(folder, 'id'), 'ed25519'));
      const other = makeKey(join(folder, 'other'), 'ed25519');
      const known = CASES.map(({ known: lines }, index) => {
        const name = { host: addressOf(index), port: sshd.port };
        const hashed = knownHostsLine(name, Buffer.from(''), true).split(' ')[0] ?? '';
        return lines
          .replaceAll('HASHED', hashed)
          .replaceAll('NAME', `[${name.host}]:${String(name.port)}`)
          .replaceAll('BARE', name.host)
          .replaceAll('KEY', sshd.hostKeys.ed25519)
          .replaceAll('OTHER', other)
          .replaceAll('RSA', sshd.hostKeys.rsa);
      });
      writeFileSync(join(folder, 'known'), `${known.join('\n')}\n`, 'latin1');
      ran = await audit(join(folder, 'known'), '--inventory', inventory(...everybody()));
      report = JSON.parse(ran.stdout) as Report;
    }, 120_000);
    afterAll(async () => {
      await sshd.stop();
    });

    test.each(CASES.map((one, index) => [one.title, one, index] as const))(
      '%s',
      (_title, { reason, next }, index) => {
        const node = report.nodes.find(({ name }) => name === nameOf(index));
        expect(node?.reached).toBe(reason === null);
        if (reason === null) expect(node?.reason).toBeUndefined();
        else expect(node?.reason).toMatch(reason);
        if (next !== undefined) expect(node?.findings[0]?.toKnow).toMatch(next);
        if (reason !== null) {
          expect(node?.readiness).toBe('unknown');
          expect(new Set(node?.findings.map(({ status }) => status))).toEqual(new Set(['unknown']));
        }
      },
    );

    test('B12/2 B12/3 B12/14 the code is that of a fleet with nodes that nobody knows, and nothing is written', () => {
      expect(ran.code).toBe({ ready: 0, 'not-ready': 1, unknown: 2 }[report.readiness]);
      expect(report.readiness).not.toBe('ready');
      expect(nodeOf(report, 'node-4').findings.some(({ status }) => status === 'pass')).toBe(true);
      expect(readFileSync(join(folder, 'known'), 'latin1')).not.toContain(
        `[${addressOf(0)}]:${String(sshd.port)} `,
      );
    });

    test('B12/3 a fleet that nobody reached ends with 2', async () => {
      expect((await audit(join(folder, 'known'), '--inventory', inventory(0, 1, 2))).code).toBe(2);
    });

    test('B12/9 the operator hears how many lines were of no use', () => {
      expect(ran.stderr).toMatch(/known: \d lines are not usable and were skipped/);
    });

    test('B12/14 nodes that show one host key are named: the same machine twice?', () => {
      expect(ran.stderr).toMatch(
        /node-4, node-5, .* show one host key \(SHA256:\S+\): the same machine twice, or copies of one image\?/,
      );
      const facts = report.nodes.find(({ name }) => name === 'node-4')?.facts;
      expect(facts?.['host-key']).toMatch(/^ssh-ed25519 SHA256:/);
      expect(facts?.['host-key-shared-with']).toContain('node-5');
      const byRsa = report.nodes.find(({ name }) => name === 'node-3')?.facts;
      expect(byRsa?.['host-key']).toMatch(/^ssh-rsa SHA256:/);
      expect(byRsa?.['host-key-bits']).toBe('2048');
      expect(byRsa?.['host-key-shared-with']).toBeUndefined();
    });

    test('B12/10 B12/11 files of known hosts that say nothing, each at one node; the healthy one has another', async () => {
      const at = (name: string): string => join(folder, name);
      writeFileSync(at('empty'), '');
      symlinkSync(at('loop'), at('loop'));
      mkdirSync(at('a-folder'));
      mkdirSync(at('.ssh'), { mode: 0o700 });
      // Nothing was written into it: who opens it waits for a writer.
      execFileSync('mkfifo', [at('.ssh/known_hosts')]);
      const own = { 4: 'empty', 5: 'loop', 6: 'a-folder', 10: 'known' };
      const config = Object.entries(own).map(
        ([index, file]) => `Host ${addressOf(Number(index))}\n  UserKnownHostsFile ${at(file)}\n`,
      );
      writeFileSync(at('config'), config.join(''));
      const { stdout, stderr, code } = await runCli(
        [
          ...['audit', '--inventory', inventory(4, 5, 6, 8, 10), '--config', at('config')],
          ...['--identity', at('id'), '--transport', 'ssh2', '--format', 'json'],
        ],
        { env: { HOME: folder } },
      );
      const of = (index: number): Report['nodes'][number] =>
        nodeOf(JSON.parse(stdout) as Report, nameOf(index));
      expect(of(4).reason).toMatch(/^host-key-unknown: /);
      expect(of(5).reason).toMatch(/^host-key-unknown: /);
      expect(stderr).toMatch(/loop cannot be read \(ELOOP\): treated as empty/);
      const odd = (file: string, what: string): string =>
        `not-run: the node was not tried: the known_hosts file ${at(file)} cannot be read: it is a ${what}`;
      expect(of(6).reason).toBe(odd('a-folder', 'folder'));
      expect(of(8).reason).toBe(odd('.ssh/known_hosts', 'named pipe'));
      expect(of(8).findings[0]?.toKnow).toMatch(
        /^Put a plain file .* in its place, or name another/,
      );
      expect(of(10).findings.some(({ status }) => status === 'pass')).toBe(true);
      const { readiness } = JSON.parse(stdout) as Report;
      expect(code).toBe({ ready: 0, 'not-ready': 1, unknown: 2 }[readiness]);
    });

    test('B12/11 a folder that is named on the command line is bad input', async () => {
      mkdirSync(join(folder, 'named-folder'));
      const named = join(folder, 'named-folder');
      const { stderr, code } = await audit(named, '--inventory', inventory(4));
      expect(stderr).toContain('is not a known_hosts file');
      expect(code).toBe(3);
    });

    test('B12/1 accept-new writes what was proven, 0600, into a folder made 0700', async () => {
      const file = join(folder, 'new', '.ssh', 'known_hosts');
      const run = await audit(file, '--host-key', 'accept-new', '--inventory', inventory(0, 5));
      expect((JSON.parse(run.stdout) as Report).nodes.map(({ reached }) => reached)).toEqual([
        true,
        true,
      ]);
      expect(existsSync(file)).toBe(true);
      expect(parseHostKeyList(readFileSync(file, 'utf8')).keys).toHaveLength(2);
    });
  });
});
