import type { WouldDo } from '../probes/modprobe-n.js';
import type { ModuleIndex } from '../probes/support/module-index.js';
import type { KernelFeature } from '../requirements/kernel-feature.js';
import type { KernelFacts } from './witnesses.js';

/** Two statements of which one must be wrong, whatever the kernel can do. */
export type Contradiction = { readonly one: string; readonly other: string };

type Said = {
  readonly facts: KernelFacts;
  readonly answer: WouldDo | undefined;
  /** What the configuration says of the feature's own symbol; undefined where that decides of more than this module. */
  readonly configured: 'y' | 'm' | 'n' | undefined;
};
type Rule = (name: string, said: Said) => Contradiction | null;

const lists = (index: ModuleIndex | undefined, name: string): boolean =>
  index?.modules.has(name) === true;
/** The index is there, was made for this name, and does not hold it. */
const lacks = (index: ModuleIndex | undefined, name: string): boolean =>
  index?.there === true && !index.modules.has(name) && index.asked?.has(name) !== false;

const isLoaded = ({ facts }: Said, name: string): boolean =>
  facts.procModules?.has(name) === true || facts.lsmod?.has(name) === true;

const RULES: readonly Rule[] = [
  (name, { facts: { procModules, lsmod } }) => {
    if (procModules === undefined || lsmod === undefined) return null;
    if (procModules.has(name) === lsmod.has(name)) return null;
    const [yes, no] = lsmod.has(name) ? ['lsmod', '/proc/modules'] : ['/proc/modules', 'lsmod'];
    return { one: `${yes} lists ${name}`, other: `${no} does not` };
  },
  (name, said) =>
    isLoaded(said, name) && lists(said.facts.modulesBuiltin, name)
      ? { one: `${name} is loaded as a module`, other: 'modules.builtin says it is built in' }
      : null,
  (name, said) =>
    isLoaded(said, name) && lacks(said.facts.modulesDep, name)
      ? { one: `${name} is loaded as a module`, other: 'modules.dep does not list it' }
      : null,
  (name, said) =>
    isLoaded(said, name) && said.configured === 'y'
      ? {
          one: `${name} is loaded as a module`,
          other: 'the kernel configuration says it is built in',
        }
      : null,
  (name, { facts, configured }) =>
    lists(facts.modulesBuiltin, name) && configured === 'm'
      ? {
          one: `modules.builtin says ${name} is built in`,
          other: 'the kernel configuration says it is a module',
        }
      : null,
  (name, { facts, configured }) =>
    lists(facts.modulesDep, name) && configured === 'y'
      ? {
          one: `modules.dep lists ${name} as a module`,
          other: 'the kernel configuration says it is built in',
        }
      : null,
  (name, { facts, answer }) =>
    answer === 'not-found' && (lists(facts.modulesDep, name) || lists(facts.modulesBuiltin, name))
      ? { one: `modprobe finds no module ${name}`, other: 'the lists of modules name it' }
      : null,
  (name, { facts, answer }) =>
    answer === 'load' && lacks(facts.modulesDep, name)
      ? { one: `modprobe would load ${name}`, other: 'modules.dep does not list it' }
      : null,
];

/** The first contradiction among the witnesses of this feature; null when they fit. Pure. */
export function contradictions(
  feature: KernelFeature,
  facts: KernelFacts,
  answers: ReadonlyMap<string, WouldDo>,
): Contradiction | null {
  const { symbols, shared, inside } = feature;
  const symbol = symbols.find((name) => facts.bootConfig?.symbols.has(name));
  const own = symbol === undefined || shared === true || inside === true ? undefined : symbol;
  const configured = own === undefined ? undefined : facts.bootConfig?.symbols.get(own);
  for (const name of feature.modules) {
    const said = { facts, answer: answers.get(name), configured };
    const found = RULES.map((rule) => rule(name, said)).find((item) => item !== null);
    if (found !== undefined) return found;
  }
  return null;
}
