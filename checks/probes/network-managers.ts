import { ProbeParseError } from '../../src/domain/errors.js';
import { defineProbe } from '../../src/domain/probe.js';
import { linesOf } from './support/text.js';

/** Services beside NetworkManager and systemd-networkd that take every interface they see. */
export type NetworkManagers = {
  /** dhcpcd runs for all interfaces, not for one. */
  readonly dhcpcdForAll: boolean;
  readonly connman: boolean;
  /** The lines of their configuration that include or exclude interfaces. */
  readonly lines: readonly string[];
};

// dhcpcd in master mode keeps its own pid file; for a single interface the file has the interface's name.
const SCRIPT = `if [ -e /run/dhcpcd/pid ] || [ -e /run/dhcpcd.pid ]; then echo 'runs dhcpcd'; fi
if [ -d /run/connman ] && [ -e /etc/connman ]; then echo 'runs connman'; fi
for f in /etc/dhcpcd.conf /etc/connman/main.conf; do
  [ -e "$f" ] || continue
  [ -r "$f" ] || { echo "$f may not be read" >&2; exit 126; }
  while IFS=' 	' read -r L || [ -n "$L" ]; do
    case $L in
    denyinterfaces*|allowinterfaces*|NetworkInterfaceBlacklist*) printf '|%s\\n' "$L" ;;
    esac
  done <"$f"
done
echo end`;

export const networkManagers = defineProbe<NetworkManagers>({
  id: 'network-managers',
  command: 'ls /run/dhcpcd /run/connman; cat /etc/dhcpcd.conf /etc/connman/main.conf',
  script: SCRIPT,
  rootCommands: [],
  timeoutSeconds: 5,
  maxBytes: 65536,
  fields: { dhcpcdForAll: 'plain', connman: 'plain', lines: 'plain' },
  parse: ({ stdout }) => {
    const lines = linesOf(stdout);
    if (lines.at(-1) !== 'end') throw new ProbeParseError('it does not end with a line "end"');
    return {
      dhcpcdForAll: lines.includes('runs dhcpcd'),
      connman: lines.includes('runs connman'),
      lines: lines.filter((line) => line.startsWith('|')).map((line) => line.slice(1, 1000)),
    };
  },
});
