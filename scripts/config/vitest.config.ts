import { defineConfig } from 'vitest/config';

export default defineConfig({
  root: new URL('../..', import.meta.url).pathname,
  test: {
    include: ['test/**/*.test.{ts,tsx}'],
    // Ink draws nothing until the end when CI is set (style.md 5.2).
    env: { FORCE_COLOR: '0', CI: 'false' },
    restoreMocks: true,
    reporters: ['default', './scripts/config/closing-line.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
