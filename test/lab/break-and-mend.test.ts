import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import type { Breakage } from '../../scripts/lab/breakage.js';
import { BREAKAGES } from '../../scripts/lab/break.js';
import { builtCli } from '../helpers/built.js';
import { auditLab, type LabReport } from './lab-cli.js';
import { describeLab, type Lab } from './lab-helper.js';
import { COMPARING, intentOf, INTENTS, intentText, ROUNDS, type IntentName } from './rounds.js';

const NODE = 'node-1';
const OTHER = 'node-2';

const SETTLED = { timeout: 20_000, interval: 250 };

const INTENT_NAMES = Object.keys(INTENTS) as readonly IntentName[];

const breakageOf = (what: string): Breakage => {
  const found = BREAKAGES[what];
  if (found === undefined) throw new Error(`nothing is named ${what}`);
  return found;
};

type Sign = { readonly what: string; readonly check: string; readonly words: string };

const signsOf = (whats: readonly string[]): readonly Sign[] =>
  whats.flatMap((what) =>
    Object.entries(breakageOf(what).breaks).map(([check, words]) => ({ what, check, words })),
  );

const stagesOf = (whats: readonly string[]): readonly string[] => [
  ...new Set(whats.flatMap((what) => breakageOf(what).stage ?? [])),
];

const fileOf = (lab: Lab, name: IntentName): string => join(lab.dir, `intent-${name}.yaml`);

type Reports = ReadonlyMap<IntentName, LabReport>;

/** An audit for each intent that one of the checks needs, at the same time. */
async function audit(lab: Lab, signs: readonly Sign[]): Promise<Reports> {
  const names = [...new Set(signs.map(({ check }) => intentOf(check)))];
  const reports = await Promise.all(
    names.map(async (name) => {
      const own = signs.filter(({ check }) => intentOf(check) === name);
      const nodes = own.some(({ check }) => COMPARING.includes(check)) ? [] : [NODE];
      const { report } = await auditLab(lab, ...nodes, '--intent', fileOf(lab, name));
      return [name, report] as const;
    }),
  );
  return new Map(reports);
}

/** `what check status: found` of a sign, by the audit of its own intent. */
function lineOf(reports: Reports, { what, check }: Sign): string {
  const report = reports.get(intentOf(check));
  const own = report?.nodes.find(({ name }) => name === NODE)?.findings ?? [];
  const all = [...own, ...(report?.cluster.findings ?? [])];
  const found = all.find((one) => one.check === check);
  return `${what} ${check} ${found?.status ?? 'not judged'}: ${found?.found ?? ''}`;
}

const isBroken = (line: string, { words }: Sign): boolean =>
  / (?:fail|warn): /.test(line) && line.includes(words);
const isWhole = (line: string, { what }: Sign): boolean =>
  (breakageOf(what).mayRest ? / (?:pass|not-applicable|unknown): / : / pass: /).test(line);

describeLab(
  'what is broken on a node is found, and mended passes again',
  { nodes: 2, packages: true },
  (lab) => {
    beforeAll(async () => {
      await builtCli();
      for (const name of INTENT_NAMES) writeFileSync(fileOf(lab(), name), intentText(name));
    });

    test.each(Object.entries(ROUNDS))(
      '%s',
      async (_, whats) => {
        const signs = signsOf(whats);
        const onTwo = whats.filter((what) => breakageOf(what).onTwo);
        const mend = async (): Promise<void> => {
          await lab().mend(NODE, ...whats.toReversed());
          if (onTwo.length > 0) await lab().mend(OTHER, ...onTwo);
        };
        // Daemons settle in their own time: what an audit does not see yet, a later one does.
        const unlike = async (
          wanted: (line: string, sign: Sign) => boolean,
        ): Promise<readonly string[]> => {
          const reports = await audit(lab(), signs);
          return signs
            .filter((sign) => !wanted(lineOf(reports, sign), sign))
            .map((sign) => lineOf(reports, sign));
        };
        const stages = stagesOf(whats);
        try {
          for (const stage of stages) await lab().stage(NODE, stage, 'set');
          await mend();
          await expect.poll(() => unlike(isWhole), SETTLED).toEqual([]);
          try {
            await lab().break(NODE, ...whats);
            if (onTwo.length > 0) await lab().break(OTHER, ...onTwo);
            await expect.poll(() => unlike(isBroken), SETTLED).toEqual([]);
          } finally {
            await mend();
          }
          await expect.poll(() => unlike(isWhole), SETTLED).toEqual([]);
        } finally {
          for (const stage of stages) await lab().stage(NODE, stage, 'clear');
        }
      },
      180_000,
    );
  },
);
