import * as z from 'zod';
import { INTENT_CHOICES } from '../domain/intent.js';
import { ROLES } from '../domain/inventory.js';
import { REPORT_SCHEMA } from '../domain/report.js';
import { READINESS, STATUSES } from '../domain/status.js';

const status = z.enum(STATUSES as unknown as [string, ...string[]]);
const readiness = z.enum(Object.values(READINESS) as [string, ...string[]]);
const text = z.string();

const waiver = z.object({
  check: text,
  nodes: z.array(text).optional(),
  who: text,
  why: text,
  until: z.iso.date(),
});

const finding = z.object({
  check: text,
  title: text,
  severity: z.enum(['required', 'recommended']),
  status,
  found: text,
  expected: text.optional(),
  reason: text.optional(),
  toKnow: text.optional(),
  source: z.object({ page: text, url: z.url() }),
  breaks: z.array(text),
  alternatives: z.array(text),
  fixes: z.array(
    z.object({
      way: text,
      kind: z.enum(['safe', 'disruptive']),
      summary: text,
      byHand: z.literal(true).optional(),
    }),
  ),
  settings: z
    .array(
      z.object({
        installation: text.nullable(),
        manifest: text.nullable(),
        value: z.union([z.number(), text, z.array(text)]),
        why: text,
      }),
    )
    .optional(),
  evidence: z.array(
    z.object({
      probe: text,
      command: text,
      exit: z.int().nullable(),
      sha256: z.string().regex(/^[0-9a-f]{64}$/),
    }),
  ),
  waiver: waiver.optional(),
  waivedFrom: status.optional(),
});

const node = z.object({
  name: text,
  host: text,
  roles: z.array(z.enum(ROLES)),
  reached: z.boolean(),
  reason: text.optional(),
  readiness,
  facts: z.record(text, text),
  findings: z.array(finding),
});

/** The shape of `--format json`, field by field; a test holds real reports against it. */
export const reportSchema = z.object({
  schema: z.literal(REPORT_SCHEMA),
  tool: z.object({ name: text, version: text }),
  catalogue: z.object({ version: text, checks: z.int() }),
  run: z.object({ id: text, startedAt: z.iso.datetime(), finishedAt: z.iso.datetime() }),
  intent: z.looseObject({
    calico: z.enum(INTENT_CHOICES.calico),
    dataplane: z.enum(INTENT_CHOICES.dataplane),
    encapsulation: z.enum(INTENT_CHOICES.encapsulation),
  }),
  readiness,
  summary: z.object(Object.fromEntries(STATUSES.map((name) => [name, z.int().min(0)]))),
  suggestion: z
    .object({ changes: z.record(text, z.unknown()), words: z.array(text), readiness })
    .optional(),
  nodes: z.array(node),
  cluster: z.object({ findings: z.array(finding) }),
  paths: z.array(
    z.object({ from: text, to: text, path: text, status, found: text, blame: text.optional() }),
  ),
  demo: z.literal(true).optional(),
});
