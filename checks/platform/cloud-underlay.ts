import { defineCheck, pass, warn, type Verdict } from '../../src/domain/check.js';
import { usesIpip, type Intent } from '../../src/domain/intent.js';
import { dmi, type Dmi } from '../probes/dmi.js';
import { pageA } from '../requirements/sources.js';

type Cloud = 'AWS' | 'Google Compute Engine' | 'Azure';

/** By what the firmware says; a Hyper-V that is not Azure is nobody's cloud. Null: no cloud that is known here. */
export function cloudOf({ sysVendor, productName, biosVendor, isAzure }: Dmi): Cloud | null {
  if (isAzure) return 'Azure';
  if (/^Amazon EC2/.test(sysVendor) || /^Amazon EC2|amazon$/.test(biosVendor)) return 'AWS';
  return sysVendor === 'Google' || productName === 'Google Compute Engine'
    ? 'Google Compute Engine'
    : null;
}

/** Pods' own addresses are on the wire: always without encapsulation, within a subnet with cross-subnet. */
const hasBarePods = ({ network, encapsulation }: Intent): boolean =>
  network === 'calico' && (encapsulation === 'none' || encapsulation.endsWith('cross-subnet'));

function needsOf(cloud: Cloud, intent: Intent): readonly string[] {
  const ipip = usesIpip(intent);
  const bare = hasBarePods(intent);
  switch (cloud) {
    case 'Azure':
      return [
        ...(ipip ? ['Azure does not carry IP-in-IP: use VXLAN'] : []),
        ...(bare
          ? ['Azure drops packets with addresses of pods: they need a tunnel or routes of its own']
          : []),
      ];
    case 'AWS':
      return [
        ...(ipip ? ['the security groups must admit protocol 4'] : []),
        ...(bare ? ["the instance's source/destination check must be off"] : []),
      ];
    case 'Google Compute Engine':
      return [
        ...(ipip ? ['a firewall rule must admit protocol 4 (unverified)'] : []),
        ...(bare ? ['IP forwarding must be allowed for the instance (unverified)'] : []),
      ];
  }
}

function judge(found: Dmi, intent: Intent): Verdict {
  const cloud = cloudOf(found);
  const maker = [found.sysVendor, found.productName].filter((word) => word !== '').join(' ');
  if (cloud === null)
    return pass(`no known cloud: ${maker === '' ? 'the firmware names no maker' : maker}`);
  const needs = needsOf(cloud, intent);
  return needs.length === 0
    ? pass(`${cloud}, which carries what this intent sends`)
    : warn(
        `${cloud}: ${needs.join('; ')}; this cannot be seen from the node`,
        'an encapsulation that the cloud carries, and its own filters opened for it',
      );
}

export const cloudUnderlay = defineCheck({
  id: 'platform/cloud-underlay',
  title: 'The network below carries what Calico sends',
  why: 'Clouds filter by protocol and by address, below the node and unseen by it: Azure drops IP-in-IP, AWS and Google drop what their rules do not name and packets that are not from the address of the machine.',
  sources: [
    pageA(
      'A8',
      'On AWS, GCE and Azure the installers and guides of each platform see to what it needs.',
    ),
    {
      page: 'Overlay networking',
      url: 'https://docs.tigera.io/calico/latest/networking/configuring/vxlan-ipip',
      date: '2026-08-21',
      says: 'Azure and others do not carry IP-in-IP; VXLAN works there. Within one AWS subnet traffic without a tunnel needs the source/destination check off.',
    },
    {
      page: 'FAQ, security groups and protocol 4',
      url: 'https://docs.tigera.io/calico/latest/reference/faq',
      date: '2026-08-21',
      says: 'On AWS the security groups must admit protocol 4 between the nodes.',
    },
  ],
  severity: 'recommended',
  waivable: true,
  rule: (intent) => {
    const clouds = (['AWS', 'Azure', 'Google Compute Engine'] as const).flatMap((cloud) => {
      const needs = needsOf(cloud, intent);
      return needs.length === 0 ? [] : [`on ${cloud}: ${needs.join(', ')}`];
    });
    return clouds.length === 0
      ? 'Passes everywhere: all three clouds carry what this intent sends.'
      : `Warns with what the cloud must be told, since the node cannot see it; ${clouds.join('; ')}. Passes on any other machine.`;
  },
  disagreement:
    'The page of Calico 3.0 leaves AWS, GCE and Azure to their installers; the documentation of 2026-08-21 states the limits one by one for AWS and Azure. What is said here of Google is not in the texts that were read and is marked unverified.',
  breaks: ['traffic between pods of different nodes'],
  alternatives: (intent) =>
    usesIpip(intent) || hasBarePods(intent) ? ['encapsulation: vxlan, bgp: false'] : [],
  needs: { found: dmi },
  judge: ({ found }, { intent }) => judge(found, intent),
});
