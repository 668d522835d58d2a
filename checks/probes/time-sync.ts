import { ProbeParseError } from '../../src/domain/errors.js';
import { defineProbe } from '../../src/domain/probe.js';
import { linesOf } from './support/text.js';

export type TimeSync = {
  /** What the kernel or the service says; null when nobody does. */
  readonly synchronised: boolean | null;
  /** Which of them spoke: `timedatectl`, `chronyc`, `adjtimex`; empty when none did. */
  readonly by: string;
  /** A container has the clock of its host. */
  readonly container: boolean;
};

// chronyc waits for a daemon that is not there; -n asks no name server.
const SCRIPT = `if [ -e /run/systemd/container ] || [ -e /.dockerenv ] || [ -e /run/.containerenv ]; then echo container; fi
A=127
if command -v timedatectl >/dev/null; then
  A=0
  timedatectl show -p NTPSynchronized 2>/dev/null || timedatectl status 2>/dev/null || A=1
fi
if command -v chronyc >/dev/null; then
  O=$(chronyc -n tracking 2>/dev/null) && { A=0; printf '%s\\n' "$O" | grep '^Leap status'; }
fi
if [ "$A" != 0 ] && command -v busybox >/dev/null; then
  O=$(busybox adjtimex 2>/dev/null) && { A=0; printf '%s\\n' "$O" | grep '^ *status:'; }
fi
[ "$A" != 127 ] || echo 'none of timedatectl, chronyc and busybox is installed' >&2
exit $A`;

const SYSTEMD =
  /^\s{0,40}(?:NTPSynchronized=|NTP synchronized: |System clock synchronized: )(yes|no)$/;
// BusyBox names the bits of adjtimex(2); UNSYNC is the one that timedatectl reads too.
const ADJTIMEX = /^\s{0,40}status:\s{1,40}\d{1,6} \(([A-Z| ]{0,120})\)$/;
const LEAP = /^Leap status\s{1,20}: (.{1,40})$/;

export const timeSync = defineProbe<TimeSync>({
  id: 'time-sync',
  command: 'timedatectl show -p NTPSynchronized; chronyc tracking; busybox adjtimex',
  script: SCRIPT,
  rootCommands: [],
  timeoutSeconds: 10,
  maxBytes: 65536,
  talks: true,
  fields: { synchronised: 'plain', by: 'plain', container: 'plain' },
  parse: ({ stdout }) => {
    const lines = linesOf(stdout);
    const container = lines.includes('container');
    const systemd = lines.flatMap((line) => SYSTEMD.exec(line)?.[1] ?? [])[0];
    const leap = lines.flatMap((line) => LEAP.exec(line)?.[1]?.trim() ?? [])[0];
    const status = lines.flatMap((line) => ADJTIMEX.exec(line)?.[1] ?? [])[0];
    if (systemd === undefined && leap === undefined) {
      if (status === undefined) throw new ProbeParseError('no word on synchronisation');
      return { synchronised: !status.includes('UNSYNC'), by: 'adjtimex', container };
    }
    // chrony sets the kernel's flag late, and not at all where it does not steer the clock; it knows best.
    return leap === undefined
      ? { synchronised: systemd === 'yes', by: 'timedatectl', container }
      : { synchronised: leap !== 'Not synchronised', by: 'chronyc', container };
  },
});
