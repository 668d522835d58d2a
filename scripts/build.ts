import { chmod, mkdir, readFile } from 'node:fs/promises';
import { builtinModules } from 'node:module';
import { build, type Plugin } from 'esbuild';

const ROOT = new URL('..', import.meta.url).pathname;

const BUILTIN = new RegExp(`^(?:node:)?(?:${builtinModules.filter((name) => !name.startsWith('_')).join('|')})$`);

/**
 * In one ESM file every `import` of a Node module would run before the first line of ours. Handing them over as
 * CommonJS modules makes each load when the code that needs it does; `--version` then loads none.
 */
const lazyBuiltins: Plugin = {
  name: 'lazy-builtins',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: BUILTIN }, ({ path }) => ({ path, namespace: 'builtin' }));
    onLoad({ filter: /.*/, namespace: 'builtin' }, ({ path }) => ({
      contents: `module.exports = process.getBuiltinModule(${JSON.stringify(path)});`,
      loader: 'js',
    }));
  },
};

/** Ink loads its development tools only under DEV=true; they are no part of the product. */
const noDevtools: Plugin = {
  name: 'no-devtools',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^react-devtools-core$/ }, ({ path }) => ({ path, namespace: 'empty' }));
    onLoad({ filter: /.*/, namespace: 'empty' }, () => ({ contents: 'export default {};', loader: 'js' }));
  },
};

/** Writes the one file that package.json names as the command. Returns its path. */
export async function buildCli(): Promise<string> {
  const manifest = JSON.parse(await readFile(`${ROOT}package.json`, 'utf8')) as { readonly bin: Record<string, string> };
  const outfile = `${ROOT}${manifest.bin['calico-ready'] ?? 'dist/calico-ready.js'}`;
  await mkdir(`${ROOT}dist`, { recursive: true });
  await build({
    absWorkingDir: ROOT,
    entryPoints: ['src/cli/calico-ready.ts'],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    minify: true,
    keepNames: true,
    legalComments: 'none',
    // ssh2's optional native parts: it works without them (style.md 6).
    external: ['*.node', 'cpu-features'],
    plugins: [lazyBuiltins, noDevtools],
    define: { 'process.env.NODE_ENV': '"production"', 'process.env.DEV': '"false"' },
    banner: {
      js: [
        "const require=(name)=>process.getBuiltinModule('module').createRequire(import.meta.url)(name);",
        'const __filename=import.meta.filename,__dirname=import.meta.dirname;',
      ].join(''),
    },
    logLevel: 'warning',
  });
  await chmod(outfile, 0o755);
  return outfile;
}

if (import.meta.filename === process.argv[1]) {
  console.log(await buildCli());
}
