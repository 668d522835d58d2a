import { defineCheck, notApplicable, pass, unknown, warn } from '../../src/domain/check.js';
import { reason } from '../../src/domain/reason.js';
import { ipAddr } from '../probes/ip-addr.js';
import { compareKubernetes } from '../requirements/kubernetes-versions.js';
import { pageA } from '../requirements/sources.js';
import { unlessIpvs } from './ipvs.js';

const MENDED = '1.10';

export const ipvsInterfaceNames = defineCheck({
  id: 'kube-proxy/ipvs-interface-names',
  title: "ipvs mode finds the host's interfaces (an obsolete rule)",
  why: 'kube-proxy of Kubernetes 1.9 in ipvs mode served NodePorts only on interfaces named eth0, eth1 and so on. Later ones do not look at names.',
  sources: [
    pageA('A9', "In ipvs mode the host's interfaces must be named ethN."),
    {
      page: 'Kubernetes: NodePort is not working if the host is not using eth{i}',
      url: 'https://github.com/kubernetes/kubernetes/issues/55923',
      date: '2026-08-23',
      says: "The limit was a fault of kube-proxy's first ipvs releases and is mended.",
    },
  ],
  severity: 'recommended',
  waivable: true,
  needs: { ip: ipAddr },
  skip: unlessIpvs,
  rule: ({ kubernetes }) =>
    (compareKubernetes(kubernetes, MENDED) ?? 0) >= 0
      ? `Obsolete: Kubernetes ${kubernetes} does not look at the names of interfaces, so it is not applicable.`
      : 'Warns when no interface with an address is named ethN.',
  disagreement:
    'The page of Calico 3.0 (2018) has this rule. No page since has it, and kube-proxy was mended in 2018, so it is judged for Kubernetes below 1.10 alone.',
  breaks: ['NodePorts in ipvs mode of Kubernetes 1.9'],
  judge: ({ ip }, { intent: { kubernetes } }) => {
    const order = compareKubernetes(kubernetes, MENDED);
    if (order === null) return unknown(reason('garbled', `${kubernetes} is no Kubernetes version`));
    if (order >= 0)
      return notApplicable(
        `obsolete: Kubernetes ${kubernetes} does not look at the names of interfaces`,
      );
    const names = [
      ...new Set(
        ip.addresses.filter(({ scope }) => scope === 'global').map(({ device }) => device),
      ),
    ];
    return names.some((name) => /^eth\d{1,3}$/.test(name))
      ? pass(`an interface is named as kube-proxy expects: ${names.slice(0, 5).join(', ')}`)
      : warn(
          `no interface is named ethN: ${names.slice(0, 5).join(', ')}`,
          'Kubernetes 1.10 or later, or interfaces named ethN',
        );
  },
});
