import * as z from 'zod';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { emit } from '../io.js';
import { reportSchema } from '../report-schema.js';

/** `calico-ready schema`: the JSON Schema of `--format json`. */
export async function runSchema(): Promise<ExitCode> {
  await emit(`${JSON.stringify(z.toJSONSchema(reportSchema), null, 2)}\n`, undefined);
  return EXIT.good;
}
