import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Session } from '../../../src/domain/transport.js';
import { missingForSshd } from '../../helpers/sshd.js';
import { nodeAt, run } from '../ssh/rig.js';
import { openLab } from './lab.js';
import { sshBelow, type OpenRig } from './rig.js';

const missing = missingForSshd('/usr/sbin/useradd');

describe.skipIf(missing !== null)(`faults of a connection by ssh ${missing ?? ''}`, () => {
  const lab = openLab();
  const beside = (): ReturnType<typeof nodeAt> => ({ ...lab.here(), name: 'beside' });

  /** A node and another of the same run; afterwards the other is as it was. */
  const withOther = async (
    mine: OpenRig,
    user: string,
    deed: (session: Session, folder: string) => Promise<void>,
  ): Promise<void> => {
    const session = await mine.open(nodeAt(lab.sshd.port, user));
    const [name = ''] = readdirSync(mine.runtime);
    const other = await mine.open(beside());
    await deed(session, join(mine.runtime, name));
    expect((await run(session, 'echo no\n')).end).toEqual({ kind: 'lost' });
    expect((await run(other, 'echo still\n')).stdout.toString()).toBe('still\n');
    await Promise.all([session.close(), other.close()]);
    expect(readdirSync(mine.runtime)).toEqual([]);
  };

  test('B12/67 the shared connection dies in the middle of a command: lost, and no new one is made', async () => {
    const mine = lab.rig();
    await withOther(mine, lab.user.name, async (session, folder) => {
      const ran = await run(session, 'echo begun; sleep 30\n', {
        onStdout: () => {
          process.kill(sshBelow(folder, 'master'), 'SIGKILL');
        },
      });
      expect(ran.end).toEqual({ kind: 'lost' });
    });
  });

  test('the ssh of one command is killed: that command is lost, the connection is not', async () => {
    const mine = lab.rig();
    const session = await mine.open(lab.here());
    const ran = await run(session, 'echo begun; sleep 30\n', {
      onStdout: () => {
        process.kill(sshBelow(mine.runtime, 'client'), 'SIGKILL');
      },
    });
    expect(ran.end).toEqual({ kind: 'lost' });
    expect((await run(session, 'echo still\n')).stdout.toString()).toBe('still\n');
    await session.close();
  });

  test('B12/35 a server that answers nothing any more is given up by ServerAlive', async () => {
    const mine = lab.rig({ keepalive: { intervalMs: 1_000, count: 2 } });
    const file = join(lab.folder(), 'stopped');
    try {
      await withOther(mine, 'root', async (session) => {
        const began = performance.now();
        const ran = await run(session, `echo $PPID >${file}; kill -STOP $PPID; sleep 30\n`);
        expect(ran.end).toEqual({ kind: 'lost' });
        expect(performance.now() - began).toBeLessThan(15_000);
      });
    } finally {
      process.kill(Number(readFileSync(file, 'utf8')), 'SIGKILL');
    }
  });

  test('B12/65 a login that hangs ends with its own time, and not with that of the connection', async () => {
    const hangs = await lab.another([
      'AuthorizedKeysCommand /usr/bin/sleep 20',
      'AuthorizedKeysCommandUser root',
    ]);
    const mine = lab.rig({ identityFiles: [lab.key('stranger')], loginTimeoutMs: 3_000 });
    const failure = await lab.failsAlone(mine, nodeAt(hangs.port, lab.user.name));
    expect(failure.reason).toBe(
      `timed-out: 127.0.0.1:${String(hangs.port)}: the login did not end within 3 s`,
    );
    expect(readdirSync(mine.runtime)).toEqual([]);
  });

  test('a folder whose name is too long for a socket is passed over; none that is short enough is told', async () => {
    const at = lab.folder();
    const long = join(at, 'x'.repeat(80));
    const short = join(at, 's');
    for (const folder of [long, short]) mkdirSync(folder);
    const mine = lab.rig({ runtimeFolders: [long, short] });
    const session = await mine.open(lab.here());
    expect(readdirSync(long)).toEqual([]);
    expect(readdirSync(short)).toHaveLength(1);
    await session.close();
    const failure = await lab.rig({ runtimeFolders: [long] }).failure(lab.here());
    expect(failure.reason).toMatch(/^no-login: no private folder with a short name/);
    expect(failure.nextStep).toBe(
      'Set XDG_RUNTIME_DIR or TMPDIR to a folder that you may write to.',
    );
  });

  test('the longest name that is taken holds the sockets of ssh', async () => {
    const at = lab.folder();
    // sun_path of 104 less the 17 letters that ssh adds, the zero, and the rest of the name.
    const rest = `/calico-ready-ssh-${String(process.pid)}-XXXXXX/ask.s`.length;
    const base = join(at, 'y'.repeat(86 - rest - at.length - 1));
    mkdirSync(base);
    const session = await lab.rig({ runtimeFolders: [base] }).open(lab.here());
    expect((await run(session, 'echo in\n')).stdout.toString()).toBe('in\n');
    await session.close();
  });

  test('a configuration that would disturb the shared connection is overruled, word by word', async () => {
    const at = lab.folder();
    const marker = join(at, 'ran');
    const config = join(at, 'config');
    const words = [
      'LogLevel QUIET',
      'LogVerbose *',
      'ForkAfterAuthentication yes',
      'SessionType subsystem',
      'StdinNull yes',
      'RequestTTY force',
      'RemoteCommand touch /nonexistent',
      'ControlMaster auto',
      `ControlPath ${join(at, 'theirs')}`,
      'ControlPersist 60',
      'PermitLocalCommand yes',
      `LocalCommand touch ${marker}`,
      'ForwardAgent yes',
      'ForwardX11 yes',
      'BatchMode yes',
      'NumberOfPasswordPrompts 0',
      'UpdateHostKeys yes',
      'AddKeysToAgent yes',
      'VisualHostKey yes',
      'EscapeChar none',
      'StrictHostKeyChecking no',
      'CheckHostIP yes',
      'VerifyHostKeyDNS no',
      'HashKnownHosts yes',
      'ServerAliveInterval 0',
      'ConnectionAttempts 3',
      `UserKnownHostsFile ${join(at, 'elsewhere')}`,
    ];
    writeFileSync(config, `Host *\n  ${words.join('\n  ')}\n`);
    const mine = lab.rig({ config, identityFiles: [] }, [lab.user.password], at);
    const session = await mine.open(lab.here());
    const ran = await run(session, 'tty; echo "agent: $SSH_AUTH_SOCK x: $DISPLAY"; exit 5\n');
    await session.close();
    expect([ran.end, ran.stdout.toString()]).toEqual([
      { kind: 'exited', code: 5 },
      'not a tty\nagent:  x: \n',
    ]);
    expect(mine.asked.map(({ kind }) => kind)).toEqual(['password']);
    expect(existsSync(marker)).toBe(false);
    expect(readdirSync(at).sort()).toEqual(['config', 'known_hosts', 'r']);
    // Not hashed, for our own settings say nothing of it; and the address is not written beside the name.
    expect(readFileSync(join(at, 'known_hosts'), 'utf8').trim().split('\n')).toEqual([
      `[127.0.0.1]:${String(lab.sshd.port)} ${lab.sshd.hostKeys.ed25519}`,
    ]);
    expect(session.peer).toMatchObject({
      authMethod: expect.stringMatching(/^(password|keyboard-interactive)$/) as string,
      hostKey: { type: 'ssh-ed25519', trustedBy: 'accept-new' },
      algorithms: { serverHostKey: 'ssh-ed25519' },
      serverVersion: expect.stringMatching(/^OpenSSH_/) as string,
    });
    const strict = lab.rig({ config, hostKeyPolicy: 'strict' });
    expect((await strict.failure(lab.here())).reason).toMatch(/^host-key-unknown: /);
  });
});
