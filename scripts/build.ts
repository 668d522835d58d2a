import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { builtinModules } from 'node:module';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { build as runEsbuild, type BuildOptions, type Plugin } from 'esbuild';
import { packRecordings } from './pack-recordings.js';
import { COMMENT_END, COMMENT_END_KEPT, REST_CLOSES, REST_OPENS, REST_PARAMETERS } from './rest.js';

const ROOT = new URL('..', import.meta.url).pathname;

const BUILTIN = new RegExp(
  `^(?:node:)?(?:${builtinModules.filter((name) => !name.startsWith('_')).join('|')})$`,
);

/**
 * In one ESM file every `import` of a Node module would run before the first line of ours. Handing them over as
 * CommonJS modules makes each load when the code that needs it does; `--version` then loads none.
 */
const lazyBuiltins: Plugin = {
  name: 'lazy-builtins',
  setup(build) {
    build.onResolve({ filter: BUILTIN }, ({ path }) => ({ path, namespace: 'builtin' }));
    build.onLoad({ filter: /.*/, namespace: 'builtin' }, ({ path }) => ({
      contents: `module.exports = process.getBuiltinModule(${JSON.stringify(path)});`,
      loader: 'js',
    }));
  },
};

/**
 * What is no part of the product: Ink's development tools, which it loads only under DEV=true, and ssh2's agents for
 * HTTP over SSH, for which it would load all of node:http and node:https at each start.
 */
const noExtras: Plugin = {
  name: 'no-extras',
  setup(build) {
    build.onResolve({ filter: /^(?:react-devtools-core|\.\/http-agents\.js)$/ }, ({ path }) => ({
      path,
      namespace: 'empty',
    }));
    build.onLoad({ filter: /.*/, namespace: 'empty' }, () => ({
      contents: 'export default {};',
      loader: 'js',
    }));
  },
};

/** In the launcher, `./main.js` is what runs the rest out of its comment (scripts/rest.ts). */
const restForMain: Plugin = {
  name: 'rest-for-main',
  setup(build) {
    build.onResolve({ filter: /^\.\/main\.js$/ }, () => ({ path: `${ROOT}scripts/rest.ts` }));
  },
};

const SHARED: BuildOptions = {
  absWorkingDir: ROOT,
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'esm',
  // Names stay as they are: a stack trace tells where, and setting them again at run time costs.
  minifyWhitespace: true,
  minifySyntax: true,
  legalComments: 'none',
  charset: 'ascii',
  // ssh2's optional native parts: it works without them.
  external: ['*.node', 'cpu-features'],
  logLevel: 'warning',
};

const RUN_MAIN = "import { main } from './src/cli/main.js'; await main(process.argv.slice(2));";

async function bundle(options: BuildOptions): Promise<string> {
  const { outputFiles } = await runEsbuild({ ...SHARED, ...options, write: false });
  return outputFiles[0]?.text ?? '';
}

/** Everything but the launcher, as one async function: it may await, and gets what a module has by itself. */
async function bundleRest(): Promise<string> {
  const text = await bundle({
    stdin: { contents: RUN_MAIN, resolveDir: ROOT, sourcefile: 'run-main.ts', loader: 'ts' },
    plugins: [lazyBuiltins, noExtras, packRecordings],
    define: {
      'process.env.NODE_ENV': '"production"',
      'process.env.DEV': '"false"',
      'import.meta.url': '__url',
      'import.meta.filename': '__filename',
      'import.meta.dirname': '__dirname',
    },
  });
  if (text.includes(COMMENT_END_KEPT) || text.includes(REST_OPENS))
    throw new Error('the code holds a mark of scripts/rest.ts');
  const run = `(async function(${REST_PARAMETERS}){"use strict";${text}})`;
  return `${REST_OPENS}${run.replaceAll(COMMENT_END, COMMENT_END_KEPT)}${REST_CLOSES}`;
}

/** Where package.json says that the command is. */
async function commandFile(): Promise<string> {
  const manifest = JSON.parse(await readFile(`${ROOT}package.json`, 'utf8')) as {
    readonly bin: Record<string, string>;
  };
  return `${ROOT}${manifest.bin['calico-ready'] ?? 'dist/calico-ready.js'}`;
}

/** Writes the one file that package.json names as the command, or the same under another path. Returns its path. */
export async function buildCli(path?: string): Promise<string> {
  return (await writeCli(path)).outfile;
}

async function writeCli(path?: string): Promise<{ outfile: string; build: string }> {
  const outfile = path ?? (await commandFile());
  await mkdir(dirname(outfile), { recursive: true });
  const rest = await bundleRest();
  const build = createHash('sha256').update(rest).digest('hex').slice(0, 32);
  const launcher = await bundle({
    entryPoints: ['src/cli/calico-ready.ts'],
    plugins: [restForMain, lazyBuiltins],
    define: { BUILD: JSON.stringify(build) },
  });
  // Never half a file under the name: it may be running.
  const whole = `${outfile}.${String(process.pid)}`;
  await writeFile(whole, launcher.trimEnd() + rest, { mode: 0o755 });
  await rename(whole, outfile);
  return { outfile, build };
}

/** Builds the command as it is handed out: with V8's code cache beside it (code-cache.ts). Returns its path. */
export async function buildWithCodeCache(path?: string): Promise<string> {
  const { outfile, build } = await writeCli(path);
  const warmUp = ['--import', 'tsx', `${ROOT}scripts/warm-up.ts`, outfile, build];
  await promisify(execFile)(process.execPath, warmUp, { cwd: ROOT });
  return outfile;
}

if (import.meta.filename === process.argv[1]) {
  console.log(await buildWithCodeCache());
}
