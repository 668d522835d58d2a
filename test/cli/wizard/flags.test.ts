import { beforeAll, expect, test } from 'vitest';
import { builtCli, runCli } from '../../helpers/built.js';

beforeAll(async () => {
  await builtCli();
});

test.each([
  [['--from', 'somewhere'], '--from is for evidence that is recorded already', 'audit --from PATH'],
  [
    ['--password-fd', '5'],
    'it reads none from a file descriptor',
    'run calico-ready audit with it',
  ],
  [['--become-password-fd', '5'], 'it reads none from a file descriptor', 'Leave the flag out'],
])('the wizard refuses %j, rather than leave it out', async (args, what, next) => {
  const { code, stdout, stderr } = await runCli(args);
  expect([code, stdout]).toEqual([3, '']);
  expect(stderr).toContain(what);
  expect(stderr).toContain(next);
});
