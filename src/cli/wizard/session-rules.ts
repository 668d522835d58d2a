import { InputError } from '../../domain/errors.js';
import type { NodeEvidence } from '../../domain/evidence.js';
import { visibleLine } from '../../domain/visible.js';
import type { Notice, RulesFile, SessionFiles } from '../../session/state.js';
import { readBytes } from '../files/read-text.js';
import { absolutePath } from '../wiring/access-files.js';
import { addRules, ofSameRules } from '../wiring/catalogue.js';
import { sha256 } from '../wiring/run.js';

type Kept = {
  readonly files?: SessionFiles | undefined;
  readonly evidence: readonly NodeEvidence[];
};

/** The rules that hold for a session from now on, what of its evidence answers them, and what is to be said of it. */
export type SessionRules = {
  readonly rules?: RulesFile;
  readonly evidence: readonly NodeEvidence[];
  readonly notice?: Notice;
};

async function hashOf(path: string, kept: RulesFile | undefined): Promise<string> {
  try {
    return sha256(await readBytes(path, 'rules file'));
  } catch (error) {
    if (!(error instanceof InputError) || kept?.path !== path) throw error;
    // Judging on without them would turn what they found into nothing.
    throw new InputError(
      `The saved session was judged with the own rules of ${visibleLine(path)}. ${error.message}`,
      'Put the file back, or name another with --rules FILE; the saved session stays as it is.',
    );
  }
}

function newsOf(rules: RulesFile, kept: RulesFile | undefined): Notice | undefined {
  const shown = visibleLine(rules.path, 200);
  const again = 'Survey again, so that the nodes are asked what they ask.';
  if (kept === undefined)
    return {
      level: 'info',
      text: `The own rules of ${shown} are judged from now on, and were not before. ${again}`,
    };
  if (kept.sha256 === rules.sha256) return undefined;
  const what =
    kept.path === rules.path
      ? `${shown} changed since this session was saved`
      : `${shown} holds other rules than ${visibleLine(kept.path, 200)}, which this session was saved with`;
  return {
    level: 'warning',
    text: `${what}: the fleet is judged with the rules as they are now. ${again}`,
  };
}

/**
 * Takes the own rules in that `--rules` names, or else those that a saved session was judged with; says when they are
 * others than before. Rejects with InputError when they cannot be read: a session is never judged without them by silence.
 */
export async function rulesOfSession(
  given: string | undefined,
  kept: Kept | null,
): Promise<SessionRules> {
  const before = kept?.files?.rules;
  const evidence = kept?.evidence ?? [];
  const path = given === undefined ? before?.path : absolutePath(given);
  if (path === undefined) return { evidence };
  const rules = { path, sha256: await hashOf(path, before) };
  await addRules(path);
  const notice = kept === null ? undefined : newsOf(rules, before);
  return {
    rules,
    // An answer to another question of the same name proves nothing.
    evidence: kept === null ? [] : evidence.map(ofSameRules),
    ...(notice === undefined ? {} : { notice }),
  };
}
