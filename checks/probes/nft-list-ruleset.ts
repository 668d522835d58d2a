import { defineProbe } from '../../src/domain/probe.js';
import { FILTERED, LOADED } from './support/netfilter-gate.js';
import { NFT_ASKED, NFT_NOT_IN_USE, parseRuleset, type NftRuleset } from './support/nft-text.js';

/**
 * Sets, maps and the chains of single services and pods stay on the node: there may be a hundred thousand lines of them.
 * Of the other chains of kube-proxy in tables of iptables the names tell enough.
 */
const SELECT = [
  '/^[[:space:]]set /,/^[[:space:]]}/d',
  '/^[[:space:]]map /,/^[[:space:]]}/d',
  ...['KUBE-S[EV][PC]-', 'KUBE-FW-', 'KUBE-EXT-', 'KUBE-XLB-', 'cali-', 'filter-cali-'].map(
    (name) => `/^[[:space:]]chain ${name}/,/^[[:space:]]}/d`,
  ),
  '/^[[:space:]]chain KUBE-/,/^[[:space:]]}/{/^[[:space:]][[:space:]]/d;}',
  ...['service-', 'endpoint-', 'external-', 'firewall-'].map(
    (name) => `/^[[:space:]]chain ${name}[A-Z0-9]\\{8\\}-/,/^[[:space:]]}/d`,
  ),
].join(';');

const SCRIPT = `${LOADED}
${FILTERED}
loaded nf_tables || { echo '${NFT_NOT_IN_USE}'; exit 0; }
[ -x /usr/sbin/nft ] || { echo 'nft is not installed' >&2; exit 127; }
echo '${NFT_ASKED}'
list() { as_root /usr/sbin/nft list ruleset; }
filtered '${SELECT}' list`;

/** The tables of nf_tables, those of iptables' nft variant among them. It is not asked where that would load nf_tables. */
export const nftListRuleset = defineProbe<NftRuleset>({
  id: 'nft-list-ruleset',
  command: 'nft list ruleset',
  script: SCRIPT,
  rootCommands: ['/usr/sbin/nft list ruleset'],
  timeoutSeconds: 30,
  maxBytes: 2 << 20,
  fields: {
    inUse: 'plain',
    'tables.family': 'plain',
    'tables.name': 'plain',
    'tables.complete': 'plain',
    'tables.owners': 'plain',
    'tables.chains.name': 'plain',
    'tables.chains.hook': 'plain',
    'tables.chains.policy': 'plain',
    'tables.chains.priority': 'plain',
    'tables.chains.rules': 'free-text',
  },
  recognises: (stdout) =>
    /^table (?:inet|ip6?|arp|bridge|netdev) \S{1,64} \{/m.test(stdout.slice(0, 4000)),
  parse: ({ stdout, exit }) => parseRuleset(stdout, exit),
});
