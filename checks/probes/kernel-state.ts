import { ProbeParseError } from '../../src/domain/errors.js';
import { defineProbe } from '../../src/domain/probe.js';

/** Places whose being there tells what the kernel was built with. */
export const PLACES = [
  '/sys/fs/bpf',
  '/sys/kernel/security',
  '/sys/kernel/btf/vmlinux',
  '/sys/firmware/efi',
] as const;
export type Place = (typeof PLACES)[number];

export type SwapArea = { readonly type: string; readonly kibibytes: number };

/** What the running kernel shows of itself in small files. */
export type KernelState = {
  /** Of PLACES: there or not, both looked for. */
  readonly places: ReadonlyMap<Place, boolean>;
  /** File systems that the kernel knows now, of those that matter here. */
  readonly fileSystems: ReadonlySet<string>;
  /** The mode in brackets; null when there is no such file, which the kernel without lockdown has not. */
  readonly lockdown: string | null;
  /** Null when the firmware does not say. */
  readonly secureBoot: boolean | null;
  /** Null when /proc/swaps could not be read. */
  readonly swaps: readonly SwapArea[] | null;
};

const HEADING = 'state of the kernel:';
const SECURE_BOOT = '/sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c';
const FILE_SYSTEMS = ['bpf', 'cgroup', 'cgroup2', 'securityfs'] as const;

const after = (lines: readonly string[], key: string): readonly string[] =>
  lines
    .filter((line) => line.startsWith(`${key} `))
    .map((line) => line.slice(key.length + 1).trim());

const modeOf = (words: string | undefined): string | null => {
  if (words === undefined) return null;
  const mode = /\[([a-z]{1,32})\]/.exec(words.slice(0, 200))?.[1];
  if (mode === undefined) throw new ProbeParseError('the lockdown file names no mode in brackets');
  return mode;
};

const swapOf = (line: string): readonly SwapArea[] => {
  const [, type = '', size = ''] = /^([a-z]{1,16}) (\d{1,15})$/.exec(line) ?? [];
  return type === '' ? [] : [{ type, kibibytes: Number(size) }];
};

function parse(stdout: string): KernelState {
  const [heading, ...lines] = stdout.slice(0, 65_536).split('\n');
  if (heading !== HEADING) throw new ProbeParseError('it does not begin with its heading');
  const there = after(lines, 'there');
  const absent = after(lines, 'absent');
  // The attributes of an EFI variable are four bytes, then comes its value.
  const boot = /^\s{0,20}(?:\d{1,3}\s{1,20}){4}([01])$/.exec(
    after(lines, 'secure-boot')[0] ?? '',
  )?.[1];
  return {
    places: new Map(
      PLACES.flatMap((place) =>
        there.includes(place) === absent.includes(place) ? [] : [[place, there.includes(place)]],
      ),
    ),
    fileSystems: new Set(after(lines, 'filesystem')),
    lockdown: modeOf(after(lines, 'lockdown')[0]),
    secureBoot: boot === undefined ? null : boot === '1',
    swaps: lines.includes('swaps') ? after(lines, 'swap').flatMap(swapOf) : null,
  };
}

/** Small files of /sys and /proc that the kernel's own checks look at; nothing in them names the node. */
export const kernelState = defineProbe<KernelState>({
  id: 'kernel-state',
  command: `ls -d ${PLACES.join(' ')}; cat /sys/kernel/security/lockdown /proc/filesystems /proc/swaps`,
  script: `echo '${HEADING}'
for path in ${PLACES.join(' ')}; do
  if [ -e "$path" ]; then echo "there $path"; else echo "absent $path"; fi
done
if [ -r /sys/kernel/security/lockdown ] && read -r line </sys/kernel/security/lockdown
then echo "lockdown $line"; fi
while read -r first second rest; do
  case \${second:-$first} in ${FILE_SYSTEMS.join(' | ')}) echo "filesystem \${second:-$first}" ;; esac
done </proc/filesystems
if [ -r /proc/swaps ]; then
  echo swaps
  while read -r _ type size _; do
    case $size in *[!0-9]* | '') ;; *) echo "swap $type $size" ;; esac
  done </proc/swaps
fi
boot=${SECURE_BOOT}
if [ -r "$boot" ]; then echo "secure-boot $(od -An -v -tu1 "$boot")"; fi
exit 0`,
  rootCommands: [],
  timeoutSeconds: 5,
  maxBytes: 16_384,
  fields: {
    places: 'plain',
    fileSystems: 'plain',
    lockdown: 'plain',
    secureBoot: 'plain',
    swaps: 'plain',
  },
  parse: ({ stdout }) => parse(stdout),
});
