import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { conntrackSctp } from '../../../checks/kernel/conntrack-sctp.js';
import { ipvs } from '../../../checks/kernel/ipvs.js';
import { iptablesActions } from '../../../checks/kernel/iptables-actions.js';
import { iptablesMatches } from '../../../checks/kernel/iptables-matches.js';
import { nftables } from '../../../checks/kernel/nftables.js';
import { rebootPending } from '../../../checks/kernel/reboot-pending.js';
import { vxlan } from '../../../checks/kernel/vxlan.js';
import { wireguard } from '../../../checks/kernel/wireguard.js';
import { witnessConflict } from '../../../checks/kernel/witness-conflict.js';
import { modprobeN } from '../../../checks/probes/modprobe-n.js';
import type { AnyNodeCheck } from '../../../src/domain/check.js';
import { probesOf } from '../../../src/engine/plan.js';
import { judged, testCheck } from '../../helpers/check-tester.js';
import { PACKAGED_KERNELS, recorded, recordedNode } from '../../helpers/recorded-node.js';

const text = (name: string): string =>
  readFileSync(new URL(`recorded/${name}.txt`, import.meta.url), 'utf8');
const TRIXIE = 'debian-trixie-amd64';
const config = recorded(TRIXIE, 'boot-config');
const dep = recorded(TRIXIE, 'modules-dep');
const builtin = recorded(TRIXIE, 'modules-builtin');
const not = (...symbols: readonly string[]): string =>
  symbols.reduce(
    (all, symbol) =>
      all.replace(new RegExp(`^CONFIG_${symbol}=.$`, 'm'), `# CONFIG_${symbol} is not set`),
    config,
  );
const without = (module: string): string =>
  dep.replace(new RegExp(`^.*/${module}\\.ko.*\\n`, 'm'), '');
const of = (check: AnyNodeCheck, node: string) =>
  recordedNode(
    node,
    probesOf(check).map(({ id }) => id),
  );
const WIDE = {
  ipFamilies: ['ipv4', 'ipv6'],
  kubeProxy: 'ipvs',
  sctp: true,
  wireguard: 'both',
} as const;
const NFT = { dataplane: 'nftables', kubeProxy: 'nftables' } as const;

describe.each(PACKAGED_KERNELS)('%s', (node) => {
  test.each([
    [iptablesMatches, WIDE],
    [iptablesActions, WIDE],
    [iptablesMatches, NFT],
    [iptablesActions, NFT],
    [conntrackSctp, WIDE],
    [ipvs, WIDE],
    [wireguard, WIDE],
    [witnessConflict, WIDE],
    [rebootPending, {}],
  ] as const)('$0.id passes', (check, intent) => {
    expect(judged(check, of(check, node), intent).verdict).toMatchObject({ status: 'pass' });
  });

  test('kernel/nftables goes by the kernel: 5.13 or later', () => {
    const status = node.includes('bullseye') ? 'fail' : 'pass';
    expect(judged(nftables, of(nftables, node), NFT).verdict).toMatchObject({ status });
  });
});

testCheck(iptablesMatches, [
  {
    name: 'each missing match is named (symbols taken out)',
    says: { 'boot-config': not('NETFILTER_XT_MATCH_ADDRTYPE', 'IP_NF_MATCH_RPFILTER') },
    expect: { status: 'fail', found: expect.stringMatching(/rpfilter.*|addrtype.*/) },
  },
  {
    name: 'ipvs and sctp do not count unless they are used (symbols taken out)',
    says: { 'boot-config': not('NETFILTER_XT_MATCH_IPVS', 'NETFILTER_XT_MATCH_SCTP') },
    expect: { status: 'pass', found: expect.stringContaining('not needed: ipvs') },
  },
  {
    name: 'sctp counts when it is used (symbol taken out)',
    says: { 'boot-config': not('NETFILTER_XT_MATCH_SCTP') },
    intent: { sctp: true },
    expect: { status: 'fail' },
  },
  {
    name: 'configured, but not installed (line taken out)',
    says: { 'boot-config': config, 'modules-dep': without('xt_comment') },
    expect: { status: 'fail', found: expect.stringContaining('xt_comment') },
  },
  {
    name: 'a selection that was not asked for the matches says nothing of them (head taken out)',
    says: {
      'boot-config': not('NETFILTER_XT_MATCH_COMMENT').replace(
        /^# asked.*\n|^.*COMMENT is.*\n/gm,
        '',
      ),
    },
    expect: { status: 'unknown' },
  },
  {
    name: 'an install rule is found among all modules asked at once',
    says: { 'modprobe-n': text('modprobe-n-install-rules') },
    expect: { status: 'fail', found: expect.stringContaining('load nothing for xt_set') },
  },
  {
    name: 'nftables without nft_fib (symbol taken out)',
    says: { 'boot-config': not('NFT_FIB') },
    intent: NFT,
    expect: { status: 'fail' },
  },
  { name: 'never asked', says: {}, expect: { status: 'unknown' } },
]);

testCheck(vxlan, [
  {
    name: 'an install rule, by its own line',
    says: { 'modprobe-n': text('modprobe-n-install-rules') },
    intent: { encapsulation: 'vxlan' },
    expect: { status: 'fail', found: expect.stringContaining('load nothing for vxlan') },
  },
]);

testCheck(iptablesActions, [
  {
    name: 'no LOG (symbol taken out)',
    says: { 'boot-config': not('NETFILTER_XT_TARGET_LOG') },
    expect: { status: 'fail' },
  },
  {
    name: 'no DSCP, which 3.31 writes (symbol taken out)',
    says: { 'boot-config': not('NETFILTER_XT_TARGET_DSCP') },
    expect: { status: 'warn', found: expect.stringContaining('DSCP') },
  },
  {
    name: 'no DSCP, which 3.30 does not write (symbol taken out)',
    says: { 'boot-config': not('NETFILTER_XT_TARGET_DSCP') },
    intent: { calico: '3.30' },
    expect: { status: 'pass' },
  },
]);

testCheck(conntrackSctp, [
  { name: 'not used', says: {}, expect: { status: 'not-applicable' } },
  {
    name: 'part of nf_conntrack: no list names it',
    says: { 'boot-config': config, 'modules-builtin': builtin, 'modules-dep': dep },
    intent: { sctp: true },
    expect: { status: 'pass' },
  },
  {
    name: 'not configured (symbol taken out)',
    says: { 'boot-config': not('NF_CT_PROTO_SCTP') },
    intent: { sctp: true },
    expect: { status: 'fail' },
  },
  {
    name: 'the lists alone do not tell',
    says: { 'modules-dep': dep, 'modules-builtin': builtin },
    intent: { sctp: true },
    expect: { status: 'unknown' },
  },
  {
    name: 'a pasted sysctl -a lists its timeouts',
    says: { 'sysctl-a': text('lab-sysctl-a-pasted') },
    intent: { sctp: true },
    expect: { status: 'pass', found: expect.stringContaining('sctp_timeout_closed') },
  },
  {
    name: 'a configuration without it beside its timeouts (symbol taken out)',
    says: { 'boot-config': not('NF_CT_PROTO_SCTP'), 'sysctl-a': text('lab-sysctl-a-pasted') },
    intent: { sctp: true },
    expect: { status: 'warn', found: expect.stringContaining('sysctl lists') },
  },
  {
    name: 'a sysctl -a without them does not tell (lines taken out)',
    says: { 'sysctl-a': text('lab-sysctl-a-pasted').replace(/^.*_sctp_.*\n/gm, '') },
    intent: { sctp: true },
    expect: { status: 'unknown' },
  },
]);

testCheck(ipvs, [
  { name: 'not used', says: {}, expect: { status: 'not-applicable' } },
  {
    name: 'no ip_vs (symbol taken out)',
    says: { 'boot-config': not('IP_VS') },
    intent: { kubeProxy: 'ipvs' },
    expect: { status: 'fail' },
  },
  {
    name: 'no scheduler (symbol taken out)',
    says: { 'boot-config': not('IP_VS_SH') },
    intent: { kubeProxy: 'ipvs' },
    expect: { status: 'warn' },
  },
]);

testCheck(wireguard, [
  { name: 'not used', says: {}, expect: { status: 'not-applicable' } },
  {
    name: 'not configured on 6.12 (symbol taken out)',
    says: { 'boot-config': not('WIREGUARD') },
    intent: { wireguard: 'ipv4' },
    expect: { status: 'fail' },
  },
  {
    name: 'not configured below 5.6, where it was shipped apart (release changed)',
    says: {
      'boot-config': config.replace(/^CONFIG_WIREGUARD.*\n/m, ''),
      'uname-r': '5.4.0-88-generic\n',
    },
    intent: { wireguard: 'ipv4' },
    expect: { status: 'unknown', reason: expect.stringContaining('before 5.6') },
  },
]);

testCheck(nftables, [
  { name: 'not used', says: {}, expect: { status: 'not-applicable' } },
  {
    name: 'an older release',
    says: {},
    intent: { ...NFT, calico: '3.28' },
    expect: { status: 'not-applicable' },
  },
  {
    name: 'no nf_tables (symbol taken out)',
    says: { 'boot-config': not('NF_TABLES') },
    intent: NFT,
    expect: { status: 'fail' },
  },
  {
    name: 'a newer nft on the node (version changed)',
    says: { 'boot-config': config, 'nft-version': 'nftables v1.1.3 (Commodore Bullmoose #4)\n' },
    intent: NFT,
    expect: { status: 'warn', found: expect.stringContaining('1.1.3') },
  },
]);

testCheck(witnessConflict, [
  {
    name: 'a node that agrees with itself',
    says: { 'boot-config': config, 'modules-dep': dep, 'modules-builtin': builtin },
    expect: { status: 'pass' },
  },
  {
    name: 'the configuration says built in, modules.dep a module (value changed)',
    says: { 'boot-config': config.replace('NET_IPIP=m', 'NET_IPIP=y'), 'modules-dep': dep },
    expect: {
      status: 'warn',
      found: expect.stringMatching(/IPIP: modules.dep lists ipip.*but.*built in/),
    },
  },
  {
    name: '/proc/modules lists what lsmod does not (lines composed by hand)',
    says: {
      'proc-modules': 'ipip 16384 0 - Live 0x0000000000000000\n',
      lsmod: 'Module                  Size  Used by\nnf_tables 311296 0\n',
    },
    expect: { status: 'warn', found: expect.stringContaining('lsmod does not') },
  },
  { name: 'never asked', says: {}, expect: { status: 'unknown' } },
]);

test('BusyBox knows no dry run', () => {
  const stdout = text('modprobe-n-busybox');
  expect(() => modprobeN.parse({ stdout, stderr: '', exit: 0, receivedAt: null })).toThrow(
    /dry run/,
  );
});
