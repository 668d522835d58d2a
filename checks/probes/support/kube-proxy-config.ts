import { PROXY_KEYS, PROXY_SECTIONS } from '../../requirements/kubernetes-daemons.js';
import type { DataClass } from '../../../src/domain/probe.js';
import { booleanOf, unquoted } from './kubernetes-flags.js';

/** What checks need of a KubeProxyConfiguration. Null: the key is not there. */
export type KubeProxyConfig = {
  /** Empty when the key is there without a value: kube-proxy then takes iptables. */
  readonly mode: string | null;
  readonly clusterCidr: string | null;
  readonly metricsBindAddress: string | null;
  /** By section, such as `iptables`. IPVS mode obeys the section iptables. */
  readonly masqueradeAll: ReadonlyMap<string, boolean>;
  readonly masqueradeBit: number | null;
};

export const PROXY_CONFIG_FIELDS = (path: string): Readonly<Record<string, DataClass>> => ({
  [`${path}.mode`]: 'plain',
  [`${path}.clusterCidr`]: 'net-address',
  [`${path}.metricsBindAddress`]: 'net-address',
  [`${path}.masqueradeAll`]: 'plain',
  [`${path}.masqueradeBit`]: 'plain',
});

const LINE = /^(\s{0,40})([A-Za-z]{1,40}):(?:[ \t](.*))?$/;
const NOTHING = new Set(['', 'null', '~']);

const valueOf = (text: string): string => {
  // A comment begins at " #"; none of these values can hold one.
  const cut = text.indexOf(' #');
  const value = unquoted(cut < 0 ? text : text.slice(0, cut));
  return NOTHING.has(value) ? '' : value.slice(0, 200);
};

type Entry = { readonly section: string; readonly key: string; readonly value: string };

function entriesOf(lines: readonly string[]): readonly Entry[] {
  const entries: Entry[] = [];
  let section = '';
  for (const line of lines) {
    const match = LINE.exec(line);
    if (match === null) continue;
    const [, indent, key = '', rest] = match;
    if (indent === '') section = key;
    entries.push({ section, key, value: valueOf(rest ?? '') });
  }
  return entries;
}

/** Reads the lines that PROXY_LINES let through, in their order. Other lines are passed over. */
export function parseKubeProxyConfig(lines: readonly string[]): KubeProxyConfig {
  const entries = entriesOf(lines);
  const topLevel = (key: string): string | null =>
    entries.find((entry) => entry.section === key && entry.key === key)?.value ?? null;
  const bit = entries.find(({ key }) => key === 'masqueradeBit')?.value ?? '';
  return {
    mode: topLevel('mode'),
    clusterCidr: topLevel('clusterCIDR'),
    metricsBindAddress: topLevel('metricsBindAddress'),
    masqueradeAll: new Map(
      entries
        .filter(({ key }) => key === 'masqueradeAll')
        .map(({ section, value }) => [section, booleanOf(value) === true]),
    ),
    masqueradeBit: /^\d{1,2}$/.test(bit) ? Number(bit) : null,
  };
}

/** Patterns of `case` for the lines of a configuration that are handed on; the sections tell whose masqueradeAll it is. */
export const PROXY_LINES = [
  ...PROXY_KEYS.map((key) => `${key}:*`),
  ...['masqueradeAll', 'masqueradeBit'].map((key) => `' '*${key}:*`),
  ...PROXY_SECTIONS.map((section) => `${section}:*`),
].join('|');
