import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { catalogue } from '../../checks/index.js';
import type { AnyNodeCheck } from '../../src/domain/check.js';
import { DEFAULT_INTENT, type Intent } from '../../src/domain/intent.js';
import { answersOf } from '../../src/engine/answers.js';
import { judgeNode } from '../../src/engine/judge.js';
import { allProbes, probesOf } from '../../src/engine/plan.js';
import { evidenceOf, pasted } from '../helpers/check-tester.js';

/**
 * Text that was bent, shortened or put under another name is worth at most as much as no text: where it gives a pass,
 * the text as it was, or its absence, gives a pass too.
 */
const NODES = new URL('../nodes/', import.meta.url).pathname;
const PROBES = new Map(allProbes(catalogue).map((probe) => [probe.id, probe]));
const CHECKS = catalogue.checks.filter((check): check is AnyNodeCheck => check.scope === 'node');
const INTENTS: readonly Partial<Intent>[] = [
  {},
  { encapsulation: 'vxlan', bgp: false },
  { dataplane: 'ebpf', encapsulation: 'vxlan' },
  { kubeProxy: 'ipvs', wireguard: 'ipv4' },
];

type Texts = ReadonlyMap<string, string>;
const recordings = readdirSync(NODES)
  .filter((name) => statSync(join(NODES, name)).isDirectory())
  .map((name): { readonly name: string; readonly texts: Texts } => {
    const files = readdirSync(join(NODES, name)).filter((file) => file.endsWith('.txt'));
    const known = files.filter((file) => PROBES.has(file.slice(0, -4)));
    return {
      name,
      texts: new Map(
        known.map((file) => [file.slice(0, -4), readFileSync(join(NODES, name, file), 'utf8')]),
      ),
    };
  })
  .filter(({ texts }) => texts.size > 0);

function passing(texts: Texts, probe: string, intent: Partial<Intent>): ReadonlySet<string> {
  const evidence = [...texts].flatMap(([id, text]) => {
    const known = PROBES.get(id);
    return known === undefined ? [] : [evidenceOf(known, pasted(text))];
  });
  const checks = CHECKS.filter((check) => probesOf(check).some(({ id }) => id === probe));
  const node = { name: 'n1', host: 'n1', roles: [] };
  const context = { intent: { ...DEFAULT_INTENT, ...intent }, node };
  const answers = answersOf(checks.flatMap(probesOf), {
    node: 'n1',
    startedAt: 0,
    finishedAt: 0,
    evidence,
  });
  return new Set(
    checks
      .filter((check) => judgeNode(check, answers, context).verdict.status === 'pass')
      .map(({ id }) => id),
  );
}

const NOISE = ['\u0000', 'xyzzy', '0', '9', ' ', '=', '\n', '#', 'äöü', '-', ':'];
type Harm = (text: string, where: number, noise: string, texts: Texts) => string;
const at = (text: string, where: number): number => Math.floor(where * text.length);
const HARMS: Readonly<Record<string, Harm>> = {
  shortened: (text, where) => text.slice(0, at(text, where)),
  'without its beginning': (text, where) => text.slice(at(text, where)),
  garbled: (text, where, noise) =>
    text.slice(0, at(text, where)) + noise + text.slice(at(text, where) + noise.length),
  mixed: (_, where, __, texts) => [...texts.values()][Math.floor(where * texts.size)] ?? '',
  'of nothing but noise': (text, where, noise) => noise.repeat(1 + at(text.slice(0, 200), where)),
};

test.each(Object.keys(HARMS))('a text that is %s is worth no more than none', (name) => {
  const place = fc
    .constantFrom(...recordings)
    .chain((node) =>
      fc.record({ node: fc.constant(node), probe: fc.constantFrom(...node.texts.keys()) }),
    );
  fc.assert(
    fc.property(
      place,
      fc.double({ min: 0, max: 0.999, noNaN: true }),
      fc.constantFrom(...NOISE),
      fc.constantFrom(...INTENTS),
      ({ node, probe }, where, noise, intent) => {
        const harmed = HARMS[name]?.(node.texts.get(probe) ?? '', where, noise, node.texts) ?? '';
        const without = new Map([...node.texts].filter(([id]) => id !== probe));
        const before = passing(node.texts, probe, intent);
        const none = passing(without, probe, intent);
        const after = passing(new Map([...without, [probe, harmed]]), probe, intent);
        const better = [...after].filter((id) => !before.has(id) && !none.has(id));
        expect(better, `${node.name}, ${probe}`).toEqual([]);
      },
    ),
    { numRuns: 100 },
  );
});
