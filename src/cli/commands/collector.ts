import { composeCollector } from '../../collect/compose.js';
import { DEFAULT_INTENT } from '../../domain/intent.js';
import { planProbes } from '../../engine/plan.js';
import { readIntent } from '../files/intent-file.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { emit } from '../io.js';
import { currentCatalogue, addRules } from '../wiring/catalogue.js';

/** `calico-ready collector`: the survey script, to be run by any other engine; its output is read with `--from FILE`. */
export async function runCollector(options: {
  readonly intent?: string;
  readonly rules?: string;
}): Promise<ExitCode> {
  await addRules(options.rules);
  const intent = options.intent === undefined ? DEFAULT_INTENT : await readIntent(options.intent);
  await emit(composeCollector(planProbes(currentCatalogue(), intent)), undefined);
  return EXIT.good;
}
