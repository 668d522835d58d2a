import { ProbeParseError } from '../../src/domain/errors.js';
import { defineProbe, type Probe } from '../../src/domain/probe.js';
import { MODULES } from '../requirements/kernel-features.js';
import { linesOf, moduleName, moduleOfPath } from './support/text.js';

/** What modprobe would do: load it, nothing as it is there, nothing as a rule forbids it, or it finds no such module. */
export type WouldDo = 'load' | 'there' | 'disabled' | 'not-found' | 'unclear';
export type ModprobeAnswers = ReadonlyMap<string, WouldDo>;

const ASKED = '== ';
const ENDED = '-- ';
const DISABLED = /^install (?:\/usr)?(?:\/bin\/)?(?:true|false)(?:\s|$)/;

const insmods = (line: string, name: string): boolean =>
  line.startsWith('insmod ') && moduleOfPath(line.split(' ', 2)[1] ?? '') === name;

/** The lines of `modprobe -n -v NAME`. Silence means success only together with the exit status 0. */
function wouldDo(name: string, lines: readonly string[], exit: number | null): WouldDo {
  if (lines.some((line) => DISABLED.test(line))) return 'disabled';
  if (lines.some((line) => /not found in directory/.test(line))) return 'not-found';
  if (lines.some((line) => /invalid option|unrecognized option/.test(line))) return 'unclear';
  if (exit !== null && exit !== 0) return 'unclear';
  if (lines.some((line) => insmods(line, name))) return 'load';
  if (lines.some((line) => line.trim() === `builtin ${name}`)) return 'there';
  return exit === 0 && lines.length === 0 ? 'there' : 'unclear';
}

function parseAll(stdout: string): ModprobeAnswers {
  const answers = new Map<string, WouldDo>();
  let name = '';
  let said: string[] = [];
  for (const line of linesOf(stdout)) {
    if (line.startsWith(ASKED)) {
      name = moduleName(line.slice(ASKED.length).trim());
      said = [];
    } else if (line.startsWith(ENDED) && name !== '') {
      const exit = Number.parseInt(line.slice(ENDED.length), 10);
      answers.set(name, wouldDo(name, said, Number.isNaN(exit) ? null : exit));
      name = '';
    } else said.push(line);
  }
  if (answers.size === 0) throw new ProbeParseError('it answers for no module');
  if ([...answers.values()].every((answer) => answer === 'unclear')) {
    throw new ProbeParseError('this modprobe knows no dry run');
  }
  return answers;
}

/** A dry run for each of our modules: it resolves names and rules as a real load would, and loads nothing. */
export const modprobeN = defineProbe<ModprobeAnswers>({
  id: 'modprobe-n',
  command: 'modprobe -n -v MODULE',
  script: `command -v modprobe >/dev/null || { echo 'modprobe' >&2; exit 127; }
for name in ${MODULES.join(' ')}; do
  echo "${ASKED}$name"
  modprobe -n -v "$name" 2>&1 && status=0 || status=$?
  echo "${ENDED}$status"
done`,
  rootCommands: [],
  timeoutSeconds: 30,
  maxBytes: 262144,
  slow: true,
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
