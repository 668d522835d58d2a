import { VerificationError } from '../../domain/errors.js';
import type { Report } from '../../domain/report.js';
import { visible, visibleLine } from '../../domain/visible.js';
import { reportSchema } from '../report-schema.js';
import { validateIntent } from './intent-file.js';

/** Every text of it as it may be shown: whoever wrote the file need not have been this tool. */
function displayed(value: unknown): unknown {
  if (typeof value === 'string') return visible(value);
  if (Array.isArray(value)) return value.map(displayed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [visible(key), displayed(item)]),
  );
}

/** The report that a bundle brings. Throws VerificationError for what is none, InputError for an intent that is none. */
export function reportFrom(value: unknown): Report {
  const parsed = reportSchema.safeParse(value);
  if (!parsed.success) {
    const at = parsed.error.issues[0]?.path.map(String).join('.') ?? '';
    throw new VerificationError(
      `The bundle cannot be read: report.json is malformed${at === '' ? '' : ` at ${visibleLine(at, 100)}`}.`,
      'It may come from another version; ask the sender for its report.',
    );
  }
  const report = displayed(parsed.data) as Report;
  return { ...report, intent: validateIntent(report.intent, () => 'report.json') };
}
