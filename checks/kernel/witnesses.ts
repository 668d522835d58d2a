import type { WitnessFacts } from '../../src/domain/check.js';
import { bootConfig } from '../probes/boot-config.js';
import { kernelSigns } from '../probes/kernel-signs.js';
import { lsmod } from '../probes/lsmod.js';
import { modprobeN, type ModprobeAnswers } from '../probes/modprobe-n.js';
import { modprobeRules } from '../probes/modprobe-rules.js';
import { modulesBuiltin } from '../probes/modules-builtin.js';
import { modulesDep } from '../probes/modules-dep.js';
import type { ModuleIndex } from '../probes/support/module-index.js';
import { procModules } from '../probes/proc-modules.js';
import { procNetTables } from '../probes/proc-net-tables.js';
import { sysModule } from '../probes/sys-module.js';
import { sysctlA, sysctlKeyOf } from '../probes/sysctl-a.js';
import { unameA } from '../probes/uname-a.js';
import { unameR } from '../probes/uname-r.js';
import type { KernelFeature } from '../requirements/kernel-feature.js';
import { compareKernelVersions, parseKernelVersion } from '../../src/domain/kernel-version.js';

/** Everything that can speak of a kernel feature; one of them suffices. */
export const kernelWitnesses = {
  bootConfig,
  sysModule,
  kernelSigns,
  procModules,
  lsmod,
  sysctlA,
  modulesBuiltin,
  modulesDep,
  modprobeN,
  modprobeRules,
  unameR,
  unameA,
} as const;

/** Also what iptables itself lists, which needs root. */
export const iptablesWitnesses = { ...kernelWitnesses, procNetTables } as const;

export type KernelFacts = WitnessFacts<typeof iptablesWitnesses> & {
  /** Pasted answers of `modprobe -n -v`, one for each module. */
  readonly pasted?: readonly (ModprobeAnswers | undefined)[];
};

/** What the witnesses say of one feature, each in words for a finding; empty where none speaks. */
export type Statements = {
  /** Seen in the running kernel. */
  readonly running: readonly string[];
  /** Built in by the list of the running kernel. */
  readonly builtin: readonly string[];
  /** Installed, so that it can be loaded. */
  readonly loadable: readonly string[];
  readonly configuredIn: readonly string[];
  readonly configuredAsModule: readonly string[];
  readonly notConfigured: readonly string[];
  /** Looked for among what is installed for the running kernel, and not there. */
  readonly notInstalled: readonly string[];
  /** The list of what is built in is there and does not name it. */
  readonly notBuiltIn: readonly string[];
  /** A rule keeps it from being loaded. */
  readonly disabled: readonly string[];
};

export const quoted = (place: string, otherwise: string): string =>
  place === '' ? otherwise : place;
const has = (feature: KernelFeature, set: ReadonlySet<string> | undefined): string | undefined =>
  feature.modules.find((name) => set?.has(name) === true);

/** Which of iptables' own lists names it. */
function listWords(
  { match = '', target = '' }: KernelFeature,
  lists: KernelFacts['procNetTables'],
) {
  if (lists?.matches.has(match) === true) return ['/proc/net/ip_tables_matches lists it'];
  return lists?.targets.has(target) === true ? ['/proc/net/ip_tables_targets lists it'] : [];
}

/** Files that only a kernel with it has, looked for by name or seen among the settings that sysctl lists. */
function signWords({ signs = [] }: KernelFeature, facts: KernelFacts): readonly string[] {
  const sign = signs.find((path) => facts.kernelSigns?.has(path) === true);
  if (sign !== undefined) return [`${sign} is there`];
  const key = signs.map(sysctlKeyOf).find((one) => one !== null && facts.sysctlA?.has(one));
  return key === undefined || key === null ? [] : [`sysctl lists ${key}`];
}

function runningWords(feature: KernelFeature, facts: KernelFacts): readonly string[] {
  const loaded = has(feature, facts.procModules);
  const listed = has(feature, facts.lsmod);
  const present = has(feature, facts.sysModule);
  return [
    ...(loaded === undefined ? [] : [`${loaded} is loaded (/proc/modules)`]),
    ...(listed === undefined || loaded !== undefined ? [] : [`${listed} is loaded (lsmod)`]),
    ...(present === undefined ? [] : [`/sys/module/${present} is there`]),
    ...signWords(feature, facts),
    ...listWords(feature, facts.procNetTables),
  ];
}

type ConfigWords = Pick<Statements, 'configuredIn' | 'configuredAsModule' | 'notConfigured'>;

/** The release by what the node says, or by the head of its configuration; null when nothing tells. */
export const releaseOf = ({ unameR: r, unameA: a, bootConfig: config }: KernelFacts) =>
  r ?? a?.release ?? config?.release ?? null;

/** Distributions shipped it apart from the kernel at the time: then its configuration cannot tell. */
function isApart({ mainline, symbols }: KernelFeature, facts: KernelFacts): boolean {
  if (mainline === undefined) return false;
  const version = parseKernelVersion(releaseOf(facts) ?? '');
  if (version !== null) return compareKernelVersions(version, mainline) < 0;
  return !symbols.some((name) => facts.bootConfig?.symbols.has(name));
}

/** Whether the running kernel is so old that the feature's symbol had another name. */
function isOlder({ older }: KernelFeature, facts: KernelFacts): boolean {
  const version = older === undefined ? null : parseKernelVersion(releaseOf(facts) ?? '');
  return (
    older !== undefined && version !== null && compareKernelVersions(version, older.before) < 0
  );
}

/** The symbol that the configuration mentions, the newest name first. */
function mentioned(feature: KernelFeature, facts: KernelFacts): string | undefined {
  const has = (name: string): boolean => facts.bootConfig?.symbols.has(name) === true;
  const { symbols, older } = feature;
  const old = older !== undefined && isOlder(feature, facts) ? [older.symbol] : [];
  return [...symbols, ...old].find(has);
}

/** Every name of it was looked for: in a whole text, or in a selection that was made for them. */
function wasLookedFor(feature: KernelFeature, facts: KernelFacts): boolean {
  const { asked = null, whole = false } = facts.bootConfig ?? {};
  if (asked === null) return whole;
  return whole && !isOlder(feature, facts) && feature.symbols.every((name) => asked.has(name));
}

function configWords(feature: KernelFeature, facts: KernelFacts): ConfigWords {
  const { symbols } = feature;
  const { bootConfig: config } = facts;
  const silent: ConfigWords = { configuredIn: [], configuredAsModule: [], notConfigured: [] };
  if (config === undefined) return silent;
  const place = quoted(config.place, 'kernel configuration');
  const symbol = mentioned(feature, facts);
  const value = symbol === undefined ? 'n' : config.symbols.get(symbol);
  if (value === 'n' && isApart(feature, facts)) return silent;
  if (symbol === undefined) {
    // Kconfig leaves out what a missing dependency forbids, but a cut text leaves out anything.
    const name = symbols.at(-1) ?? '';
    return wasLookedFor(feature, facts)
      ? { ...silent, notConfigured: [`CONFIG_${name} is not set (${place} does not mention it)`] }
      : silent;
  }
  if (value === 'n') {
    return { ...silent, notConfigured: [`CONFIG_${symbol} is not set (${place})`] };
  }
  const words = [`CONFIG_${symbol}=${value ?? ''} (${place})`];
  return value === 'm'
    ? { ...silent, configuredAsModule: words }
    : { ...silent, configuredIn: words };
}

/** The pasted answers among the facts, by the names under which a check has the probes. */
export const pastedOf = <P extends Readonly<Record<string, unknown>>>(
  probes: P,
  facts: Readonly<Partial<Record<keyof P, ModprobeAnswers | undefined>>>,
): readonly (ModprobeAnswers | undefined)[] =>
  Object.keys(probes).map((name: keyof P) => facts[name]);

export function modprobeAnswers(facts: KernelFacts): ModprobeAnswers {
  const maps = [facts.modprobeN, ...(facts.pasted ?? [])].filter((map) => map !== undefined);
  const [only, second] = maps;
  // The usual case, for every feature of every node: nothing to put together.
  return only !== undefined && second === undefined
    ? only
    : new Map(maps.flatMap((map) => [...map]));
}

/** "Not found" counts only where modprobe had a folder to look into, which modules.dep shows. */
function notInstalledWords(
  feature: KernelFeature,
  facts: KernelFacts,
  answers: ModprobeAnswers,
): readonly string[] {
  const { modulesDep: dep, modulesBuiltin: builtin } = facts;
  if (feature.modules.length === 0) return [];
  if (dep !== undefined && !dep.there) {
    return [`${quoted(dep.place, 'modules.dep')} is not there`];
  }
  const [name = ''] = feature.modules;
  const listed = has(feature, dep?.modules) ?? has(feature, builtin?.modules);
  const lacking =
    dep !== undefined && listed === undefined && wasAskedFor(feature, dep)
      ? [`${quoted(dep.place, 'modules.dep')} does not list ${name}`]
      : [];
  const found = feature.modules.every((module) => answers.get(module) === 'not-found');
  return found ? [...lacking, `modprobe finds no module ${name}`] : lacking;
}

/** A selection of lines says nothing of names that it was not made for. */
export const wasAskedFor = ({ modules }: KernelFeature, { asked }: ModuleIndex): boolean =>
  asked === null || modules.every((name) => asked.has(name));

function notBuiltInWords(
  feature: KernelFeature,
  { modulesBuiltin: list }: KernelFacts,
): readonly string[] {
  const [name] = feature.modules;
  if (name === undefined || feature.inside === true || list?.there !== true) return [];
  if (has(feature, list.modules) !== undefined || !wasAskedFor(feature, list)) return [];
  return [`${quoted(list.place, 'modules.builtin')} does not list ${name}`];
}

/** Gathers every statement. Pure. */
export function statementsOn(feature: KernelFeature, facts: KernelFacts): Statements {
  const answers = modprobeAnswers(facts);
  const installed = has(feature, facts.modulesDep?.modules);
  const resolved = feature.modules.find((name) => answers.get(name) === 'load');
  const refused = feature.modules.find((name) => answers.get(name) === 'disabled');
  const rule = feature.modules.map((name) => facts.modprobeRules?.get(name)).find(Boolean);
  const inKernel = has(feature, facts.modulesBuiltin?.modules);
  return {
    running: [...runningWords(feature, facts), ...thereWords(feature, answers)],
    builtin:
      inKernel === undefined
        ? []
        : [
            `${inKernel} is built in (${quoted(facts.modulesBuiltin?.place ?? '', 'modules.builtin')})`,
          ],
    loadable: [
      ...(installed === undefined
        ? []
        : [`${installed} is installed (${quoted(facts.modulesDep?.place ?? '', 'modules.dep')})`]),
      ...(resolved === undefined ? [] : [`modprobe would load ${resolved}`]),
    ],
    ...configWords(feature, facts),
    notInstalled: notInstalledWords(feature, facts, answers),
    notBuiltIn: notBuiltInWords(feature, facts),
    disabled: [
      ...(rule === undefined ? [] : [`it is kept from loading by "${rule}"`]),
      ...(refused === undefined ? [] : [`modprobe is told to load nothing for ${refused}`]),
    ],
  };
}

function thereWords(feature: KernelFeature, answers: ModprobeAnswers): readonly string[] {
  const name = feature.modules.find((module) => answers.get(module) === 'there');
  return name === undefined ? [] : [`modprobe has nothing left to load for ${name}`];
}
