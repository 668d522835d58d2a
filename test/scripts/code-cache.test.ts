import { copyFileSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildWithCodeCache } from '../../scripts/build.js';
import { codeCacheOf, readCodeCache } from '../../scripts/code-cache.js';
import { run } from '../../scripts/lab/run.js';

const LIMIT_MS = 120_000;
const BUILD_LENGTH = 32;
const RULES = new URL('../../scripts/rest.ts', import.meta.url).href;

/** Says whether V8 took the cache beside the file, in a process that compiled nothing of it before. */
const asksV8 = (file: string, build: string): readonly string[] => [
  '--import',
  'tsx',
  '--input-type=module',
  '--eval',
  `const { loadRest } = await import(${JSON.stringify(RULES)});
   console.log(loadRest(${JSON.stringify(file)}, ${JSON.stringify(build)}).script.cachedDataRejected);`,
];

describe('the code cache beside the built file', () => {
  let folder = '';
  let file = '';
  let whole: Buffer = Buffer.alloc(0);
  let build = '';

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'calico-ready-code-cache-'));
    file = await buildWithCodeCache(join(folder, 'calico-ready.mjs'));
    whole = readFileSync(codeCacheOf(file));
    build = whole.toString('latin1', 0, BUILD_LENGTH);
  }, LIMIT_MS);
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  test('is the one of this build, and V8 takes it', async () => {
    expect(build).toMatch(/^[0-9a-f]{32}$/);
    expect(readFileSync(file, 'utf8')).toContain(build);
    expect(statSync(codeCacheOf(file)).mode & 0o777).toBe(0o644);
    expect(await run(process.execPath, asksV8(file, build))).toBe('false\n');
  });

  type Other = readonly [what: string, refusedBy: 'us' | 'V8', change: (cache: Buffer) => Buffer];
  const OTHERS: readonly Other[] = [
    ['of another build', 'us', (cache) => Buffer.from(cache).fill('f', 0, BUILD_LENGTH)],
    ['of nothing', 'us', () => Buffer.alloc(0)],
    ['that was cut', 'V8', (cache) => cache.subarray(0, cache.length / 2)],
    [
      'of another V8',
      'V8',
      (cache) => {
        const other = Buffer.from(cache);
        // The second word of V8's own header is the hash of its version.
        other.writeUInt32LE(1, BUILD_LENGTH + 4);
        return other;
      },
    ],
  ];

  test.each(OTHERS)('one %s counts for nothing: refused by %s', async (_, refusedBy, change) => {
    const copy = join(folder, 'copy.mjs');
    copyFileSync(file, copy);
    writeFileSync(codeCacheOf(copy), change(whole));
    expect(await run(process.execPath, [copy, 'explain', 'kernel/ipip'])).toBe(
      await run(process.execPath, [file, 'explain', 'kernel/ipip']),
    );
    expect(readCodeCache(copy, build) === undefined).toBe(refusedBy === 'us');
    if (refusedBy === 'V8') expect(await run(process.execPath, asksV8(copy, build))).toBe('true\n');
  });

  test('none at all is none', () => {
    expect(readCodeCache(join(folder, 'absent.mjs'), build)).toBeUndefined();
  });
});
