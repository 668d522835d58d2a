import { canPick } from '../fix-items.js';
import type { FixItem, SessionState } from '../state.js';

export { canPick, canUndo, isByHand } from '../fix-items.js';

/** One fix as the Fixes step lists it, with the nodes it is for. */
export type FixGroup = {
  readonly check: string;
  readonly way: string;
  readonly kind: FixItem['fix']['kind'];
  readonly summary: string;
  readonly items: readonly FixItem[];
};

/** The fixes grouped by check and way. A new value for each call: keep it with `useMemo` on the items. */
export function fixGroups(items: readonly FixItem[]): readonly FixGroup[] {
  const groups = new Map<string, FixItem[]>();
  for (const item of items) {
    const key = `${item.check}/${item.fix.way}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return [...groups.values()].flatMap((members) => {
    const [first] = members;
    if (first === undefined) return [];
    const { check, fix } = first;
    return [{ check, way: fix.way, kind: fix.kind, summary: fix.summary, items: members }];
  });
}

/** What the next `applyFixes` would carry out, and what waits for its word. */
export function pickedFixes(state: SessionState): {
  readonly ready: readonly FixItem[];
  readonly needConsent: readonly FixItem[];
} {
  const picked = state.fixes.filter((item) => item.picked && canPick(item));
  const agreed = (item: FixItem): boolean => item.fix.kind === 'safe' || item.consented;
  return {
    ready: picked.filter(agreed),
    needConsent: picked.filter((item) => !agreed(item)),
  };
}

/** The same fix on every node where it may be picked. */
export const sameFix = (items: readonly FixItem[], { check, fix }: FixItem): readonly FixItem[] =>
  items.filter((item) => item.check === check && item.fix.way === fix.way && canPick(item));

/** What else would mend these checks on these nodes, by hand or not. */
export function otherWays(
  items: readonly FixItem[],
  chosen: readonly FixItem[],
): readonly FixItem[] {
  const places = new Map(chosen.map((item) => [`${item.node}/${item.check}`, item.fix.way]));
  return items.filter((item) => {
    const way = places.get(`${item.node}/${item.check}`);
    return way !== undefined && way !== item.fix.way;
  });
}
