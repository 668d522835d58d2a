import { ProbeParseError } from '../../src/domain/errors.js';
import { defineProbe } from '../../src/domain/probe.js';

/** Options of the kernel's command line in their order; the value is empty where none is given. */
export type BootOptions = readonly { readonly name: string; readonly value: string }[];

// What somebody looks at. The rest may hold keys, addresses and tokens, and stays on the node.
const KEPT = [
  'apparmor',
  'bpf_jit*',
  'cgroup*',
  'enforcing',
  'initcall_blacklist',
  'ipv6.*',
  'lockdown',
  'lsm',
  'mitigations',
  'modprobe.blacklist',
  'module.sig_enforce',
  'module_blacklist',
  'nomodule',
  'rd.driver.blacklist',
  'security',
  'selinux',
  'swapaccount',
  'systemd.unified_cgroup_hierarchy',
  'systemd.legacy_systemd_cgroup_controller',
];
const isKept = (name: string): boolean =>
  KEPT.some((kept) => (kept.endsWith('*') ? name.startsWith(kept.slice(0, -1)) : name === kept));

const HEADING = 'options of the kernel:';
const OPTION = /^([A-Za-z0-9_.-]{1,64})(?:=(.{0,1000}))?$/;

function parse(stdout: string): BootOptions {
  const words = stdout.slice(0, 65_536).replace(HEADING, ' ').split(/\s+/).filter(Boolean);
  if (words.length === 0 && !stdout.includes(HEADING)) throw new ProbeParseError('it is empty');
  return words.flatMap((word) => {
    const [, name = '', value = ''] = OPTION.exec(word) ?? [];
    return isKept(name) ? [{ name, value }] : [];
  });
}

/** The value of an option, the last one as the kernel takes it; undefined when it is not given. */
export const bootOption = (options: BootOptions, name: string): string | undefined =>
  options.findLast((option) => option.name === name)?.value;

/** Options that the running kernel was started with. */
export const procCmdline = defineProbe<BootOptions>({
  id: 'proc-cmdline',
  command: 'cat /proc/cmdline',
  script: `set -f
read -r line </proc/cmdline || [ -n "$line" ] || exit 126
echo '${HEADING}'
for word in $line; do
  case $word in
    ${KEPT.flatMap((name) => (name.endsWith('*') ? [name] : [name, `${name}=*`])).join(' | ')}) printf '%s\\n' "$word" ;;
  esac
done`,
  rootCommands: [],
  timeoutSeconds: 5,
  maxBytes: 16_384,
  fields: { name: 'plain', value: 'plain' },
  recognises: (stdout) => stdout.startsWith('BOOT_IMAGE='),
  parse: ({ stdout }) => parse(stdout),
});
