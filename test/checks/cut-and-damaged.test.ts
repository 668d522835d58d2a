import { expect } from 'vitest';
import { autodetection } from '../../checks/addresses/autodetection.js';
import { conntrackSctp } from '../../checks/kernel/conntrack-sctp.js';
import { ipip } from '../../checks/kernel/ipip.js';
import { ipset } from '../../checks/kernel/ipset.js';
import { modulesExtra } from '../../checks/kernel/modules-extra.js';
import { distribution } from '../../checks/platform/distribution.js';
import { pasted, testCheck } from '../helpers/check-tester.js';
import { recorded } from '../helpers/recorded-node.js';

// Recorded texts, cut or damaged by hand: what is lost must neither pass nor fail.
const CONFIG = recorded('debian-trixie-amd64', 'boot-config');
const ADDRESSES = recorded('debian-12-lab-plain', 'ip-addr');
const upTo = (text: string, words: string): string => text.slice(0, text.indexOf(words));

testCheck(ipip, [
  {
    name: 'half a line of the configuration: another may be lost',
    says: { 'boot-config': pasted(CONFIG.replace(/^CONFIG_NET_IPIP=m$/m, 'CONFIG_NET_IP')) },
    expect: { status: 'unknown' },
  },
  {
    name: 'a byte of the configuration that is no letter',
    says: {
      'boot-config': pasted(CONFIG.replace(/^CONFIG_NET_IPIP=m$/m, 'C\ufffdNFIG_NET_IPIP=m')),
    },
    expect: { status: 'unknown' },
  },
]);

testCheck(conntrackSctp, [
  {
    name: 'a whole configuration without sockets of SCTP warns (symbol taken out)',
    says: {
      'boot-config': pasted(CONFIG.replace('CONFIG_IP_SCTP=m', '# CONFIG_IP_SCTP is not set')),
    },
    intent: { sctp: true },
    expect: { status: 'warn' },
  },
  {
    name: 'cut in front of them it does not pass',
    says: { 'boot-config': pasted(upTo(CONFIG, 'CONFIG_IP_SCTP')) },
    intent: { sctp: true },
    expect: { status: 'unknown', reason: expect.stringMatching(/^truncated: .*SCTP sockets/) },
  },
]);

testCheck(ipset, [
  {
    name: 'a configuration cut within the types of sets does not pass',
    says: { 'boot-config': pasted(upTo(CONFIG, 'CONFIG_IP_SET_HASH_NETNET')) },
    expect: { status: 'unknown' },
  },
]);

testCheck(distribution, [
  {
    name: 'an os-release cut in front of ID',
    says: { 'os-release': pasted('PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nNAME="Debian GN') },
    expect: { status: 'unknown', reason: expect.stringMatching(/ends before ID$/) },
  },
]);

testCheck(modulesExtra, [
  {
    name: 'hostnamectl names a rebuild of RHEL',
    says: {
      'boot-config': pasted(CONFIG),
      hostnamectl: pasted('   Operating System: Rocky Linux 8.10 (Green Obsidian)\n'),
    },
    expect: { status: 'unknown' },
  },
]);

testCheck(autodetection, [
  {
    name: 'the whole list',
    says: { 'ip-addr': pasted(ADDRESSES.trimEnd()) },
    expect: { status: 'pass' },
  },
  ...['inet 1', 'brd ff:ff', 'link/ether'].map((words) => ({
    name: `a list that ends in front of "${words}"`,
    says: {
      'ip-addr': pasted(ADDRESSES.slice(0, ADDRESSES.indexOf(words, ADDRESSES.indexOf('2: ')))),
    },
    expect: { status: 'unknown' as const },
  })),
]);
