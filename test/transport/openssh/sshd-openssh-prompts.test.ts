import { execFileSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { startFakeNode, type FakeNode } from '../../helpers/fake-node-server.js';
import { missingForSshd } from '../../helpers/sshd.js';
import { nodeAt, run } from '../ssh/rig.js';
import { openLab } from './lab.js';

const CODES = `/lib/${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}-linux-gnu/security/pam_google_authenticator.so`;
const missing = missingForSshd('/usr/sbin/useradd', CODES);

const SECRET = 'JBSWY3DPEHPK3PXP';
/** RFC 6238 with the secret above, which is base32 for these bytes. */
function codeNow(): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000)));
  const digest = createHmac('sha1', Buffer.from('Hello!\xde\xad\xbe\xef', 'latin1'))
    .update(counter)
    .digest();
  const at = (digest.at(-1) ?? 0) & 15;
  return String((digest.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

/** A password, then a code of a real second factor: for a server in a mount namespace of its own. */
const TWO_FACTORS = [
  'B=$(mktemp -d)',
  `printf '%s\\n' ${SECRET} '" WINDOW_SIZE 17' '" TOTP_AUTH' >"$B/secret"; chmod 400 "$B/secret"`,
  'cat >"$B/sshd" <<EOF',
  'auth required pam_unix.so',
  'auth required pam_google_authenticator.so secret=$B/secret user=root no_increment_hotp',
  'account required pam_unix.so',
  'session required pam_unix.so',
  'EOF',
  'mount --bind "$B/sshd" /etc/pam.d/sshd',
].join('\n');

describe.skipIf(missing !== null)(`what a server asks, through ssh ${missing ?? ''}`, () => {
  const lab = openLab();
  const kindsOf = (mine: ReturnType<typeof lab.rig>): readonly string[] =>
    mine.asked.map(({ kind }) => kind);

  describe('B12/45 two factors at a real sshd', () => {
    let port = 0;
    const server = async (): Promise<number> => {
      port ||= (await lab.another([], TWO_FACTORS)).port;
      return port;
    };

    test('password, then code, in two rounds', async () => {
      const mine = lab.rig({ identityFiles: [] }, [lab.user.password, codeNow()]);
      const session = await mine.open(nodeAt(await server(), lab.user.name));
      expect((await run(session, 'id -un\n')).stdout.toString()).toBe(`${lab.user.name}\n`);
      await session.close();
      expect(kindsOf(mine)).toEqual(['password', 'keyboard-interactive']);
      const who = `${lab.user.name} at 127.0.0.1:${String(port)}: `;
      expect(mine.asked[0]?.prompt).toMatch(new RegExp(`^${who}.*Password:$`));
      expect(mine.asked[1]?.prompt).toMatch(new RegExp(`^${who}.*Verification code:$`));
      expect(session.peer.authMethod).toBe('keyboard-interactive');
      expect(session.peer).not.toHaveProperty('authKey');
    });

    test.each([
      ['wrong', '000001', /^auth-failed: .*what was typed is wrong/],
      ['not given', null, /^auth-failed: .*nobody answered its prompt/],
    ])('a code that is %s: asked once, no further attempt', async (_, code, reason) => {
      const mine = lab.rig({ identityFiles: [] }, [lab.user.password, code, 'never', 'never']);
      const failure = await mine.failure(nodeAt(await server(), lab.user.name));
      expect(failure.reason).toMatch(reason);
      expect(kindsOf(mine)).toEqual(['password', 'keyboard-interactive']);
      const healthy = await lab.rig().open(lab.here());
      await healthy.close();
    });
  });

  const HALVES = ['publickey,password', 'publickey,keyboard-interactive:pam', 'password,publickey'];
  let halves: ReturnType<typeof lab.another> | undefined;
  test.each(HALVES)('B12/47 a server that wants %s: each half is recorded', async (methods) => {
    const address = (one: string): string => `127.0.0.${String(HALVES.indexOf(one) + 2)}`;
    halves ??= lab.another([
      ...HALVES.map((one) => `ListenAddress ${address(one)}`),
      ...HALVES.map((one) => `Match LocalAddress ${address(one)}\nAuthenticationMethods ${one}`),
    ]);
    const server = await halves;
    const before = server.log().length;
    const mine = lab.rig({}, [lab.user.password]);
    const session = await mine.open(nodeAt(server.port, lab.user.name, address(methods)));
    await session.close();
    expect(kindsOf(mine)).toEqual(['password']);
    expect(session.peer.authMethod).toBe(methods.replace(':pam', ''));
    const printed = execFileSync('ssh-keygen', ['-lf', lab.key('id')], { encoding: 'utf8' });
    expect(printed).toContain(session.peer.authKey);
    const accepted = (): string =>
      [
        ...server
          .log()
          .slice(before)
          .matchAll(/^(?:Partial|Accepted) (\S+) for/gm),
      ]
        .map(([, how]) => how?.split('/')[0])
        .join(',');
    // sshd answers before it writes its log.
    await expect.poll(accepted, { timeout: 10_000 }).toBe(session.peer.authMethod);
  });

  test('B12/48 a password that has expired is told, and nobody is asked for another', async () => {
    execFileSync('chage', ['-d', '0', lab.user.name]);
    const mine = lab.rig({ identityFiles: [] }, [lab.user.password, 'New-S3cret', 'New-S3cret']);
    const failure = await mine.failure(lab.here());
    execFileSync('chage', ['-d', '2026-01-01', lab.user.name]);
    expect(failure.reason).toBe(
      `auth-failed: 127.0.0.1:${String(lab.sshd.port)}: the password of ${lab.user.name} has expired`,
    );
    expect(failure.nextStep).toMatch(/^Log in by hand and change the password/);
    expect(kindsOf(mine)).toEqual(['password']);
  });

  describe('at a server that is scripted', () => {
    /** Asks these prompts, one a round, and lets in whoever gives these answers. */
    const asking = (prompts: readonly string[], answers: readonly string[]): Promise<FakeNode> => {
      const given: string[] = [];
      return startFakeNode({
        onAuth: (context) => {
          if (context.method !== 'keyboard-interactive') {
            context.reject(['keyboard-interactive']);
            return;
          }
          const round = (at: number): void => {
            const prompt = prompts[at];
            if (prompt === undefined) {
              if (given.join() === answers.join()) context.accept();
              else context.reject(['keyboard-interactive']);
              return;
            }
            context.prompt([{ prompt, echo: false }], (said) => {
              given.push(...said);
              round(at + 1);
            });
          };
          round(0);
        },
      });
    };

    test('B12/45 a second round in the same words is asked, for nothing was refused in between', async () => {
      const node = await asking(['Code: ', 'Code: '], ['1', '2']);
      const mine = lab.rig({ identityFiles: [] }, ['1', '2']);
      await (await mine.open(nodeAt(node.port))).close();
      await node.stop();
      expect(kindsOf(mine)).toEqual(['keyboard-interactive', 'keyboard-interactive']);
    });

    test('B12/46 a prompt with escapes is visible, cut, and said by whom; an endless series ends', async () => {
      const hostile = `\u001b]52;c;AAAA\u0007\u001b[2J\rPassword for \u202eroot\u009b31m: ${'x'.repeat(3_000)}`;
      const node = await asking(
        Array.from({ length: 50 }, () => hostile),
        ['never'],
      );
      const mine = lab.rig(
        { identityFiles: [] },
        Array.from({ length: 50 }, () => 'a'),
      );
      const failure = await mine.failure(nodeAt(node.port));
      await node.stop();
      expect(failure.reason).toMatch(/^auth-failed: .*the server asks without end/);
      expect(mine.asked).toHaveLength(12);
      const [request] = mine.asked;
      expect(request?.prompt).toMatch(/^root at 127\.0\.0\.1:\d+: /);
      expect(request?.prompt.length).toBeLessThanOrEqual(300);
      // eslint-disable-next-line no-control-regex -- that none is there
      expect(request?.prompt).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202e]/);
    });
  });
});
