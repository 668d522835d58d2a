/** The text of the first of these files of a report that is there; null without one. */
export type ReadSos = (files: readonly string[]) => string | null;

/** What checks ask systemd for (checks/requirements/units.ts; a test holds the two together). */
export const SOS_UNITS: readonly string[] = [
  ...['NetworkManager', 'nm-cloud-setup', 'systemd-networkd', 'firewalld', 'ufw', 'nftables'],
  ...['iptables', 'ip6tables', 'netfilter-persistent', 'ipset', 'shorewall', 'csf', 'lfd'],
  ...['SuSEfirewall2', 'fail2ban', 'apf', 'frr', 'bird', 'bird6', 'gobgpd'],
  ...['kubelet', 'k3s', 'k3s-agent'],
].flatMap((name) =>
  name === 'nm-cloud-setup' ? [`${name}.service`, `${name}.timer`] : [`${name}.service`],
);

const systemd = (name: string): readonly string[] => [`sos_commands/systemd/${name}`];
/** Units that have a file, loaded or not; and those that are active, of every type. */
export const UNIT_FILES = systemd('systemctl_list-unit-files');
export const ACTIVE_UNITS = systemd('systemctl_list-units');

const UNIT_LINE = /^(?:Id|Names|LoadState|ActiveState|SubState|UnitFileState)=/;

const namesOf = (block: string): readonly string[] =>
  [...block.matchAll(/^(?:Id|Names)=(.*)$/gm)].flatMap(([, names = '']) => names.split(' '));

/** `systemctl show *service --all` says hundreds of things of every unit in memory; six of them count, of some units. */
const shownBlocks = (text: string): readonly string[] =>
  text
    .split('\n\n')
    .map((block) => block.split('\n').filter((line) => UNIT_LINE.test(line)))
    .map((lines) => lines.join('\n'))
    .filter((block) => namesOf(block).some((name) => SOS_UNITS.includes(name)));

/** First and second column of a list that ends with its count; null for another text, and for one without its end. */
function columns(
  text: string | null,
  end: RegExp,
  row: RegExp,
): ReadonlyMap<string, string> | null {
  if (text === null || !end.test(text)) return null;
  const rows = text.split('\n').map((line) => row.exec(line));
  return new Map(
    rows.flatMap((match) => (match === null ? [] : [[match[1] ?? '', match[2] ?? '']])),
  );
}

const FILES_END = /^\d{1,6} unit files listed\.$/m;
const FILES_ROW = /^(\S{1,250}\.(?:service|timer)) +([a-z-]{1,20})(?: |$)/;
const ACTIVE_END = /^(?:\d{1,6} loaded units listed|LOAD +=)/m;
const ACTIVE_ROW =
  /^(?:\S{1,4} |) *(\S{1,250}\.(?:service|timer)) +[a-z-]{1,12} +([a-z]{1,15} [a-z-]{1,20})(?: |$)/;

/** As `systemctl show` would print it. */
function blockOf(unit: string, state: string | undefined, active: string | undefined): string {
  const [activeState = 'inactive', subState = 'dead'] = active?.split(/ +/) ?? [];
  const load = state === undefined ? 'not-found' : state.startsWith('masked') ? 'masked' : 'loaded';
  return [
    `Id=${unit}`,
    `Names=${unit}`,
    `LoadState=${load}`,
    `ActiveState=${activeState}`,
    `SubState=${subState}`,
    `UnitFileState=${state ?? ''}`,
  ].join('\n');
}

/**
 * The answer of systemd as the probe has it. sos shows the services in memory; the states of timers, and of services that
 * nothing has loaded, stand in the lists of files and of active units. A unit in neither is not installed. Without whole
 * lists nothing is said of such units.
 */
export function unitStates(text: string, read: ReadSos): string | null {
  const shown = shownBlocks(text);
  const files = columns(read(UNIT_FILES), FILES_END, FILES_ROW);
  const active = columns(read(ACTIVE_UNITS), ACTIVE_END, ACTIVE_ROW);
  const named = new Set(shown.flatMap(namesOf));
  const others =
    files === null || active === null
      ? []
      : SOS_UNITS.filter((unit) => !named.has(unit)).map((unit) =>
          blockOf(unit, files.get(unit), active.get(unit)),
        );
  const blocks = [...shown, ...others];
  return blocks.length === 0 ? null : `${blocks.join('\n\n')}\n`;
}
