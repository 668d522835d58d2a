import { ROWS } from '../../../checks/requirements/rows.js';
import type { AnyCheck } from '../../domain/check.js';
import { InputError } from '../../domain/errors.js';
import { visibleLine } from '../../domain/visible.js';
import { probesOf } from '../../engine/plan.js';
import { explain } from '../../report/explain-check.js';
import { explanationText } from '../../report/explain-render.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { emit } from '../io.js';
import { addRules, currentCatalogue } from '../wiring/catalogue.js';

/** The text of one check: what is required, by whom, how it is seen and judged, what breaks, what mends it. */
export const explainCheck = (check: AnyCheck): string =>
  explanationText(explain(check, probesOf(check)));

/** A check by its id, or those that answer a row of the source pages, such as B19. */
function checksFor(id: string): readonly AnyCheck[] {
  const row = id.toUpperCase();
  const wanted = Object.hasOwn(ROWS, row) ? (ROWS[row] ?? []) : [id];
  return currentCatalogue().checks.filter((check) => wanted.includes(check.id));
}

export async function runExplain(
  id: string | undefined,
  options: { readonly rules?: string } = {},
): Promise<ExitCode> {
  await addRules(options.rules);
  if (id === undefined) {
    await emit(
      `${currentCatalogue()
        .checks.map((check) => `${check.id.padEnd(34)} ${check.title}`)
        .join('\n')}\n`,
      undefined,
    );
    return EXIT.good;
  }
  const checks = checksFor(id);
  if (checks.length === 0) {
    throw new InputError(
      `There is no check "${visibleLine(id, 60)}".`,
      'List the checks with `calico-ready explain`; A1 to A14 and B1 to B24 name the rows of the source pages.',
    );
  }
  await emit(checks.map(explainCheck).join('\n'), undefined);
  return EXIT.good;
}
