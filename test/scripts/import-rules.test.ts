import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const OWN = new URL('../..', import.meta.url).pathname;
/** A copy of what is checked: others read the real tree at the same time. */
const ROOT = mkdtempSync(join(tmpdir(), 'import-rules-'));

/** A planted file that breaks one rule each, and the word by which either tool must name it. */
const BREACHES: readonly { readonly file: string; readonly text: string; readonly rule: string }[] =
  [
    { file: 'src/domain/planted-breach.ts', text: "import 'node:fs';", rule: 'domain-imports' },
    {
      file: 'src/engine/planted-breach.ts',
      text: "import '../report/json.js';",
      rule: 'engine-imports',
    },
    {
      file: 'src/collect/planted-breach.ts',
      text: "import '../engine/plan.js';",
      rule: 'collect-imports',
    },
    { file: 'src/report/planted-breach.ts', text: "import 'node:fs';", rule: 'report-imports' },
    {
      file: 'src/transport/planted-breach.ts',
      text: "import '../engine/plan.js';",
      rule: 'transport-imports',
    },
    {
      file: 'src/change/planted-breach.ts',
      text: "import '../bundle/tar.js';",
      rule: 'change-imports',
    },
    {
      file: 'src/bundle/planted-breach.ts',
      text: "import '../transport/local.js';",
      rule: 'bundle-imports',
    },
    {
      file: 'src/session/planted-breach.ts',
      text: "import '../transport/local.js';",
      rule: 'session-imports',
    },
    { file: 'src/ui/planted-breach.ts', text: "import '../bundle/tar.js';", rule: 'ui-imports' },
    {
      file: 'src/ui/planted-node.ts',
      text: "import 'node:fs';",
      rule: 'ui-terminal-alone-uses-node',
    },
    {
      file: 'checks/planted-breach.ts',
      text: "import '../src/engine/plan.js';",
      rule: 'checks-imports',
    },
    {
      file: 'src/session/planted-cli.ts',
      text: "import '../cli/version.js';",
      rule: 'nothing-imports-cli',
    },
    {
      file: 'src/bundle/planted-script.ts',
      text: "import '../../scripts/build.js';",
      rule: 'nothing-imports-scripts-or-tests',
    },
    {
      // The other half of the cycle, which is reported once.
      file: 'src/engine/planted-cycle.ts',
      text: "import './planted-circle.js';",
      rule: '',
    },
    {
      file: 'src/engine/planted-circle.ts',
      text: "import './planted-cycle.js';",
      rule: 'no-cycles',
    },
  ];

/** What would let text of a node reach the terminal as it is; caught by ESLint alone. */
const SHOWN: readonly { readonly file: string; readonly text: string }[] = [
  {
    file: 'src/ui/planted-text.ts',
    text: "import { Text } from 'ink';\nexport const Planted = Text;",
  },
  {
    file: 'src/engine/planted-cast.ts',
    text: "import type { Displayable } from '../domain/visible.js';\nexport const planted = (text: string): Displayable => text as Displayable;",
  },
  {
    file: 'src/cli/planted-write.ts',
    text: 'export const planted = (text: string): boolean => process.stderr.write(text);',
  },
];

// The planted files stand in the tree that is checked, so that paths are those of the rules.
beforeAll(() => {
  for (const name of ['checks', 'package.json', 'scripts', 'src', 'tsconfig.json'])
    cpSync(join(OWN, name), join(ROOT, name), { recursive: true });
  symlinkSync(join(OWN, 'node_modules'), join(ROOT, 'node_modules'));
  for (const { file, text } of [...BREACHES, ...SHOWN]) {
    mkdirSync(dirname(join(ROOT, file)), { recursive: true });
    writeFileSync(join(ROOT, file), `${text}\n`);
  }
});
afterAll(() => {
  rmSync(ROOT, { recursive: true });
});

describe('a planted breach of each import rule is caught', () => {
  it('by dependency-cruiser', () => {
    const { stdout } = spawnSync(
      'npx',
      [
        'depcruise',
        '--config',
        'scripts/config/dependency-cruiser.cjs',
        '--output-type',
        'json',
        ...BREACHES.map(({ file }) => file),
      ],
      { cwd: ROOT, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 },
    );
    const found = JSON.parse(stdout) as {
      readonly summary: {
        readonly violations: readonly {
          readonly from: string;
          readonly rule: { readonly name: string };
        }[];
      };
    };
    const seen = found.summary.violations.map(({ from, rule }) => `${from} ${rule.name}`);
    const missed = BREACHES.filter(({ rule }) => rule !== '')
      .map(({ file, rule }) => `${file} ${rule}`)
      .filter((breach) => !seen.includes(breach));
    expect(missed).toEqual([]);
  }, 120_000);

  it('by ESLint', () => {
    // Cycles, and who may import cli, are dependency-cruiser's alone.
    const planted = BREACHES.filter(({ rule }) => /-imports$|-uses-node$/.test(rule));
    expect(caughtByEslint(planted, 'no-restricted-imports')).toEqual(
      planted.map(({ file }) => file).sort(),
    );
  }, 180_000);

  it('and so is each way round visible()', () => {
    expect(caughtByEslint(SHOWN, 'no-restricted-syntax')).toEqual(
      SHOWN.map(({ file }) => file).sort(),
    );
  }, 180_000);
});

/** Those of the files that break this rule. */
function caughtByEslint(
  planted: readonly { readonly file: string }[],
  rule: string,
): readonly string[] {
  const words = ['--config', 'scripts/config/eslint.config.js', '--format', 'json'];
  const { stdout } = spawnSync('npx', ['eslint', ...words, ...planted.map(({ file }) => file)], {
    cwd: ROOT,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  const results = JSON.parse(stdout) as readonly {
    readonly filePath: string;
    readonly messages: readonly { readonly ruleId: string }[];
  }[];
  return results
    .filter(({ messages }) => messages.some(({ ruleId }) => ruleId === rule))
    .map(({ filePath }) => filePath.slice(ROOT.length + 1))
    .sort();
}
