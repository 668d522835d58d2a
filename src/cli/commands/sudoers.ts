import { sudoersText } from '../../collect/least-privilege.js';
import { allProbes, planProbes } from '../../engine/plan.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { readIntent } from '../files/intent-file.js';
import { emit } from '../io.js';
import { addRules, currentCatalogue } from '../wiring/catalogue.js';

/** `calico-ready sudoers`: the least-privilege rule for what the survey runs as root; with an intent, for its probes alone. */
export async function runSudoers(options: {
  readonly intent?: string;
  readonly rules?: string;
}): Promise<ExitCode> {
  await addRules(options.rules);
  const catalogue = currentCatalogue();
  const probes =
    options.intent === undefined
      ? allProbes(catalogue)
      : planProbes(catalogue, await readIntent(options.intent));
  await emit(sudoersText(probes), undefined);
  return EXIT.good;
}
