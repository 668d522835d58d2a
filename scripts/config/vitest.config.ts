import { defineConfig } from 'vitest/config';

export default defineConfig({
  root: new URL('../..', import.meta.url).pathname,
  test: {
    include: ['test/**/*.test.{ts,tsx}'],
    // Ink draws nothing until the end when CI is set (style.md 5.2).
    env: { FORCE_COLOR: '0', CI: 'false' },
    globalSetup: ['scripts/config/test-folder.ts'],
    restoreMocks: true,
    // Real terminals, servers and nodes on a machine that others use too: two more tries there, none at the desk.
    retry: (process.env['CI'] ?? '') === '' ? 0 : 2,
    // A second, as it is by default, may go by before a busy machine runs a process at all.
    expect: { poll: { timeout: 20_000 } },
    reporters: ['default', './scripts/config/closing-line.ts'],
    // Much of a test's time is waiting for servers and limits. The default is one worker on a machine of two processors.
    maxWorkers: 3,
    // For what hangs alone: the waits inside the tests end earlier, and a busy machine may take three times as long.
    testTimeout: 90_000,
    hookTimeout: 120_000,
  },
});
