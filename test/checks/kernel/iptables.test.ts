import { describe, expect, test } from 'vitest';
import { ipset } from '../../../checks/kernel/ipset.js';
import { iptablesBase } from '../../../checks/kernel/iptables-base.js';
import { probesOf } from '../../../src/engine/plan.js';
import { judged, testCheck } from '../../helpers/check-tester.js';
import { PACKAGED_KERNELS, recorded, recordedNode } from '../../helpers/recorded-node.js';

const HERE = 'shared-kernel-without-modules';
const SID = 'debian-sid-amd64';
const config = recorded(SID, 'boot-config');
const without = (...symbols: readonly string[]): string =>
  symbols.reduce(
    (text, symbol) =>
      text.replace(new RegExp(`^CONFIG_${symbol}=.$`, 'm'), `# CONFIG_${symbol} is not set`),
    config,
  );
/** What "no legacy tables" leaves of a kernel from 6.17 on: the tables are not even offered. */
const noLegacy = config
  .replace(/^CONFIG_IP6?_NF_(?:FILTER|NAT|MANGLE|RAW)=.\n/gm, '')
  .replace(/^CONFIG_(IP6?_NF_IPTABLES_LEGACY)=.$/gm, '# CONFIG_$1 is not set');
const of = (check: typeof ipset | typeof iptablesBase, node: string) =>
  recordedNode(
    node,
    probesOf(check).map(({ id }) => id),
  );
const DUAL = { ipFamilies: ['ipv4', 'ipv6'] } as const;

describe.each(PACKAGED_KERNELS)('%s', (node) => {
  test.each([
    [iptablesBase.id, iptablesBase, DUAL],
    [iptablesBase.id, iptablesBase, { dataplane: 'nftables' }],
    [ipset.id, ipset, {}],
  ] as const)('%s passes with %o', (_id, check, intent) => {
    expect(judged(check, of(check, node), intent).verdict).toMatchObject({ status: 'pass' });
  });
});

/** As kernels from 3.7 to 3.16 have it: NF_NAT_IPV4 stands for the table nat, and there is no nf_tables. */
const old = config
  .replace(/^# read from .*\n# asked for .*\n/m, '')
  .replace(/^CONFIG_(?:IP6?_NF_IPTABLES_LEGACY|NFT?_.*|NF_TABLES.*)=.\n/gm, '')
  .replace(/^CONFIG_IP_NF_NAT=(.)$/m, 'CONFIG_NF_NAT_IPV4=$1');
const release = (version: string) => ({ 'uname-r': `${version}\n` });

testCheck(iptablesBase, [
  {
    name: 'the table nat of an old kernel goes by another symbol (composed by hand)',
    says: { 'boot-config': old, ...release('3.10.0-327.el7.x86_64') },
    expect: { status: 'pass', found: expect.stringContaining('iptable_nat') },
  },
  {
    name: 'in a newer kernel that symbol is not the table (composed by hand)',
    says: { 'boot-config': old, ...release('3.18.0-1-generic') },
    expect: { status: 'fail', found: expect.stringContaining('IP_NF_NAT is not set') },
  },
  {
    name: 'built into a kernel without modules',
    says: of(iptablesBase, HERE),
    intent: DUAL,
    expect: { status: 'pass' },
  },
  {
    name: 'the configuration alone',
    says: { 'boot-config': config },
    expect: { status: 'pass', found: expect.stringContaining('by its configuration alone') },
  },
  {
    name: 'without the legacy tables, as kernels from 6.17 allow: nft is enough (symbols taken out)',
    says: { 'boot-config': noLegacy },
    intent: DUAL,
    expect: { status: 'pass', found: expect.stringMatching(/^iptables over nf_tables/) },
  },
  {
    name: 'without nft_compat: legacy is enough (symbol taken out)',
    says: { 'boot-config': without('NFT_COMPAT') },
    expect: { status: 'pass', found: expect.stringMatching(/^legacy iptables: [^.]*\.?/) },
  },
  {
    name: 'neither variant (symbols taken out)',
    says: {
      'boot-config': noLegacy.replace('CONFIG_NFT_COMPAT=m', '# CONFIG_NFT_COMPAT is not set'),
    },
    expect: { status: 'fail', found: expect.stringContaining('NFT_COMPAT is not set') },
  },
  {
    name: 'nftables needs no nft_compat (symbols taken out)',
    says: {
      'boot-config': noLegacy.replace('CONFIG_NFT_COMPAT=m', '# CONFIG_NFT_COMPAT is not set'),
    },
    intent: { dataplane: 'nftables' },
    expect: { status: 'pass' },
  },
  {
    name: 'nftables without nf_tables (symbol taken out)',
    says: { 'boot-config': without('NF_TABLES') },
    intent: { dataplane: 'nftables' },
    expect: { status: 'fail' },
  },
  {
    name: 'IPv6 parts missing count when the cluster uses IPv6 (symbols taken out)',
    says: { 'boot-config': without('IP6_NF_NAT', 'NF_TABLES_IPV6') },
    intent: DUAL,
    expect: { status: 'fail' },
  },
  {
    name: 'IPv6 parts missing do not count otherwise (symbols taken out)',
    says: { 'boot-config': without('IP6_NF_NAT', 'NF_TABLES_IPV6') },
    expect: { status: 'pass' },
  },
  {
    name: 'one loaded module says nothing of the others (line composed by hand)',
    says: { lsmod: 'Module                  Size  Used by\nip_tables  32768 0\n' },
    expect: { status: 'unknown' },
  },
  { name: 'garbage', says: { 'boot-config': '\u0000\u0001' }, expect: { status: 'unknown' } },
  { name: 'never asked', says: {}, expect: { status: 'unknown' } },
]);

testCheck(ipset, [
  {
    name: 'a kernel that lacks one set type',
    says: of(ipset, HERE),
    expect: { status: 'warn', found: expect.stringContaining('hash:net,net') },
  },
  {
    name: 'no IP sets (symbol taken out)',
    says: { 'boot-config': without('IP_SET') },
    expect: { status: 'fail' },
  },
  {
    name: 'no match (symbol taken out)',
    says: { 'boot-config': without('NETFILTER_XT_SET') },
    expect: { status: 'fail' },
  },
  {
    name: 'no match, which nftables does not need (symbol taken out)',
    says: { 'boot-config': without('NETFILTER_XT_SET', 'IP_SET_HASH_IP') },
    intent: { dataplane: 'nftables' },
    expect: { status: 'pass' },
  },
  {
    name: 'nftables from 3.31 still needs IP sets (symbol taken out)',
    says: { 'boot-config': without('IP_SET') },
    intent: { dataplane: 'nftables', calico: '3.31' },
    expect: { status: 'fail' },
  },
  {
    name: 'nftables up to 3.30 does not',
    says: {},
    intent: { dataplane: 'nftables', calico: '3.30' },
    expect: { status: 'not-applicable' },
  },
  {
    name: 'a set type taken out',
    says: { 'boot-config': without('IP_SET_HASH_IPPORT') },
    expect: { status: 'warn', found: expect.stringContaining('hash:ip,port') },
  },
  {
    name: 'ip_set is loaded, of the match nobody speaks (line composed by hand)',
    says: { lsmod: 'Module                  Size  Used by\nip_set  61440 0\n' },
    expect: { status: 'unknown' },
  },
  { name: 'never asked', says: {}, expect: { status: 'unknown' } },
]);
