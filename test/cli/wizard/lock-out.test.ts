import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { builtCli } from '../../helpers/built.js';
import { Pty } from '../../helpers/pty.js';
import { describeAsRoot } from '../../helpers/require-tool.js';
import { KEY } from '../../helpers/screen.js';
import { addUser, makeKey, startSshd, type Sshd, type TestUser } from '../../helpers/sshd.js';

const LIMIT_MS = 120_000;
const REFUSING = ['127.0.0.1', '127.0.0.2', '127.0.0.3'];
const ADMITTING = ['127.0.0.4', '127.0.0.5'];
const ALL = [...REFUSING, ...ADMITTING];

/** One real sshd on five loopback addresses: at three the key of the operator is unknown, at two it lets in. */
describeAsRoot('the lock-out guard, in the wizard on a terminal', () => {
  let home = '';
  let sshd: Sshd;
  let user: TestUser;
  let pty: Pty | undefined;

  beforeAll(async () => {
    home = mkdtempSync(join(tmpdir(), 'lock-out-'));
    user = addUser();
    const key = makeKey(join(home, 'key'), 'ed25519');
    // sshd reads it as the user who logs in.
    const admitted = `/run/lock-out-${user.name}`;
    writeFileSync(admitted, `${key}\n`, { mode: 0o644 });
    sshd = await startSshd([
      ...ALL.slice(1).map((address) => `ListenAddress ${address}`),
      'PasswordAuthentication no',
      'KbdInteractiveAuthentication no',
      `Match LocalAddress ${ADMITTING.join(',')}`,
      `AuthorizedKeysFile ${admitted}`,
    ]);
    const nodes = ALL.map((host, index) => {
      const of = [`host: ${host}`, `port: ${String(sshd.port)}`, `user: ${user.name}`].join(', ');
      return `  - { name: n${String(index + 1)}, ${of} }`;
    });
    writeFileSync(join(home, 'fleet.yaml'), ['nodes:', ...nodes, ''].join('\n'));
    await builtCli();
  }, LIMIT_MS);
  afterEach(async () => {
    await pty?.close();
  });
  afterAll(async () => {
    await sshd.stop();
    user.remove();
    rmSync(`/run/lock-out-${user.name}`, { force: true });
    rmSync(home, { recursive: true, force: true });
  });

  /** As far as the question: three nodes in a row refused the login. */
  const toTheQuestion = async (): Promise<Pty> => {
    const args = ['--inventory', 'fleet.yaml', '--identity', 'key', '--host-key', 'accept-new'];
    const more = ['--known-hosts', 'known_hosts', '--concurrency', '1'];
    const env = { HOME: home, XDG_STATE_HOME: mkdtempSync(join(home, 'state-')) };
    pty = new Pty(process.execPath, [await builtCli(), ...args, ...more], { cwd: home, env });
    await pty.waitForText(/Nodes {2}1\/9[^]*5 nodes[^]*Enter go on/);
    await pty.go(KEY.enter, /Intent {2}2\/9/);
    await pty.go(KEY.enter, /Access {2}3\/9[^]*5 not tried/);
    await pty.go(KEY.enter, QUESTION);
    return pty;
  };
  const QUESTION =
    /the fleet waits for your word[^]*n1, n2, n3 refused the login[^]*Type yes to try it[^]*Anything but yes/;

  test(
    'after yes the rest is tried, and who lets in is open',
    async () => {
      const screen = await toTheQuestion();
      await screen.go('yes', /Answer: yes/);
      await screen.go(KEY.enter, /5 nodes, 2 open, 3 failed[^]*Enter survey the nodes/);
      await screen.go(KEY.end, /❯ n5 +open/);
      expect(screen.text()).toMatch(/n4 +open/);
    },
    LIMIT_MS,
  );

  test(
    'after anything else nobody else is tried, and connecting again asks anew',
    async () => {
      const screen = await toTheQuestion();
      await screen.go('ye', /Answer: ye/);
      await screen.go(KEY.enter, /5 nodes, 0 open, 5 failed/);
      await screen.go(KEY.end, /❯ n5 +failed[^]*n5 was not tried: n1, n2, n3 refused the login/);
      expect(screen.text()).toMatch(/Next step: Get into one of them first/);
      await screen.go('r', QUESTION);
      await screen.go(KEY.esc, /5 nodes, 0 open, 5 failed/);
      await screen.go('r', QUESTION);
      await screen.go('yes', /Answer: yes/);
      await screen.go(KEY.enter, /5 nodes, 2 open, 3 failed/);
    },
    LIMIT_MS,
  );
});
