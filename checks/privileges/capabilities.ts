import { defineCheck, fail, pass, unknown, warn, type Verdict } from '../../src/domain/check.js';
import type { Intent } from '../../src/domain/intent.js';
import { reason } from '../../src/domain/reason.js';
import { proc1Status, type FirstProcess } from '../probes/proc-1-status.js';
import { runtimeCapabilities, type RuntimeCapability } from '../probes/runtime-capabilities.js';
import { pageB } from '../requirements/sources.js';

type Capability = { readonly name: string; readonly bit: bigint };
type Facts = { readonly first?: FirstProcess; readonly runtimes?: readonly RuntimeCapability[] };

// Numbers of linux/capability.h.
const SYS_ADMIN: Capability = { name: 'CAP_SYS_ADMIN', bit: 21n };
const MUST: readonly Capability[] = [
  { name: 'CAP_NET_ADMIN', bit: 12n },
  { name: 'CAP_NET_RAW', bit: 13n },
];
const SYS_MODULE: Capability = { name: 'CAP_SYS_MODULE', bit: 16n };
const SYS_RESOURCE: Capability = { name: 'CAP_SYS_RESOURCE', bit: 24n };
const EXPECTED =
  'the capabilities of a privileged container in the bounding sets of process 1, of the kubelet and of the container runtime';

/** Without these only some of Calico, or only on some kernels, does not work. */
const shouldHave = ({ dataplane }: Intent): readonly Capability[] =>
  dataplane === 'ebpf' ? [SYS_MODULE, SYS_RESOURCE] : [SYS_MODULE];

const missing = (bounding: bigint, wanted: readonly Capability[]): readonly string[] =>
  wanted.filter(({ bit }) => ((bounding >> bit) & 1n) === 0n).map(({ name }) => name);

const sentence = (who: string, names: readonly string[]): readonly string[] =>
  names.length === 0 ? [] : [`${who} may not have ${names.join(', ')}`];

function judge({ first, runtimes = [] }: Facts, intent: Intent): Verdict {
  if (first === undefined && runtimes.length === 0) {
    return unknown(
      reason('not-run', 'neither process 1 nor a container runtime was seen'),
      'Give proc-1-status.txt (cat /proc/1/status).',
    );
  }
  const holders = [
    // CAP_SYS_ADMIN of process 1 is a requirement, and a check, of its own.
    ...(first === undefined ? [] : [{ who: 'process 1', bounding: first.bounding, must: MUST }]),
    ...runtimes.map(({ unit, bounding }) => ({ who: unit, bounding, must: [SYS_ADMIN, ...MUST] })),
  ];
  const fatal = holders.flatMap(({ who, bounding, must }) =>
    sentence(who, missing(bounding, must)),
  );
  if (fatal.length > 0) return fail(fatal.join('; '), EXPECTED);
  const lesser = holders.flatMap(({ who, bounding }) =>
    sentence(who, missing(bounding, shouldHave(intent))),
  );
  const who = holders.map((holder) => holder.who).join(', ');
  return lesser.length > 0
    ? warn(lesser.join('; '), EXPECTED)
    : pass(`${who}: all that Calico needs`);
}

export const capabilities = defineCheck({
  id: 'privileges/capabilities',
  title: 'Containers on this node can get the capabilities that Calico uses',
  why: "Calico's containers are privileged, which gives them what the runtime and process 1 may have and no more. Without CAP_NET_ADMIN there are no routes, rules and interfaces, without CAP_NET_RAW no raw sockets; without CAP_SYS_MODULE modules that are not loaded yet stay out.",
  sources: [
    pageB(
      'B11',
      'privileges',
      'Calico needs CAP_SYS_ADMIN, most simply by running as root or in a privileged container.',
    ),
    {
      page: "Calico's manifest",
      url: 'https://github.com/projectcalico/calico/blob/v3.32.1/manifests/calico.yaml',
      date: '2026-06-24',
      says: 'calico-node and its init containers run privileged, so with all that the node can give.',
    },
    {
      page: 'capabilities(7)',
      url: 'https://man7.org/linux/man-pages/man7/capabilities.7.html',
      date: '2026-08-22',
      says: 'CAP_NET_ADMIN is for interfaces, routes and firewalls, CAP_NET_RAW for raw sockets, CAP_SYS_MODULE for modules, CAP_SYS_RESOURCE for limits; no process gets what its bounding set lacks.',
    },
  ],
  severity: 'required',
  waivable: true,
  rule: ({ dataplane }) =>
    `Fails when CAP_NET_ADMIN or CAP_NET_RAW is missing from the bounding set of process 1, of the kubelet or of the container runtime, or CAP_SYS_ADMIN from one of the latter two. CAP_SYS_MODULE${dataplane === 'ebpf' ? ' and CAP_SYS_RESOURCE are' : ' is'} a warning.`,
  disagreement:
    'The page (2024-10-29, and the text of 2025-12-08) names CAP_SYS_ADMIN alone; the manifests run privileged, which asks for more. CAP_SYS_ADMIN of process 1 is judged by privileges/cap-sys-admin; this check judges what the kernel demands for the work that Calico does.',
  breaks: ['routes, interfaces and policy: calico-node fails'],
  needs: {},
  witnesses: { first: proc1Status, runtimes: runtimeCapabilities },
  judge: (facts, { intent }) => judge(facts, intent),
});
