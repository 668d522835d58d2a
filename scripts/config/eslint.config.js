import js from '@eslint/js';
import { defineConfig } from 'eslint/config';
import reactHooks from 'eslint-plugin-react-hooks';
import tseslint from 'typescript-eslint';

/** Which packages and folders a folder may import (design.md 3); dependency-cruiser holds the same rules on resolved paths. */
const only = (files, forbidden) => ({
  files,
  rules: { 'no-restricted-imports': ['error', { patterns: forbidden }] },
});
const folders = (...names) => ({
  regex: `/(${names.join('|')})/`,
  message: 'See the table in src/README.md.',
});
const packages = (regex) => ({
  regex,
  message: 'This folder may not import it: see src/README.md.',
});
const NODE = packages('^node:');
const NPM = packages('^(?!\\.|node:)');

export default defineConfig(
  { ignores: ['dist', 'coverage', '**/*.cjs', '**/*.js'] },
  js.configs.recommended,
  tseslint.configs.strictTypeChecked,
  {
    languageOptions: {
      parserOptions: {
        projectService: true,
        tsconfigRootDir: new URL('../..', import.meta.url).pathname,
      },
    },
  },
  reactHooks.configs.flat.recommended,
  {
    rules: {
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      'max-lines': ['error', { max: 300 }],
      complexity: ['error', 12],
      'no-console': 'error',
    },
  },
  only(
    ['src/domain/**'],
    [
      NODE,
      NPM,
      folders(
        'engine',
        'collect',
        'transport',
        'paths',
        'change',
        'bundle',
        'report',
        'session',
        'ui',
        'cli',
        'checks',
      ),
    ],
  ),
  only(
    ['checks/**'],
    [
      NODE,
      NPM,
      folders(
        'engine',
        'collect',
        'transport',
        'paths',
        'change',
        'bundle',
        'report',
        'session',
        'ui',
        'cli',
      ),
    ],
  ),
  only(
    ['src/engine/**', 'src/collect/**', 'src/report/**'],
    [
      NODE,
      NPM,
      folders('transport', 'paths', 'change', 'bundle', 'session', 'ui', 'cli', 'checks'),
    ],
  ),
  only(
    ['src/transport/**'],
    [
      packages('^(?!\\.|node:|ssh2$)'),
      folders(
        'engine',
        'collect',
        'paths',
        'change',
        'bundle',
        'report',
        'session',
        'ui',
        'cli',
        'checks',
      ),
    ],
  ),
  only(
    ['src/session/**'],
    [
      NODE,
      packages('^(?!\\.|node:|zustand)'),
      folders('collect', 'transport', 'report', 'ui', 'cli', 'checks'),
    ],
  ),
  only(
    ['src/ui/**'],
    [
      packages('^(?!\\.|node:|ink$|react$|react/|zustand|string-width$)'),
      folders(
        'engine',
        'collect',
        'transport',
        'paths',
        'change',
        'bundle',
        'report',
        'cli',
        'checks',
      ),
    ],
  ),
  {
    files: ['src/**'],
    ignores: ['src/cli/**'],
    rules: {
      'no-restricted-properties': [
        'error',
        { object: 'process', property: 'exit', message: 'Only src/cli sets the exit code.' },
        { object: 'process', property: 'env', message: 'Only src/cli reads the environment.' },
        { object: 'process', property: 'argv', message: 'Only src/cli reads arguments.' },
      ],
    },
  },
  {
    files: ['src/**', 'checks/**'],
    ignores: ['src/domain/status.ts', 'src/domain/intent.ts', 'src/domain/status-words.ts'],
    rules: {
      'no-restricted-syntax': [
        'error',
        {
          selector:
            'BinaryExpression > Literal[value=/^(pass|warn|fail|not-applicable|waived|not-ready)$/]',
          message: 'Compare with STATUS or READINESS of domain/status.',
        },
      ],
    },
  },
  { files: ['scripts/**', 'test/**'], rules: { 'no-console': 'off' } },
);
