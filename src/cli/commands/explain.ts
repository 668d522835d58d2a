import type { AnyCheck } from '../../domain/check.js';
import { InputError } from '../../domain/errors.js';
import { visibleLine } from '../../domain/visible.js';
import { probesOf } from '../../engine/plan.js';
import { wrap } from '../../report/human.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { emit } from '../io.js';
import { currentCatalogue, addRules } from '../wiring/catalogue.js';

const WIDTH = 80;

/** The text of one check: what is required, by whom, how it is seen, what breaks. */
export function explainCheck(check: AnyCheck): string {
  const part = (heading: string, lines: readonly string[]): readonly string[] =>
    lines.length === 0 ? [] : ['', heading, ...lines.flatMap((line) => wrap(line, WIDTH, '  '))];
  const about = `${check.severity}, judged ${check.scope === 'node' ? 'for each node' : 'once for the fleet'}${check.waivable ? '' : ', cannot be waived'}`;
  return [
    check.id,
    ...wrap(check.title, WIDTH, '  '),
    `  (${about})`,
    ...part('Why', [check.why]),
    ...check.sources.flatMap((source, index) =>
      part(index === 0 ? 'Source (this one judges)' : 'Also', [
        `${source.page}, as of ${source.date}: ${source.says}`,
        source.url,
      ]),
    ),
    ...part(
      'Seen by',
      probesOf(check).map(
        (probe) => `${probe.command}${probe.rootCommands.length > 0 ? '   (as root)' : ''}`,
      ),
    ),
    ...part('Breaks without it', check.breaks ?? []),
    '',
  ].join('\n');
}

export async function runExplain(
  id: string | undefined,
  options: { readonly rules?: string } = {},
): Promise<ExitCode> {
  await addRules(options.rules);
  const { checks } = currentCatalogue();
  if (id === undefined) {
    await emit(
      `${checks.map((check) => `${check.id.padEnd(34)} ${check.title}`).join('\n')}\n`,
      undefined,
    );
    return EXIT.good;
  }
  const check = checks.find((candidate) => candidate.id === id);
  if (check === undefined) {
    throw new InputError(
      `There is no check "${visibleLine(id, 60)}".`,
      'List the checks with `calico-ready explain`.',
    );
  }
  await emit(explainCheck(check), undefined);
  return EXIT.good;
}
