import { planFixes, type FixPlan, type PlannedFix } from '../../change/plan.js';
import { fixCommandLine, preview } from '../../change/preview.js';
import { InputError } from '../../domain/errors.js';
import type { Fix } from '../../domain/fix.js';
import type { InventoryNode } from '../../domain/inventory.js';
import { shellWord } from '../../domain/shell-word.js';
import type { Transport } from '../../domain/transport.js';
import { STATUS } from '../../domain/status.js';
import { visibleLine } from '../../domain/visible.js';
import { nodeWords, type Reach } from '../../report/fix-line.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { emit, note } from '../io.js';
import type { CommonOptions } from '../options.js';
import { reachOf } from '../reach.js';
import { ask, headlessTransport, judgeFleet, type Judged } from '../wiring/asker.js';
import { currentCatalogue } from '../wiring/catalogue.js';
import { applyOn } from '../wiring/changes.js';
import { readInputs, type Inputs } from '../wiring/inputs.js';
import { askLine } from '../wiring/question.js';
import { clock, interruptible, randomHex } from '../wiring/run.js';
import { terminalSecrets } from '../wiring/secrets.js';

export type FixOptions = CommonOptions & {
  readonly check: readonly string[];
  readonly plan?: boolean;
  readonly apply?: boolean;
  readonly way?: string;
  readonly yes?: boolean;
  readonly consent: readonly string[];
};

/** What becomes of one change: proven, not proven, or not to be told. */
type Proof = 'verified' | 'not-verified' | 'uncertain' | 'declined';

type Context = {
  readonly options: FixOptions;
  readonly transport: Transport;
  readonly nodes: ReadonlyMap<string, InventoryNode>;
  readonly reach: Reach;
  readonly survey: (nodes: readonly InventoryNode[]) => Promise<Judged>;
  readonly signal: AbortSignal;
};

/** The line that makes this change, as this run reaches the node. Empty for what is only shown. */
function applyLine(node: InventoryNode, check: string, fix: Fix, reach: Reach): string {
  const [argument, ...rest] = nodeWords([node.name], reach) ?? [];
  if (fix.byHandOnly === true || argument === undefined) return '';
  return [fixCommandLine(argument, check, fix), ...rest.map(shellWord)].join(' ');
}

function previewText(node: InventoryNode, check: string, fix: Fix, reach: Reach): string {
  const shown = preview(fix, node, check);
  const line = applyLine(node, check, fix, reach);
  return [
    `${node.name}: ${check}, way ${fix.way} (${fix.kind}${fix.byHandOnly === true ? ', by hand' : ''})`,
    `  ${fix.summary}`,
    ...shown.diff.map((line) => `  ${line}`),
    ...shown.actions.map((line) => `  - ${line}`),
    ...shown.loses.map((line) => `  You lose: ${line}`),
    ...(fix.byHandOnly === true
      ? ['  This version does not apply it.', `  By hand: ${visibleLine(fix.byHand, 2000)}`]
      : []),
    ...(line === '' ? [] : [`  ${line}`]),
    '',
  ].join('\n');
}

function planText(plan: Plan, nodes: Context['nodes'], reach: Reach): string {
  const fixes = plan.fixes.flatMap(({ node, check, ways }) => {
    const known = nodes.get(node);
    return known === undefined ? [] : ways.map((fix) => previewText(known, check, fix, reach));
  });
  const others = plan.others.map(({ node, check, why }) => `${node}: ${check}: ${why}\n`);
  return [...fixes, ...others].join('\n');
}

/** Asks what is still open on the terminal; null when the operator says no. */
async function agree(planned: PlannedFix, signal: AbortSignal): Promise<Fix | null> {
  const ways = planned.ways;
  let [fix] = ways;
  if (ways.length > 1) {
    const way = await askLine(
      `${planned.node}: which way (${ways.map((one) => one.way).join(', ')})? `,
      signal,
    );
    fix = ways.find((one) => one.way === way.trim());
  }
  if (fix === undefined) return null;
  if (planned.asksConsent && fix.kind === 'disruptive') {
    const word = fix.consentWord ?? 'yes';
    return (await askLine(
      `Type ${word} to agree, anything else to leave ${planned.node} alone: `,
      signal,
    )) === word
      ? fix
      : null;
  }
  if (!planned.asksYes) return fix;
  return /^y(es)?$/i.test((await askLine(`Apply this to ${planned.node}? [y/N] `, signal)).trim())
    ? fix
    : null;
}

async function applyOne(planned: PlannedFix, context: Context): Promise<Proof> {
  const node = context.nodes.get(planned.node);
  if (node === undefined) return 'not-verified';
  for (const fix of planned.ways) note(previewText(node, planned.check, fix, context.reach));
  const fix = await agree(planned, context.signal);
  if (fix === null) {
    note(`${node.name}: nothing was changed.`);
    return 'declined';
  }
  const outcome = await applyOn(context.transport, node, planned.check, fix, context.signal);
  note(`${node.name}: ${outcome.message}`);
  if (outcome.phase !== 'applied')
    return outcome.phase === 'uncertain' ? 'uncertain' : 'not-verified';
  return prove(node, planned.check, context);
}

/** A fix is believed only after the same probes ran again. */
async function prove(node: InventoryNode, check: string, context: Context): Promise<Proof> {
  const { report } = await context.survey([node]);
  const finding = report.nodes[0]?.findings.find((one) => one.check === check);
  const status = finding?.status;
  note(`${node.name}: ${check} is now ${status ?? 'not known'}: ${finding?.found ?? ''}`);
  if (status === undefined || status === STATUS.unknown) return 'uncertain';
  return status === STATUS.fail ? 'not-verified' : 'verified';
}

type Plan = Extract<FixPlan, { kind: 'plan' }>;

function exitOf(proofs: readonly Proof[], plan: Plan): ExitCode {
  const skipped = plan.fixes.length - proofs.length;
  const undone = proofs.some((proof) => proof === 'not-verified' || proof === 'declined');
  if (undone || skipped > 0 || plan.others.some(({ kind }) => kind === 'no-fix')) {
    return EXIT.notReady;
  }
  const untold =
    proofs.includes('uncertain') || plan.others.some(({ kind }) => kind === 'cannot-tell');
  return untold ? EXIT.cannotTell : EXIT.good;
}

async function carryOut(plan: Plan, context: Context): Promise<ExitCode> {
  for (const { node, check, why } of plan.others) note(`${node}: ${check}: ${why}`);
  const proofs: Proof[] = [];
  for (const planned of plan.fixes) {
    const proof = await applyOne(planned, context);
    proofs.push(proof);
    // The first node is the canary: what went wrong there would go wrong everywhere.
    if (proof === 'uncertain' || proof === 'not-verified') break;
  }
  const left = plan.fixes.length - proofs.length;
  if (left > 0) note(`Stopped: ${String(left)} more were not touched.`);
  return exitOf(proofs, plan);
}

/** Rejects with InputError before any node is asked. */
async function inputsOf(names: readonly string[], options: FixOptions): Promise<Inputs> {
  if (options.check.length === 0)
    throw new InputError('No check is named.', 'Name one with --check ID.');
  if (names.length === 0 && options.inventory === undefined && options.local !== true)
    throw new InputError('No node is named.', 'Name nodes, or --inventory FILE, or --local.');
  const inputs = await readInputs(names, options);
  const known = new Set(currentCatalogue().checks.map(({ id }) => id));
  const stranger = options.check.find((id) => !known.has(id));
  if (stranger !== undefined)
    throw new InputError(
      `There is no check ${visibleLine(stranger, 80)}.`,
      'Run calico-ready explain for the list of ids.',
    );
  return inputs;
}

/** `calico-ready fix`: shows what would be done, or does it and proves it by the same probes. */
export async function runFix(names: readonly string[], options: FixOptions): Promise<ExitCode> {
  if (options.from !== undefined)
    throw new InputError('Recorded nodes cannot be mended.', 'Name real nodes instead of --from.');
  if (options.plan === true && options.apply === true)
    throw new InputError('--plan and --apply exclude each other.', 'Choose one of them.');
  const inputs = await inputsOf(names, options);
  const secrets = await terminalSecrets(options);
  const { signal, dispose } = interruptible();
  try {
    const transport = headlessTransport(options, secrets);
    const survey = async (nodes: readonly InventoryNode[]): Promise<Judged> => {
      const startedAt = clock.now();
      const evidence = await ask(nodes, inputs.intent, { ...options, transport, signal });
      return judgeFleet(nodes, evidence, inputs.intent, inputs.waivers, {
        id: randomHex(),
        startedAt,
      });
    };
    const nodes = new Map(inputs.nodes.map((node) => [node.name, node]));
    const reach = reachOf(names, inputs.nodes, options);
    const plan = planFixes(await survey(inputs.nodes), {
      checks: options.check,
      consents: options.consent,
      yes: options.yes === true,
      mode: options.apply === true ? 'apply' : 'plan',
      terminal: process.stdin.isTTY && process.stderr.isTTY,
      ...(options.way === undefined ? {} : { way: options.way }),
    });
    if (plan.kind === 'refused') throw new InputError(plan.message, plan.nextStep);
    if (options.apply === true)
      return await carryOut(plan, { options, transport, nodes, reach, survey, signal });
    await emit(planText(plan, nodes, reach), undefined);
    // Who agrees to a change expects one.
    if (options.yes === true || options.consent.length > 0)
      note('note: this is only the plan, nothing was changed; --apply does it.');
    return EXIT.good;
  } finally {
    dispose();
  }
}
