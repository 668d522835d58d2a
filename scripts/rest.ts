import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { constants, Script } from 'node:vm';
import { readCodeCache } from './code-cache.js';

/*
 * Stands for src/cli/main.ts in the built file. V8 reads every byte of a module before its first line runs: 1.5 MB
 * cost `--version` 40 ms. In a comment the same bytes cost 4 ms, so the built file is the launcher, then all the rest
 * in one comment, and this code runs that comment in place: same file, same lines and columns in every stack trace.
 */
export const REST_OPENS = '\n/*rest:';
export const REST_CLOSES = '*/\n';

/** What ends a comment, and what stands for it inside one: equally long, so that columns stay. */
export const COMMENT_END = '*/';
export const COMMENT_END_KEPT = '*\u0001';

/** The parameters of the one async function that the comment holds. */
export const REST_PARAMETERS = 'require,__filename,__dirname,__url';

/** The rest of a built file, ready to run as often as one likes. */
export type Rest = { readonly script: Script; readonly run: () => Promise<void> };

type RestFunction = (
  require: NodeJS.Require,
  file: string,
  folder: string,
  url: string,
) => Promise<void>;

/**
 * V8 11 (Node.js 20) optimises a function once 66 KiB of its bytecode have run, in threads of its own. A command that
 * ends after seconds never earns most of that back: later is 0.15 s of processor time less for an audit of 50 nodes,
 * and what a long session runs often is optimised all the same. V8 12 counts calls instead and knows no such flag.
 */
function optimiseLater(): void {
  if (process.versions.v8.startsWith('11.')) setFlagsFromString('--interrupt-budget=1000000');
}

/** Compiles the rest of the built `file`, with the code cache of this `build` where one lies beside it. */
export function loadRest(file: string, build: string): Rest {
  // Before the cache is looked at: V8 refuses one that was made under other flags.
  optimiseLater();
  const url = pathToFileURL(file).href;
  // The build writes ASCII alone.
  const text = readFileSync(file, 'latin1');
  // The launcher spells the mark too, in these very lines; the build keeps it out of the rest.
  const start = text.lastIndexOf(REST_OPENS) + REST_OPENS.length;
  const source = text
    .slice(start, text.lastIndexOf(REST_CLOSES))
    .replaceAll(COMMENT_END_KEPT, COMMENT_END);
  const cachedData = readCodeCache(file, build);
  const script = new Script(source, {
    filename: url,
    lineOffset: text.slice(0, start).split('\n').length - 1,
    columnOffset: REST_OPENS.length - 1,
    importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
    ...(cachedData === undefined ? {} : { cachedData }),
  });
  const rest = script.runInThisContext() as RestFunction;
  return { script, run: () => rest(createRequire(url), file, dirname(file), url) };
}

/** The name of the build, which scripts/build.ts writes in. */
declare const BUILD: string;

export const main = (): Promise<void> => loadRest(fileURLToPath(import.meta.url), BUILD).run();
