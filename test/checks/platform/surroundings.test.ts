import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import { cloudUnderlay } from '../../../checks/platform/cloud-underlay.js';
import { dnsResolver } from '../../../checks/platform/dns-resolver.js';
import { pasted, testCheck } from '../../helpers/check-tester.js';

const real = (name: string) => ({
  'resolv-conf': readFileSync(new URL(`recorded/${name}.txt`, import.meta.url), 'utf8'),
});
/** Composed by hand: machines of clouds cannot be had here. */
const dmi = (vendor: string, product: string, bios: string, more = '') => ({
  dmi: `sys_vendor=${vendor}\nproduct_name=${product}\nboard_vendor=${vendor}\nbios_vendor=${bios}\n${more}`,
});
const AWS = dmi('Amazon EC2', 'm5.large', 'Amazon EC2');
const HYPER_V = ['Microsoft Corporation', 'Virtual Machine', 'Microsoft Corporation'] as const;
/** Composed by hand after systemd's format-table lines. */
const control = (...lines: readonly string[]) => ({
  hostnamectl: pasted(
    ['  Static hostname: n1', '  Operating System: Debian GNU/Linux 12', ...lines, ''].join('\n'),
  ),
});
const VXLAN = { encapsulation: 'vxlan', bgp: false } as const;

testCheck(cloudUnderlay, [
  {
    name: 'a machine of a maker passes',
    says: dmi('Dell Inc.', 'PowerEdge R650', 'Dell Inc.'),
    expect: { status: 'pass', found: expect.stringContaining('Dell Inc. PowerEdge R650') },
  },
  {
    name: 'AWS with IP-in-IP says what its rules need',
    says: AWS,
    expect: { status: 'warn', found: expect.stringContaining('protocol 4') },
  },
  {
    name: 'AWS without a tunnel needs the check off',
    says: AWS,
    intent: { encapsulation: 'none' },
    expect: { status: 'warn', found: expect.stringContaining('source/destination check') },
  },
  { name: 'AWS with VXLAN passes', says: AWS, intent: VXLAN, expect: { status: 'pass' } },
  {
    name: 'Azure does not carry IP-in-IP',
    says: dmi(...HYPER_V, 'azure=yes\n'),
    expect: { status: 'warn', found: expect.stringContaining('does not carry IP-in-IP') },
  },
  { name: 'a Hyper-V at home is no Azure', says: dmi(...HYPER_V), expect: { status: 'pass' } },
  {
    name: 'Google says that it is unverified',
    says: dmi('Google', 'Google Compute Engine', 'Google'),
    expect: { status: 'warn', found: expect.stringContaining('unverified') },
  },
  {
    name: 'hostnamectl names an AWS machine',
    says: control('Virtualization: amazon', 'Hardware Vendor: Amazon EC2'),
    expect: { status: 'warn', found: expect.stringContaining('AWS: the security groups') },
  },
  {
    name: 'hostnamectl names a Google machine',
    says: control('Virtualization: google', 'Hardware Model: Google Compute Engine'),
    expect: { status: 'warn', found: expect.stringContaining('Google Compute Engine: ') },
  },
  {
    name: 'hostnamectl names another maker',
    says: control('Hardware Vendor: Lenovo', 'Hardware Model: ThinkSystem SR650'),
    expect: { status: 'pass', found: expect.stringContaining('Lenovo ThinkSystem SR650') },
  },
  {
    name: 'hostnamectl cannot tell Azure from another Hyper-V',
    says: control('Virtualization: microsoft', 'Hardware Vendor: Microsoft Corporation'),
    expect: { status: 'unknown', reason: expect.stringContaining('one of Azure') },
  },
  {
    name: 'Hyper-V or Azure: VXLAN passes on both',
    says: control('Virtualization: microsoft', 'Hardware Vendor: Microsoft Corporation'),
    intent: VXLAN,
    expect: { status: 'pass' },
  },
  {
    name: 'hostnamectl cannot tell whose Xen it is',
    says: control('Virtualization: xen', 'Hardware Vendor: Xen', 'Hardware Model: HVM domU'),
    expect: { status: 'unknown', reason: expect.stringContaining('one of AWS') },
  },
  {
    name: 'an older hostnamectl names no maker',
    says: control('Virtualization: kvm'),
    expect: { status: 'unknown', toKnow: expect.stringContaining('collector') },
  },
  {
    name: 'where nothing is said of the maker nothing passes',
    says: control('Virtualization: kvm'),
    intent: VXLAN,
    expect: { status: 'unknown' },
  },
  {
    name: 'the firmware counts more than hostnamectl',
    says: { ...dmi(...HYPER_V), ...control('Virtualization: microsoft') },
    expect: { status: 'pass', found: expect.stringContaining('Microsoft Corporation') },
  },
  {
    name: 'a machine without DMI is unknown',
    says: {
      dmi: { stderr: 'there is no /sys/class/dmi/id: no DMI tables on this machine\n', exit: 127 },
    },
    expect: { status: 'unknown', reason: expect.stringMatching(/^tool-missing: /) },
  },
]);

testCheck(dnsResolver, [
  { name: 'a plain file passes', says: real('resolv-plain'), expect: { status: 'pass' } },
  {
    name: "systemd-resolved's stub warns",
    says: real('resolv-stub'),
    expect: { status: 'warn', found: expect.stringContaining('127.0.0.53') },
    fixes: ['kubelet'],
  },
  {
    name: 'the real list given to the kubelet mends it',
    says: real('resolv-stub-kubelet-mended'),
    expect: { status: 'pass' },
    fixes: [],
  },
  {
    name: 'without the file pods get no servers',
    says: real('resolv-none'),
    expect: { status: 'not-applicable' },
  },
  {
    // Changed by hand.
    name: 'a kubelet that names a missing file warns',
    says: { 'resolv-conf': 'kubelet /etc/nowhere.conf\nfile /etc/resolv.conf\nend\n' },
    expect: { status: 'warn', found: expect.stringContaining('/etc/nowhere.conf') },
  },
  {
    name: 'a cut answer is unknown',
    says: { 'resolv-conf': 'file /etc/resolv.conf\n' },
    expect: { status: 'unknown' },
  },
]);
