import { ProbeParseError } from '../../src/domain/errors.js';
import { defineProbe, type Probe } from '../../src/domain/probe.js';
import { MODULES } from '../requirements/kernel-features.js';
import { linesOf, moduleName, moduleOfPath } from './support/text.js';

/** What modprobe would do: load it, nothing as it is there, nothing as a rule forbids it, or it finds no such module. */
export type WouldDo = 'load' | 'there' | 'disabled' | 'not-found' | 'unclear';
export type ModprobeAnswers = ReadonlyMap<string, WouldDo>;

const ASKED = '== ';
const ENDED = '-- ';
const TOGETHER = '-a';
// "Module x not found in directory y" of kmod, "Module x not found." of the tools before.
const NOT_FOUND = /\bModule (\S{1,64}) not found\b/;
const NO_OPTION = /invalid option|unrecognized option/;
const DISABLED = /^install (?:\/usr)?(?:\/bin\/)?(?:true|false)(?:\s|$)/;

const insmods = (line: string, name: string): boolean =>
  line.startsWith('insmod ') && moduleOfPath(line.split(' ', 2)[1] ?? '') === name;

/** The lines of `modprobe -n -v NAME`. Silence means success only together with the exit status 0. */
function wouldDo(name: string, lines: readonly string[], exit: number | null): WouldDo {
  if (lines.some((line) => DISABLED.test(line))) return 'disabled';
  if (lines.some((line) => NOT_FOUND.test(line))) return 'not-found';
  if (lines.some((line) => NO_OPTION.test(line))) return 'unclear';
  if (exit !== null && exit !== 0) return 'unclear';
  if (lines.some((line) => insmods(line, name))) return 'load';
  if (lines.some((line) => line.trim() === `builtin ${name}`)) return 'there';
  return exit === 0 && lines.length === 0 ? 'there' : 'unclear';
}

/** One line of `modprobe -n -v -a NAMES` that names its module. Silence about a module is no answer here. */
function readTogether(line: string): readonly [string, WouldDo] | null {
  if (line.startsWith('insmod ')) {
    const name = moduleOfPath(line.split(' ', 2)[1] ?? '');
    return name === null ? null : [name, 'load'];
  }
  const missing = NOT_FOUND.exec(line)?.[1];
  if (missing !== undefined) return [moduleName(missing), 'not-found'];
  const inKernel = /^builtin (\S{1,64})\s{0,8}$/.exec(line)?.[1];
  return inKernel === undefined ? null : [moduleName(inKernel), 'there'];
}

type Block = {
  readonly name: string;
  readonly lines: readonly string[];
  readonly exit: number | null;
};

function blocksOf(stdout: string): readonly Block[] {
  const blocks: Block[] = [];
  let name = '';
  let lines: string[] = [];
  for (const line of linesOf(stdout)) {
    if (line.startsWith(ASKED)) {
      name = line.slice(ASKED.length).trim();
      lines = [];
    } else if (line.startsWith(ENDED) && name !== '') {
      const exit = Number.parseInt(line.slice(ENDED.length), 10);
      blocks.push({ name, lines, exit: Number.isNaN(exit) ? null : exit });
      name = '';
    } else lines.push(line);
  }
  return blocks;
}

function answersOfBlock({ name, lines, exit }: Block): readonly (readonly [string, WouldDo])[] {
  if (name !== TOGETHER) return [[moduleName(name), wouldDo(moduleName(name), lines, exit)]];
  return lines.flatMap((line) => {
    const read = readTogether(line);
    return read === null ? [] : [read];
  });
}

/** Whether a block shows that this modprobe can answer at all: BusyBox' has no dry run. */
const isTelling = (block: Block): boolean =>
  block.name === TOGETHER
    ? !block.lines.some((line) => NO_OPTION.test(line))
    : answersOfBlock(block).some(([, answer]) => answer !== 'unclear');

function parseAll(stdout: string): ModprobeAnswers {
  const blocks = blocksOf(stdout);
  if (blocks.length === 0) throw new ProbeParseError('it answers for no module');
  if (!blocks.some(isTelling)) throw new ProbeParseError('this modprobe knows no dry run');
  return new Map(blocks.flatMap(answersOfBlock));
}

/**
 * A dry run for our modules: it resolves names and rules as a real load would, and loads nothing. All are asked at
 * once; an `install` rule does not say whose it is, so then those that nothing accounts for are asked alone.
 */
export const modprobeN = defineProbe<ModprobeAnswers>({
  id: 'modprobe-n',
  command: 'modprobe -n -v -a MODULE',
  script: `command -v modprobe >/dev/null || { echo 'modprobe' >&2; exit 127; }
set -- ${MODULES.join(' ')}
said=$(modprobe -n -v -a "$@" 2>&1) && status=0 || status=$?
echo '${ASKED}${TOGETHER}'
printf '%s\n' "$said"
echo "${ENDED}$status"
case "
$said" in
  *"
install "*) ;;
  *) exit 0 ;;
esac
for name in "$@"; do
  case $said in *"/$name.ko"*|*"Module $name not found"*) continue ;; esac
  echo "${ASKED}$name"
  modprobe -n -v "$name" 2>&1 && status=0 || status=$?
  echo "${ENDED}$status"
done`,
  rootCommands: [],
  timeoutSeconds: 30,
  maxBytes: 262144,
  fields: { modules: 'plain' },
  parse: ({ stdout }) => parseAll(stdout),
});

/** The pasted output of one `modprobe -n -v MODULE`. */
const pastedModprobe = (name: string): Probe<ModprobeAnswers> =>
  defineProbe<ModprobeAnswers>({
    id: `modprobe-n-${name}`,
    command: `modprobe -n -v ${name}`,
    script: null,
    rootCommands: [],
    timeoutSeconds: 10,
    maxBytes: 65536,
    fields: { modules: 'plain' },
    goodExits: [1],
    parse: ({ stdout, stderr, exit }) => {
      const answer = wouldDo(name, linesOf(`${stdout}\n${stderr}`), exit);
      if (answer === 'unclear') throw new ProbeParseError('it does not say what modprobe would do');
      return new Map([[name, answer]]);
    },
  });

export const modprobeIpip = pastedModprobe('ipip');
export const modprobeVxlan = pastedModprobe('vxlan');
export const modprobeWireguard = pastedModprobe('wireguard');
export const modprobeIpSet = pastedModprobe('ip_set');
export const modprobeXtSet = pastedModprobe('xt_set');
export const modprobeConntrack = pastedModprobe('nf_conntrack');
export const modprobeIpTables = pastedModprobe('ip_tables');
export const modprobeIp6Tables = pastedModprobe('ip6_tables');
export const modprobeNfTables = pastedModprobe('nf_tables');
export const modprobeNftCompat = pastedModprobe('nft_compat');
export const modprobeIpVs = pastedModprobe('ip_vs');
export const modprobeXtIpvs = pastedModprobe('xt_ipvs');
export const modprobeProtoSctp = pastedModprobe('nf_conntrack_proto_sctp');

/** Of the matches and targets. */
export const modprobeMatches = {
  modprobeXtSet,
  modprobeRpfilter: pastedModprobe('ipt_rpfilter'),
  modprobeRpfilter6: pastedModprobe('ip6t_rpfilter'),
  modprobeAddrtype: pastedModprobe('xt_addrtype'),
  modprobeComment: pastedModprobe('xt_comment'),
  modprobeXtConntrack: pastedModprobe('xt_conntrack'),
  modprobeMark: pastedModprobe('xt_mark'),
  modprobeMultiport: pastedModprobe('xt_multiport'),
  modprobeXtSctp: pastedModprobe('xt_sctp'),
  modprobeXtIpvs,
} as const;
export const modprobeActions = {
  modprobeReject: pastedModprobe('ipt_REJECT'),
  modprobeReject6: pastedModprobe('ip6t_REJECT'),
  modprobeLog: pastedModprobe('xt_LOG'),
  modprobeMasquerade: pastedModprobe('xt_MASQUERADE'),
} as const;
