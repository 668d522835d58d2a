import * as z from 'zod';
import type { Catalogue } from '../../domain/check.js';
import { InputError } from '../../domain/errors.js';
import type { Waiver } from '../../domain/report.js';
import { visibleLine } from '../../domain/visible.js';
import { expectedOf } from './expected.js';
import { readText } from './read-text.js';
import { parseYaml, type YamlDocument } from './yaml-document.js';

const KEYS = 'Under `waivers:`, a waiver has check, who, why, until, and may have nodes.';

const schema = z.strictObject({
  waivers: z
    .array(
      z.strictObject({
        check: z.string().max(100),
        nodes: z.array(z.string().max(255)).optional(),
        who: z.string().min(1).max(200),
        why: z.string().min(1).max(2000),
        until: z.iso.date({ error: 'a date such as 2027-01-31' }),
      }),
    )
    .max(10_000),
});

function problemOf(issue: z.core.$ZodIssue | undefined, document: YamlDocument): InputError {
  const path = issue?.path ?? [];
  if (issue?.code === 'unrecognized_keys') {
    const key = issue.keys[0] ?? '';
    const place = document.placeOfKey([...path, key]);
    return new InputError(`${place}: unknown key "${visibleLine(key, 60)}".`, KEYS);
  }
  if (issue === undefined || path.length === 0)
    return new InputError(`${document.place([])}: this is not a list of waivers.`, KEYS);
  const at = visibleLine(path.map(String).join('.'), 100);
  return new InputError(
    `${document.place(path)}: "${at}" is not what it should be: expected ${expectedOf(issue)}.`,
    KEYS,
  );
}

/** Reads `--waivers FILE`. Throws InputError with line and column, also for a check that nobody may waive. */
export async function readWaivers(path: string, catalogue: Catalogue): Promise<readonly Waiver[]> {
  const document = parseYaml(await readText(path, 'waivers file'), path, 'waivers file');
  const parsed = schema.safeParse(document.value);
  if (!parsed.success) {
    throw problemOf(parsed.error.issues[0], document);
  }
  parsed.data.waivers.forEach(({ check }, index) => {
    const place = document.place(['waivers', index, 'check']);
    const known = catalogue.checks.find(({ id }) => id === check);
    if (known === undefined)
      throw new InputError(
        `${place}: there is no check "${visibleLine(check, 60)}".`,
        'List the checks with `calico-ready explain`.',
      );
    if (!known.waivable)
      throw new InputError(`${place}: ${check} cannot be waived.`, 'Mend what it found.');
  });
  return parsed.data.waivers.map(({ nodes, ...rest }) =>
    nodes === undefined ? rest : { ...rest, nodes },
  );
}
