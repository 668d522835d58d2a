import { ProbeParseError } from '../../../src/domain/errors.js';

/** One zone of firewalld, in the words of `--list-all`. */
export type FirewalldZone = {
  readonly name: string;
  /** `default`, `ACCEPT`, `DROP` or `%%REJECT%%`. */
  readonly target: string;
  readonly interfaces: readonly string[];
  readonly sources: readonly string[];
  readonly services: readonly string[];
  /** `179/tcp`, `51820-51821/udp`. */
  readonly ports: readonly string[];
  /** Names of /etc/protocols or numbers. */
  readonly protocols: readonly string[];
  readonly richRules: readonly string[];
};

const HEADER = /^([A-Za-z0-9_/-]{1,64})(?: \((?:active|default|default, active)\))?$/;
const wordsOf = (text = ''): readonly string[] => text.split(' ').filter((word) => word !== '');

/** Lines `  key: value` under each zone's name; rich rules follow their key on lines of their own. */
export function parseZones(text: string): readonly FirewalldZone[] {
  const zones: { name: string; values: Map<string, string>; rules: string[] }[] = [];
  for (const line of text.split('\n').map((raw) => raw.trimEnd())) {
    const name = HEADER.exec(line)?.[1];
    const zone = zones.at(-1);
    const pair = /^ {2}([a-z-]{1,30}(?: [a-z]{1,10})?):(?: (.{0,20000}))?$/.exec(line);
    if (name !== undefined) zones.push({ name, values: new Map(), rules: [] });
    else if (zone !== undefined && pair !== null) zone.values.set(pair[1] ?? '', pair[2] ?? '');
    else if (zone !== undefined && /^\s{1,20}rule /.test(line)) zone.rules.push(line.trim());
  }
  const known = zones.filter(({ values }) => values.has('target'));
  if (known.length === 0) throw new ProbeParseError('no zone with a target');
  return known.map(({ name, values, rules }) => ({
    name,
    target: values.get('target') ?? '',
    interfaces: wordsOf(values.get('interfaces')),
    sources: wordsOf(values.get('sources')),
    services: wordsOf(values.get('services')),
    ports: wordsOf(values.get('ports')),
    protocols: wordsOf(values.get('protocols')),
    richRules: rules,
  }));
}
