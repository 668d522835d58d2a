import { ProbeParseError } from '../../../src/domain/errors.js';

/** The lines of an output, without line ends and without the empty ones. */
export const linesOf = (text: string): readonly string[] =>
  text.split('\n').flatMap((line) => {
    const clean = line.endsWith('\r') ? line.slice(0, -1) : line;
    return clean.trim() === '' ? [] : [clean];
  });

/** The output's only line. */
export function onlyLine(text: string): string {
  const [line, ...more] = linesOf(text);
  if (line === undefined) throw new ProbeParseError('it printed nothing');
  if (more.length > 0) throw new ProbeParseError('it printed more than one line');
  return line.trim();
}

/** What stands in a text as often as anything else does: of two lists in one paste what both have. */
export function inEach(names: readonly string[]): ReadonlySet<string> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  const most = Math.max(...counts.values());
  return new Set([...counts].flatMap(([name, count]) => (count === most ? [name] : [])));
}

/** Module names are the same with dashes and underscores. */
export const moduleName = (name: string): string => name.replaceAll('-', '_');

/** `kernel/drivers/net/vxlan/vxlan.ko.xz` is `vxlan`; null when it is not a module's file. */
export function moduleOfPath(path: string): string | null {
  const file = path.slice(path.lastIndexOf('/') + 1);
  const match = /^([A-Za-z0-9_-]{1,64})\.ko(?:\.(?:gz|xz|zst|bz2))?$/.exec(file);
  return match?.[1] === undefined ? null : moduleName(match[1]);
}
