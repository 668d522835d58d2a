import { defineCheck, pass, unknown, warn, type Verdict } from '../../src/domain/check.js';
import { usesIpip, type Intent } from '../../src/domain/intent.js';
import { reason } from '../../src/domain/reason.js';
import { dmi, type Dmi } from '../probes/dmi.js';
import { hostnamectl, type Hostnamectl } from '../probes/hostnamectl.js';
import { pageA } from '../requirements/sources.js';

const CLOUDS = ['AWS', 'Azure', 'Google Compute Engine'] as const;
type Cloud = (typeof CLOUDS)[number];

/** Where a node may be, and how its machine calls itself; no cloud at all where none is named. */
type Place = {
  readonly clouds: readonly Cloud[];
  /** False where the node may as well be in none of them. */
  readonly sure: boolean;
  readonly maker: string;
};

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

const ofFirmware = (found: Dmi): Place => {
  const cloud = cloudOf(found);
  return {
    clouds: cloud === null ? [] : [cloud],
    sure: true,
    maker: [found.sysVendor, found.productName].filter((word) => word !== '').join(' '),
  };
};

/**
 * hostnamectl shows neither the maker of the firmware, by which an AWS machine on Xen is known, nor the mark that tells
 * Azure from another Hyper-V; before systemd 249 it names no maker at all (systemd, src/hostname and src/basic/virt.c).
 */
function ofHostnamectl({ virtualization, hardwareVendor, hardwareModel }: Hostnamectl): Place {
  const maker = `${hardwareVendor} ${hardwareModel}`.trim();
  const names = [virtualization, hardwareVendor];
  const isOne = (...these: readonly string[]): boolean =>
    these.some((name) => names.includes(name));
  if (isOne('amazon', 'Amazon EC2')) return { clouds: ['AWS'], sure: true, maker };
  if (isOne('google', 'Google')) return { clouds: ['Google Compute Engine'], sure: true, maker };
  if (isOne('microsoft', 'Microsoft Corporation'))
    return { clouds: ['Azure'], sure: false, maker: maker === '' ? 'Hyper-V' : maker };
  if (hardwareVendor === 'Xen') return { clouds: ['AWS'], sure: false, maker };
  return hardwareVendor === ''
    ? { clouds: CLOUDS, sure: false, maker: 'machine' }
    : { clouds: [], sure: true, maker };
}

function judge({ clouds, maker }: Place, intent: Intent): Verdict {
  const [cloud] = clouds;
  if (cloud === undefined)
    return pass(`no known cloud: ${maker === '' ? 'the firmware names no maker' : maker}`);
  const needs = needsOf(cloud, intent);
  return needs.length === 0
    ? pass(`${cloud}, which carries what this intent sends`)
    : warn(
        `${cloud}: ${needs.join('; ')}; this cannot be seen from the node`,
        'an encapsulation that the cloud carries, and its own filters opened for it',
      );
}

function judgeHostnamectl(control: Hostnamectl, intent: Intent): Verdict {
  const place = ofHostnamectl(control);
  if (place.sure) return judge(place, intent);
  const open = place.clouds.filter((cloud) => needsOf(cloud, intent).length > 0);
  const [cloud, ...others] = place.clouds;
  return open.length === 0 && others.length === 0
    ? pass(`${place.maker}: ${cloud ?? ''} or no cloud, and both carry what this intent sends`)
    : unknown(
        reason(
          'not-run',
          `hostnamectl does not tell whether this ${place.maker} is one of ${place.clouds.join(', ')}`,
        ),
        "Audit the node itself or give the collector's output: it asks the firmware.",
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
    const clouds = CLOUDS.flatMap((cloud) => {
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
  needs: {},
  witnesses: { dmi, hostnamectl },
  judge: ({ dmi: found, hostnamectl: control }, { intent }) => {
    if (found !== undefined) return judge(ofFirmware(found), intent);
    return control === undefined
      ? unknown(reason('garbled', 'nobody names the maker of the machine'))
      : judgeHostnamectl(control, intent);
  },
});
