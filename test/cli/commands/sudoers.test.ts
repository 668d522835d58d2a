import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sudoersText, wordsOfCommand } from '../../../src/collect/least-privilege.js';
import { surveyNode } from '../../../src/collect/survey.js';
import type { Evidence } from '../../../src/domain/evidence.js';
import { DEFAULT_INTENT } from '../../../src/domain/intent.js';
import type { AnyProbe } from '../../../src/domain/probe.js';
import { answerOf } from '../../../src/engine/answers.js';
import { allProbes, planProbes } from '../../../src/engine/plan.js';
import { currentCatalogue } from '../../../src/cli/wiring/catalogue.js';
import { clock, randomHex } from '../../../src/cli/wiring/run.js';
import { numberProbe } from '../../collect/fixture-probes.js';
import { runCli } from '../../helpers/built.js';
import { describeAsRoot, describeWith } from '../../helpers/require-tool.js';
import { addUser, authorize, makeKey, startSshd } from '../../helpers/sshd.js';
import type { Sshd, TestUser } from '../../helpers/sshd.js';
import { nodeAt, never, rig } from '../../transport/ssh/rig.js';

const PROBES = allProbes(currentCatalogue()).filter(
  ({ script, rootCommands }) => script !== null && rootCommands.length > 0,
);
const COMMANDS = [...new Set(PROBES.flatMap(({ rootCommands }) => rootCommands))];
// What sudoers(5) and fnmatch(3) read in their own way, each as a plain character of an argument.
const NASTY = String.raw`/opt/cr-stub '^a' 'b,c' d:e f=g '*' '[x]' '?' 'h\i' 'j{k}l' '!m' '#n'`;
const nasty = numberProbe('nasty', `as_root ${NASTY}`, { rootCommands: [NASTY] });

test('a command line is cut as sh cuts it, and what sh would bend is refused', () => {
  expect(wordsOfCommand(`/bin/a -o 'b c'd=e`)).toEqual(['/bin/a', '-o', 'b cd=e']);
  for (const bad of [
    'a b',
    '/bin/a $b',
    '/bin/a "b"',
    '/bin/a `b`',
    '/bin/a b; c',
    '/bin/a *',
    '~',
  ])
    expect(() => wordsOfCommand(bad)).toThrow();
});

test('prints a rule with every command once, and only those of an intent when it is named', async () => {
  const { code, stdout, stderr } = await runCli(['sudoers']);
  expect([code, stderr, stdout]).toEqual([0, '', sudoersText(PROBES)]);
  expect(stdout.match(/^# permit /gm)).toHaveLength(COMMANDS.length);
  expect(stdout.replace(/^#.*/gm, '')).not.toMatch(/\bALL\b|[^\\][*?[]/);
  const file = join(mkdtempSync(join(tmpdir(), 'sudoers-')), 'intent.yaml');
  writeFileSync(file, 'network: flannel\n');
  const intent = await runCli(['sudoers', '--intent', file]);
  const flannel = planProbes(currentCatalogue(), { ...DEFAULT_INTENT, network: 'flannel' });
  expect([intent.code, intent.stdout]).toEqual([0, sudoersText(flannel)]);
  expect((await runCli(['sudoers', '--intent', '/nonexistent'])).code).toBe(3);
});

describeWith(
  ['visudo', 'sudo', 'sshd', 'unshare', 'doas', 'useradd'],
  'the rule in real use',
  () => {
    describeAsRoot('by a throw-away user', () => {
      let sshd: Sshd;
      let user: TestUser;
      const ruleFor = (probes: readonly AnyProbe[]): string =>
        sudoersText(probes).replace(/^# USER /m, '%u ');

      beforeAll(async () => {
        sshd = await startSshd();
        makeKey(join(sshd.folder, 'id'), 'ed25519');
        user = addUser({ sudoers: [ruleFor([...PROBES, nasty])] });
      });
      afterAll(async () => {
        user.remove();
        await sshd.stop();
      });

      test('visudo and doas take it', () => {
        const rule = join(sshd.folder, 'rule');
        writeFileSync(rule, sudoersText(PROBES));
        expect(execFileSync('visudo', ['-cf', rule], { encoding: 'utf8' })).toContain('parsed OK');
        const conf = join(sshd.folder, 'doas.conf');
        const lines = sudoersText([...PROBES, nasty]).match(/^# permit .*/gm) ?? [];
        const own = lines.map((line) => line.slice(2).replace('USER', user.name));
        writeFileSync(conf, `${own.join('\n')}\n`);
        const asked = (argv: readonly string[]): string =>
          spawnSync('runuser', ['-u', user.name, '--', 'doas', '-C', conf, ...argv], {
            encoding: 'utf8',
          }).stdout.trim();
        for (const line of [...COMMANDS, NASTY]) {
          expect([line, asked(wordsOfCommand(line))]).toEqual([line, 'permit nopass']);
          expect(asked([...wordsOfCommand(line), 'x'])).toBe('deny');
        }
        expect(asked(['/bin/cat', '/etc/shadow'])).toBe('deny');
      });

      test('sudo runs each command with its arguments, and nothing else', () => {
        // Stand-ins for programs that this machine may not have, in a mount namespace of their own.
        const folders = ['/opt', '/usr/local/bin'];
        const stubs = [...COMMANDS, NASTY]
          .map(wordsOfCommand)
          .filter(([path = '']) => folders.some((folder) => path.startsWith(`${folder}/`)));
        const quoted = (argv: readonly string[]): string =>
          argv.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(' ');
        const asUser = (argv: readonly string[]): string =>
          `runuser -u ${user.name} -- sudo -n -- ${quoted(argv)} 2>&1; echo "= $?"`;
        const script = [
          ...folders.map((folder) => `mount -t tmpfs none ${folder}`),
          ...stubs.map(
            ([path = '']) =>
              `mkdir -p $(dirname ${path}); printf '#!/bin/sh\\nprintf "<%%s>" "$@"\\n' >${path}; chmod 755 ${path}`,
          ),
          ...stubs.flatMap((argv) => [
            asUser(argv),
            asUser([...argv, 'more']),
            asUser(argv.slice(0, -1)),
          ]),
          asUser(['/bin/cat', '/etc/shadow']),
          asUser(['/bin/sh', '-s']),
          asUser(['/usr/sbin/nft', 'flush', 'ruleset']),
        ].join('\n');
        const { stdout } = spawnSync('unshare', ['-m', '--propagation', 'private', 'sh'], {
          input: script,
          encoding: 'utf8',
        });
        const refused = 'sudo: a password is required\n= 1\n';
        expect(stdout).toBe(
          stubs
            .map(
              ([, ...rest]) =>
                `${rest.map((word) => `<${word}>`).join('')}= 0\n${refused.repeat(2)}`,
            )
            .join('') + refused.repeat(3),
        );
        expect(stubs.length).toBeGreaterThan(10);
      });

      test('an audit over SSH gets from this user what it gets from root', async () => {
        const survey = async (name: string): Promise<ReadonlyMap<string, Evidence>> => {
          authorize(
            sshd,
            name,
            execFileSync('cat', [join(sshd.folder, 'id.pub')], { encoding: 'utf8' }),
          );
          const { open } = rig(sshd.folder, { identityFiles: [join(sshd.folder, 'id')] });
          const { evidence, unreached } = await surveyNode({
            node: nodeAt(sshd.port, name),
            transport: { open },
            probes: PROBES,
            become: 'auto',
            runAs: 'login',
            deadlineMs: 60_000,
            signal: never,
            clock,
            randomNonce: randomHex,
          });
          expect(unreached).toBeUndefined();
          return new Map(evidence.map((one) => [one.probe, one]));
        };
        const [byRoot, byUser] = [await survey('root'), await survey(user.name)];
        for (const probe of PROBES) {
          const [root, mine] = [byRoot.get(probe.id), byUser.get(probe.id)].map((one) => ({
            exit: one?.exit,
            state: answerOf(probe, one).state,
          }));
          expect([probe.id, mine]).toEqual([probe.id, root]);
        }
        expect([...byRoot.values()].some(({ exit }) => exit === 0)).toBe(true);
      });
    });
  },
);
