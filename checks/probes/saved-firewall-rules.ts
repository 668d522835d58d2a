import { ProbeParseError } from '../../src/domain/errors.js';
import { defineProbe } from '../../src/domain/probe.js';
import { linesOf } from './support/text.js';

export type SavedRules = {
  /** Files that hold rules or sets to be restored at boot, by path: how many lines of Calico or kube-proxy they hold. */
  readonly files: ReadonlyMap<string, number>;
  /** Lines of nftables.service's own files that say how it begins and what it hooks into, and what they include. */
  readonly nftables: readonly { readonly path: string; readonly line: string }[];
};

// The third is Alpine's, the last what OpenRC's own script saves and reads (Gentoo).
const NFT_FILES = [
  '/etc/nftables.conf',
  '/etc/sysconfig/nftables.conf',
  '/etc/nftables.nft',
  '/var/lib/nftables/rules-save',
] as const;
const FILES = [
  '/etc/iptables/rules.v4',
  '/etc/iptables/rules.v6',
  '/etc/iptables/rules-save',
  '/etc/iptables/rules6-save',
  '/etc/iptables/ipsets',
  '/etc/sysconfig/iptables',
  '/etc/sysconfig/ip6tables',
  '/etc/sysconfig/ipset',
  '/etc/ipset/ipset',
  ...NFT_FILES,
] as const;

const COUNT = `/bin/grep -H -s -c -e cali -e KUBE- ${FILES.join(' ')}`;
const LINES = `/bin/grep -H -s -e flush -e hook -e include ${NFT_FILES.join(' ')}`;

// grep ends with 1 when nothing matches and with 2 when a file is missing; without a line of count it did not run at all.
// Root is asked only where the login may not read: a sudo costs more than all the rest. A folder that is closed is no answer.
const SCRIPT = `X='' W=''
for F in ${FILES.join(' ')}; do
if [ -e "$F" ]; then X=1; [ -r "$F" ] || W=1
elif [ -d "\${F%/*}" ] && [ ! -x "\${F%/*}" ]; then X=1 W=1
fi
done
[ -n "$X" ] || { echo 'no file'; exit 0; }
O=$(if [ -n "$W" ]; then as_root ${COUNT}; else ${COUNT}; fi)
E=$?
[ -n "$O" ] || exit "$E"
printf '%s\\n' "$O" 'lines'
E=0
if ${NFT_FILES.map((file) => `[ -e ${file} ]`).join(' || ')}; then
if [ -n "$W" ]; then as_root ${LINES}; else ${LINES}; fi || E=$?
fi
[ "$E" -le 2 ]`;

function parse(stdout: string): SavedRules {
  const lines = linesOf(stdout);
  if (lines[0] === 'no file') return { files: new Map(), nftables: [] };
  const end = lines.indexOf('lines');
  if (end < 0) throw new ProbeParseError('it does not tell the files apart');
  const files = new Map<string, number>();
  for (const line of lines.slice(0, end)) {
    const [, path, count] = /^(\/(?:etc|var)\/[\w./-]{1,60}):(\d{1,9})$/.exec(line) ?? [];
    if (path === undefined) throw new ProbeParseError('a line is not the count of a file');
    files.set(path, Number(count));
  }
  const nftables = lines.slice(end + 1).flatMap((text) => {
    const [, path, line] = /^(\/(?:etc|var)\/[\w./-]{1,60}):(.{0,1000})$/.exec(text) ?? [];
    return path === undefined || line === undefined ? [] : [{ path, line: line.trim() }];
  });
  return { files, nftables };
}

/** Whether files of rules that are restored at boot hold those of Calico or kube-proxy, and how nftables.service begins. */
export const savedFirewallRules = defineProbe<SavedRules>({
  id: 'saved-firewall-rules',
  command: `grep -c -e cali -e KUBE- ${FILES.join(' ')}`,
  script: SCRIPT,
  rootCommands: [COUNT, LINES],
  timeoutSeconds: 10,
  maxBytes: 1 << 20,
  fields: { files: 'plain', 'nftables.path': 'plain', 'nftables.line': 'free-text' },
  parse: ({ stdout }) => parse(stdout),
});
