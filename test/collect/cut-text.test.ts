import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { describeWith } from '../helpers/require-tool.js';
import { probeOf } from './fixture-probes.js';
import { NONCE, runShell, sentText } from './run-shell.js';

const folder = mkdtempSync(join(tmpdir(), 'calico-ready-cut-'));
const trace = join(folder, 'trace');
const text = sentText([
  probeOf('touches', `echo ran >'${trace}'`),
  probeOf('slow-touches', `echo ran >'${trace}'`, { slow: true }),
]);
const sent = join(folder, 'sent');
writeFileSync(sent, text);

afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** Feeds the first FROM, FROM+STEP, … bytes to the shell, all in one process to save time. */
const driver = (shell: string, from: number, step: number): string => `
i=${String(from)}
while [ $i -lt ${String(text.trimEnd().length)} ]; do
head -c $i '${sent}' | ${shell} 2>/dev/null
i=$((i+${String(step)}))
done
echo finished`;

describeWith(['dash', 'bash', 'busybox'], 'a text cut on its way', () => {
  test.each([
    ['dash -s', 0, 1],
    ['busybox sh -s', 0, 11],
    ['bash -s', 3, 37],
    ['bash --posix -s', 7, 37],
    // The last bytes decide whether the function is called: every offset there.
    ['busybox sh -s', text.length - 60, 1],
    ['bash -s', text.length - 60, 1],
  ] as const)(
    '%s from byte %i in steps of %i runs nothing',
    async (shell, from, step) => {
      const { stdout } = await runShell(['dash', '-s'], driver(shell, from, step));
      expect(stdout.toString()).toBe('finished\n');
      expect(existsSync(trace)).toBe(false);
    },
    120_000,
  );

  test('the whole text runs', async () => {
    const { stdout } = await runShell(['dash', '-s'], text);
    expect(stdout.toString()).toContain(`@@${NONCE} E slow-touches 0 `);
    expect(existsSync(trace)).toBe(true);
  });
});
