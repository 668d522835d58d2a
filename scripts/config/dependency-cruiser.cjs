/** The import table of src/README.md as rules on resolved files. */
const may = (name, from, allowed) => ({
  name: `${name}-imports`,
  severity: 'error',
  comment: 'See the table in src/README.md.',
  from: { path: from },
  to: { pathNot: [`${from}`, ...allowed] },
});
const NPM = (...names) => `^node_modules/(${names.join('|')})/`;
const SRC = (...names) => `^src/(${names.join('|')})/`;
const TYPES = '^node_modules/@types/';
const CORE =
  '^(node:)?(assert|buffer|child_process|crypto|dns|events|fs|net|os|path|perf_hooks|process|stream|string_decoder|timers|tty|url|util|worker_threads|zlib)(/|$)';

module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'no-orphan-packages', severity: 'error', from: {}, to: { couldNotResolve: true } },
    may('domain', '^src/domain/', []),
    may('checks', '^checks/', [SRC('domain')]),
    may('engine', '^src/engine/', [SRC('domain')]),
    may('collect', '^src/collect/', [SRC('domain')]),
    may('report', '^src/report/', [SRC('domain')]),
    may('transport', '^src/transport/', [SRC('domain'), NPM('ssh2'), TYPES, CORE]),
    may('paths', '^src/paths/', [SRC('domain', 'engine', 'collect', 'report')]),
    may('change', '^src/change/', [SRC('domain', 'engine', 'collect', 'report')]),
    may('bundle', '^src/bundle/', [SRC('domain', 'engine', 'collect', 'report'), CORE]),
    may('session', '^src/session/', [
      SRC('domain', 'engine', 'paths', 'change', 'bundle'),
      NPM('zustand'),
    ]),
    may('ui', '^src/ui/', [
      SRC('session', 'domain'),
      NPM('ink', 'react', 'zustand', 'string-width'),
      TYPES,
      // The next rule narrows this to ui/terminal.
      CORE,
    ]),
    {
      name: 'ui-terminal-alone-uses-node',
      severity: 'error',
      from: { path: '^src/ui/', pathNot: '^src/ui/terminal/' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'nothing-imports-cli',
      severity: 'error',
      from: { path: '^(src|checks)/', pathNot: '^src/cli/' },
      to: { path: '^src/cli/' },
    },
    {
      name: 'nothing-imports-scripts-or-tests',
      severity: 'error',
      from: { path: '^(src|checks)/' },
      to: { path: '^(scripts|test)/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'types', 'node'],
    },
  },
};
