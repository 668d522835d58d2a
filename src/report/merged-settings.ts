import type { CalicoSetting } from '../domain/calico-setting.js';
import type { Report } from '../domain/report.js';
import { someOf } from './words.js';

/** One setting for the whole fleet, made of what its nodes need. */
export type MergedSetting = Omit<CalicoSetting, 'why'> & {
  /** Why, and for which nodes; where they need different values, which and what was chosen. */
  readonly comments: readonly string[];
};

type Wish = { readonly node: string; readonly setting: CalicoSetting };

const isList = (value: CalicoSetting['value']): value is readonly string[] => Array.isArray(value);
const keyOf = ({ installation, manifest }: CalicoSetting): string =>
  `${installation ?? ''} ${manifest ?? ''}`;
const wordsOf = (value: CalicoSetting['value']): string =>
  isList(value) ? value.join(', ') : String(value);

/** What fits all: the smallest number, all entries of lists, and of words the first. */
function fitting(values: readonly CalicoSetting['value'][]): CalicoSetting['value'] {
  const numbers = values.filter((value) => typeof value === 'number');
  if (numbers.length === values.length) return Math.min(...numbers);
  const lists = values.filter(isList);
  if (lists.length === values.length) return [...new Set(lists.flat())].toSorted();
  return values[0] ?? '';
}

function merge(wishes: readonly Wish[]): MergedSetting | null {
  const first = wishes[0]?.setting;
  if (first === undefined) return null;
  const value = fitting(wishes.map(({ setting }) => setting.value));
  const byValue = new Map<string, Wish[]>();
  for (const wish of wishes) {
    const words = wordsOf(wish.setting.value);
    byValue.set(words, [...(byValue.get(words) ?? []), wish]);
  }
  const reasons = [...byValue].map(([words, same]) => {
    const nodes = someOf(same.map(({ node }) => node));
    const wanted = byValue.size > 1 ? ` (${words})` : '';
    return `${nodes}${wanted}: ${same[0]?.setting.why ?? ''}`;
  });
  const chosen =
    byValue.size > 1
      ? [`The nodes need different values; ${wordsOf(value)} fits all of them.`]
      : [];
  const { installation, manifest } = first;
  return { installation, manifest, value, comments: [...chosen, ...reasons.slice(0, 10)] };
}

/** The settings that the findings of all nodes ask for, each once. Pure. */
export function mergedSettings(report: Report): readonly MergedSetting[] {
  const byKey = new Map<string, Wish[]>();
  const add = (node: string, setting: CalicoSetting): void => {
    const key = keyOf(setting);
    byKey.set(key, [...(byKey.get(key) ?? []), { node, setting }]);
  };
  for (const { name, findings } of report.nodes)
    for (const { settings = [] } of findings) for (const one of settings) add(name, one);
  return [...byKey.values()].flatMap((wishes) => merge(wishes) ?? []);
}
