import js from '@eslint/js';
import { defineConfig } from 'eslint/config';
import reactHooks from 'eslint-plugin-react-hooks';
import tseslint from 'typescript-eslint';

/** Which packages and folders a folder may import (design.md 3); dependency-cruiser holds the same rules on resolved paths. */
const only = (files, forbidden) => ({
  files,
  rules: { 'no-restricted-imports': ['error', { patterns: forbidden }] },
});
const FOLDERS = [
  'domain',
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
];
const foldersBut = (files, mayImport) => {
  const own = FOLDERS.find(
    (name) => files.startsWith(`src/${name}/`) || files.startsWith(`${name}/`),
  );
  const forbidden = FOLDERS.filter((name) => name !== own && !mayImport.includes(name));
  // checks/paths is a folder of the catalogue, and checks never reach src/paths: that path holds "src".
  const before = own === 'checks' ? '(.*/)?src/' : '(.*/)?';
  return {
    regex: `^\\.\\.?/${before}(${forbidden.join('|')})/`,
    message: 'See the table in src/README.md.',
  };
};
const packages = (regex) => ({
  regex,
  message: 'This folder may not import it: see src/README.md.',
});
const syntax = (files, forbidden) => ({
  files,
  rules: { 'no-restricted-syntax': ['error', ...forbidden] },
});
const STATUS_WORDS = {
  selector:
    'BinaryExpression > Literal[value=/^(pass|warn|fail|not-applicable|waived|not-ready)$/]',
  message: 'Compare with STATUS or READINESS of domain/status.',
};
const DISPLAYABLE = {
  selector: 'TSAsExpression > TSTypeReference > Identifier[name="Displayable"]',
  message: 'Only visible() of domain/visible makes text displayable.',
};
const OUTPUT = {
  selector:
    'CallExpression[callee.property.name="write"][callee.object.object.name="process"][callee.object.property.name=/^(stdout|stderr)$/]',
  message: 'Print through src/cli/io, which makes text visible.',
};
const PRINTING = {
  selector:
    'ImportDeclaration[source.value="ink"] > ImportSpecifier[imported.name=/^(Text|Static|Transform|Newline)$/]',
  message: 'Print with Words, which makes text visible.',
};
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
  ...[
    // folder, the packages it may import, the folders of src it may import
    ['src/domain/**', 'nothing', []],
    ['checks/**', 'nothing', ['domain']],
    ['src/engine/**', 'nothing', ['domain']],
    ['src/collect/**', 'nothing', ['domain']],
    ['src/report/**', 'nothing', ['domain']],
    ['src/transport/**', 'node:|ssh2$', ['domain']],
    ['src/paths/**', 'nothing', ['domain', 'engine', 'collect', 'report']],
    ['src/change/**', 'nothing', ['domain', 'engine', 'collect', 'report']],
    ['src/bundle/**', 'node:', ['domain', 'engine', 'collect', 'report']],
    ['src/session/**', 'zustand', ['domain', 'engine', 'paths', 'change', 'bundle']],
    ['src/ui/!(terminal)/**', 'ink$|react$|react/|zustand|string-width$', ['session', 'domain']],
    ['src/ui/*', 'ink$|react$|react/|zustand|string-width$', ['session', 'domain']],
    ['src/ui/terminal/**', 'node:|ink$|react$|zustand|string-width$', ['session', 'domain']],
  ].map(([files, allowed, mayImport]) =>
    only([files], [packages(`^(?!\\.|${allowed})`), foldersBut(files, mayImport)]),
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
  syntax(['src/**', 'checks/**'], [STATUS_WORDS, DISPLAYABLE, OUTPUT]),
  syntax(['src/domain/status.ts'], [DISPLAYABLE, OUTPUT]),
  syntax(['src/domain/visible.ts'], [STATUS_WORDS, OUTPUT]),
  syntax(['src/ui/**'], [STATUS_WORDS, DISPLAYABLE, OUTPUT, PRINTING]),
  syntax(['src/ui/components/words.tsx'], [STATUS_WORDS, DISPLAYABLE, OUTPUT]),
  // Where text leaves the process: reports through io, questions and progress on the terminal, the version.
  syntax(
    ['src/cli/io.ts', 'src/cli/wiring/{secrets,progress}.ts', 'src/cli/calico-ready.ts'],
    [STATUS_WORDS, DISPLAYABLE],
  ),
  { files: ['scripts/**', 'test/**'], rules: { 'no-console': 'off' } },
);
