import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import { iptablesService } from '../../../checks/firewall/iptables-service.js';
import { nftablesService } from '../../../checks/firewall/nftables-service.js';
import { others } from '../../../checks/firewall/others.js';
import { staleSavedRules } from '../../../checks/firewall/stale-saved-rules.js';
import { ufw } from '../../../checks/firewall/ufw.js';
import { pasted, testCheck, type Said } from '../../helpers/check-tester.js';

const text = (name: string): string =>
  readFileSync(new URL(`recorded/${name}.txt`, import.meta.url), 'utf8');
const has = (part: string): unknown => expect.stringContaining(part);
const DENIED: Said = { exit: 1, stderr: 'sudo: a password is required\n' };

const ufwOf = (state: string): Readonly<Record<string, Said>> => ({
  'ufw-conf': text(`${state}-conf`),
  'iptables-save': text(`${state}-iptables`),
});

testCheck(ufw, [
  {
    name: 'active fails and says what it keeps out',
    says: ufwOf('ufw-on'),
    expect: {
      status: 'fail',
      found:
        'ufw is active and keeps out BGP (179/tcp), IP-in-IP (protocol 4), Typha (5473/tcp), forwarding for pods',
    },
    fixes: ['disable', 'handover'],
  },
  {
    name: 'opened for all that is needed is a warning',
    says: ufwOf('ufw-open'),
    node: { roles: ['control-plane'] },
    expect: { status: 'warn' },
  },
  {
    name: 'open for some addresses only is not open',
    says: ufwOf('ufw-open'),
    intent: { wireguard: 'ipv4' },
    expect: { status: 'fail', found: 'ufw is active and keeps out WireGuard (51820/udp)' },
  },
  {
    name: 'the chains of IPv6 are judged for an intent of IPv6',
    says: ufwOf('ufw-open'),
    intent: { ipFamilies: ['ipv4', 'ipv6'] },
    expect: { status: 'fail', found: 'ufw is active and keeps out IP-in-IP (protocol 4)' },
  },
  {
    name: 'disabled passes, though its empty chains are still there',
    says: ufwOf('ufw-disabled'),
    expect: { status: 'pass', found: 'ufw is installed and off' },
  },
  {
    name: 'not installed passes',
    says: { 'ufw-conf': 'ufw is not installed\n', 'iptables-save': text('clean-iptables') },
    expect: { status: 'pass' },
  },
  {
    name: 'its files alone tell that it is on',
    says: { 'ufw-conf': text('ufw-on-conf'), 'iptables-save': DENIED },
    expect: { status: 'fail', found: has('could not be seen') },
  },
  {
    name: 'its files alone tell that it is off',
    says: { 'ufw-conf': text('ufw-disabled-conf'), 'iptables-save': DENIED },
    expect: { status: 'pass' },
  },
  {
    name: 'enabled without rules starts at the next boot',
    says: { 'ufw-conf': text('ufw-on-conf'), 'iptables-save': text('ufw-disabled-iptables') },
    expect: { status: 'warn' },
  },
  {
    name: 'pasted rules show that it is active',
    says: { 'iptables-save': pasted(text('ufw-on-iptables')) },
    expect: { status: 'fail' },
  },
  {
    name: 'pasted rules without ufw do not show that it stays off',
    says: { 'iptables-save': pasted(text('clean-iptables')) },
    expect: { status: 'unknown' },
  },
  {
    name: 'a pasted unit that is not there passes',
    says: { 'systemctl-status-ufw': pasted('Unit ufw.service could not be found.\n') },
    expect: { status: 'pass' },
  },
  {
    name: 'a pasted unit that runs tells nothing',
    says: { 'systemctl-status-ufw': pasted(text('status-ufw-active')) },
    expect: { status: 'unknown' },
  },
  { name: 'nothing asked is unknown', says: {}, expect: { status: 'unknown' } },
  {
    name: 'garbage is unknown',
    says: { 'ufw-conf': 'x', 'iptables-save': 'x' },
    expect: { status: 'unknown', reason: has('garbled: ') },
  },
]);

const nft = (units: string, state: string): Readonly<Record<string, Said>> => ({
  'systemd-units': text(units),
  'saved-firewall-rules': text(`${state}-saved`),
  'nft-list-ruleset': text(`${state}-ruleset`),
});

testCheck(nftablesService, [
  {
    name: 'active with the file of the distribution fails',
    says: nft('nft-on-units', 'nft-flush'),
    expect: { status: 'fail', found: has('flush ruleset') },
    fixes: ['disable', 'handover'],
  },
  {
    name: 'active with a table that drops fails and says what it keeps out',
    says: nft('nft-on-units', 'nft-filter'),
    expect: { status: 'fail', found: has('keep out Typha (5473/tcp)') },
  },
  {
    name: 'what its rules admit is not kept out',
    says: nft('nft-on-units', 'nft-filter'),
    intent: { typha: false },
    node: { roles: ['control-plane'] },
    expect: { status: 'warn' },
  },
  {
    // Composed by hand: rules of the lab node's table, changed in one line.
    name: 'a rule that may let it in by address keeps it from failing',
    says: {
      ...nft('nft-on-units', 'nft-filter'),
      'nft-list-ruleset': text('nft-filter-ruleset').replace(
        'tcp dport 179 accept',
        'ip saddr 10.0.0.0/8 accept',
      ),
    },
    expect: { status: 'warn' },
  },
  {
    // Composed by hand, likewise.
    name: 'one refused port is not all of them',
    says: {
      ...nft('nft-on-units', 'nft-harmless'),
      'nft-list-ruleset': text('nft-harmless-ruleset').replace('counter', 'tcp dport 23 drop #'),
    },
    expect: { status: 'warn' },
  },
  {
    // Composed by hand, likewise.
    name: 'a chain that ends in reject keeps out what it does not name',
    says: {
      ...nft('nft-on-units', 'nft-filter'),
      'nft-list-ruleset': text('nft-filter-ruleset')
        .replace('policy drop', 'policy accept')
        .replace('ip protocol ipencap accept', 'reject with icmpx admin-prohibited'),
    },
    expect: {
      status: 'fail',
      found: has('keep out IP-in-IP (protocol 4), Typha (5473/tcp)'),
    },
  },
  {
    name: 'active and harmless is a warning',
    says: nft('nft-on-units', 'nft-harmless'),
    expect: { status: 'warn' },
  },
  { name: 'off passes', says: nft('clean-units', 'nft-flush'), expect: { status: 'pass' } },
  {
    name: 'off passes without root',
    says: {
      'systemd-units': text('clean-units'),
      'saved-firewall-rules': DENIED,
      'nft-list-ruleset': DENIED,
    },
    expect: { status: 'pass' },
  },
  {
    name: 'active and unreadable is unknown',
    says: { 'systemd-units': text('nft-on-units'), 'saved-firewall-rules': DENIED },
    expect: { status: 'unknown' },
  },
  {
    name: 'a pasted unit that is off passes',
    says: { 'systemctl-status-nftables': pasted(text('status-nftables-off')) },
    expect: { status: 'pass' },
  },
  {
    name: 'rules without systemd are unknown',
    says: { 'nft-list-ruleset': text('nft-filter-ruleset') },
    expect: { status: 'unknown' },
  },
]);

testCheck(iptablesService, [
  {
    name: 'active and enabled fails',
    says: { 'systemd-units': text('services-units') },
    expect: { status: 'fail', found: 'iptables.service is active (exited), enabled' },
    fixes: ['disable', 'handover'],
  },
  {
    name: 'another name of netfilter-persistent is not iptables-services',
    says: { 'systemd-units': text('persistent-units') },
    expect: { status: 'pass', found: 'iptables-services is not installed' },
  },
  {
    name: 'not installed passes',
    says: { 'systemd-units': text('clean-units') },
    expect: { status: 'pass' },
  },
  {
    name: 'a pasted unit that is not there speaks for both',
    says: {
      'systemctl-status-iptables': pasted('Unit iptables.service could not be found.\n'),
    },
    expect: { status: 'pass' },
  },
  {
    name: 'a pasted unit that runs fails',
    says: { 'systemctl-status-iptables': pasted(text('status-iptables')) },
    expect: { status: 'fail' },
    fixes: ['disable', 'handover'],
  },
  {
    name: 'a pasted unit that is off says nothing of the other',
    says: {
      'systemctl-status-iptables': pasted(
        text('status-nftables-off').replaceAll('nftables', 'iptables'),
      ),
    },
    expect: { status: 'unknown' },
  },
  { name: 'garbage is unknown', says: { 'systemd-units': 'x' }, expect: { status: 'unknown' } },
]);

testCheck(others, [
  {
    name: 'fail2ban is a warning',
    says: { 'systemd-units': text('services-units') },
    expect: { status: 'warn', found: has('fail2ban.service is active') },
    fixes: ['disable', 'handover'],
  },
  {
    name: 'netfilter-persistent is a warning',
    says: { 'systemd-units': text('persistent-units') },
    expect: { status: 'warn', found: has('netfilter-persistent.service is active') },
  },
  {
    name: 'none passes',
    says: { 'systemd-units': text('clean-units') },
    expect: { status: 'pass' },
  },
]);

testCheck(staleSavedRules, [
  {
    name: 'saved rules and sets of Calico are a warning',
    says: { 'saved-firewall-rules': text('stale-saved') },
    expect: {
      status: 'warn',
      found:
        '/etc/iptables/rules.v4 holds 15 lines of Calico or kube-proxy; /etc/iptables/ipsets holds 1 lines of Calico or kube-proxy',
    },
    fixes: ['clean'],
  },
  {
    name: 'files without them pass',
    says: { 'saved-firewall-rules': text('clean-saved') },
    expect: { status: 'pass' },
  },
  {
    name: 'no file passes',
    says: { 'saved-firewall-rules': 'no file\n' },
    expect: { status: 'pass' },
  },
  {
    name: 'root refused is unknown',
    says: { 'saved-firewall-rules': DENIED },
    expect: { status: 'unknown' },
  },
]);
