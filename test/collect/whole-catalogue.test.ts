import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { catalogue } from '../../checks/index.js';
import { composeCollector } from '../../src/collect/compose.js';
import { DEFAULT_INTENT, RELEASES } from '../../src/domain/intent.js';
import { answersOf } from '../../src/engine/answers.js';
import { allProbes, planProbes } from '../../src/engine/plan.js';
import { describeWith } from '../helpers/require-tool.js';
import { collect } from './run-shell.js';

const everything = allProbes(catalogue).filter(({ script }) => script !== null);

describeWith('shellcheck', 'the collector of the whole catalogue', () => {
  it('is clean for POSIX sh', () => {
    const { stdout } = spawnSync('shellcheck', ['-s', 'sh', '-'], {
      input: composeCollector(everything),
      encoding: 'utf8',
    });
    expect(stdout).toBe('');
  });

  // Probes are handed over as quoted text, which the line above cannot look into.
  it.each(everything.map(({ id, script }) => ({ id, script: script ?? '' })))(
    'probe $id is clean for POSIX sh',
    ({ script }) => {
      const { stdout } = spawnSync('shellcheck', ['-s', 'sh', '-'], {
        input: `# shellcheck disable=SC2317\nas_root() { "$@"; }\n${script}\n`,
        encoding: 'utf8',
      });
      expect(stdout).toBe('');
    },
  );
});

describeWith(
  ['dash', 'busybox', 'bash'],
  'the collector of the whole catalogue on this machine',
  () => {
    it.each([
      { argv: ['dash', '-s'] },
      { argv: ['busybox', 'sh', '-s'] },
      { argv: ['bash', '-s'] },
      { argv: ['bash', '--posix', '-s'] },
    ])(
      '$argv: every probe answers or says why not, and no answer is lost or bent',
      async ({ argv }) => {
        const { read } = await collect(argv, everything);
        expect(read.complete).toBe(true);
        expect(read.noise.length).toBe(0);
        const problems = read.evidence
          .filter(({ problem }) => problem !== undefined)
          .map(({ probe, problem }) => `${probe}: ${problem ?? ''}`);
        expect(problems).toEqual([]);
        const node = { node: 'here', startedAt: 0, finishedAt: 0, evidence: read.evidence };
        const kernel = answersOf(everything, node).get('uname-r');
        expect(kernel).toMatchObject({ state: 'known' });
      },
    );
  },
);

it('asks the same for every release, but for what the release makes needless', () => {
  const plans = RELEASES.map(
    (calico) => planProbes(catalogue, { ...DEFAULT_INTENT, calico }).length,
  );
  expect(Math.min(...plans)).toBeGreaterThan(20);
});
