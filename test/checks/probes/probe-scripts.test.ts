import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { catalogue } from '../../../checks/index.js';
import { answerOf } from '../../../src/engine/answers.js';
import { allProbes } from '../../../src/engine/plan.js';
import { evidenceOf } from '../../helpers/check-tester.js';

const MINE = [
  'uname-a',
  'uname-r',
  'os-release',
  'boot-config',
  'modules-dep',
  'modules-builtin',
  'modprobe-n',
  'modprobe-rules',
  'kernel-signs',
  'sys-module',
  'proc-modules',
  'lsmod',
  'proc-net-tables',
  'proc-1-status',
  'capsh-print',
];
const SHELLS = [['dash'], ['bash', '--posix'], ['bash'], ['busybox', 'sh']].filter(
  ([name = '']) => spawnSync(name, [name === 'busybox' ? 'true' : '-c', ':']).error === undefined,
);
const env = { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C' };

describe.each(SHELLS.map((shell) => ({ name: shell.join(' '), shell })))('$name', ({ shell }) => {
  const [command = '', ...args] = shell;
  test.each(allProbes(catalogue).filter(({ id }) => MINE.includes(id)))(
    '$id gives an answer or an honest reason here',
    (probe) => {
      const script = `as_root() { "$@"; }\n${probe.script ?? ''}`;
      const ran = spawnSync(command, [...args, '-c', script], {
        env,
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      const answer = answerOf(
        probe,
        evidenceOf(probe, {
          stdout: ran.stdout,
          stderr: ran.stderr.toString(),
          exit: ran.status,
        }),
      );
      if (answer.state === 'unknown') expect(answer.reason).toMatch(/^(?:tool-missing|denied): /);
    },
  );

  test('every script is accepted without being run', () => {
    for (const { script } of allProbes(catalogue).filter(({ id }) => MINE.includes(id))) {
      const checked = spawnSync(command, [...args, '-n', '-c', script ?? ''], { env });
      expect(checked.stderr.toString()).toBe('');
    }
  });
});
