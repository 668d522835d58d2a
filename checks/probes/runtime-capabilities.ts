import { ProbeParseError } from '../../src/domain/errors.js';
import { defineProbe } from '../../src/domain/probe.js';

export const RUNTIME_UNITS = [
  'kubelet',
  'containerd',
  'crio',
  'docker',
  'k3s',
  'k3s-agent',
  'rke2-server',
  'rke2-agent',
] as const;

/** What a runtime may not have, no container that it starts can get. */
export type RuntimeCapability = {
  readonly unit: (typeof RUNTIME_UNITS)[number];
  /** The bounding set of one of its processes, as a mask. */
  readonly bounding: bigint;
};

// A unit's control group lists its processes: neither systemctl nor a walk through /proc is needed.
const SCRIPT = `for u in ${RUNTIME_UNITS.join(' ')}; do
  for g in /sys/fs/cgroup /sys/fs/cgroup/systemd; do
    [ -r "$g/system.slice/$u.service/cgroup.procs" ] || continue
    read -r p <"$g/system.slice/$u.service/cgroup.procs" || continue
    [ -r "/proc/$p/status" ] || continue
    while read -r k v _; do
      case $k in CapBnd:) printf '%s %s\\n' "$u" "$v" ;; esac
    done <"/proc/$p/status"
    break
  done
done
echo end`;

function readLine(line: string): RuntimeCapability {
  const [, name = '', mask = ''] = /^([a-z0-9-]{1,20}) ([0-9a-f]{1,16})$/.exec(line) ?? [];
  const unit = RUNTIME_UNITS.find((known) => known === name);
  if (unit === undefined) throw new ProbeParseError('a line that is no unit with its mask');
  return { unit, bounding: BigInt(`0x${mask}`) };
}

function parse(stdout: string): readonly RuntimeCapability[] {
  const lines = stdout.split('\n').filter((line) => line !== '');
  if (lines.pop() !== 'end') throw new ProbeParseError('it does not end with "end"');
  return lines.map(readLine);
}

/** What the kubelet and the container runtime may at most hand to a container. */
export const runtimeCapabilities = defineProbe<readonly RuntimeCapability[]>({
  id: 'runtime-capabilities',
  command: 'grep CapBnd /proc/$(pidof containerd)/status',
  script: SCRIPT,
  rootCommands: [],
  timeoutSeconds: 5,
  maxBytes: 8192,
  fields: { unit: 'plain', bounding: 'plain' },
  parse: ({ stdout }) => parse(stdout),
});
