import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import { otherProviders } from '../../../checks/cni/other-providers.js';
import { testCheck } from '../../helpers/check-tester.js';

const real = (name: string): string =>
  readFileSync(new URL(`recorded/${name}.txt`, import.meta.url), 'utf8');

/** Composed by hand in the form of the recorded ones: these providers cannot be had here. */
const composed = (files: Readonly<Record<string, readonly string[] | null>>): string =>
  [
    ...Object.entries(files).map(
      ([file, types]) => `${types === null ? 'unreadable' : 'file'} /etc/cni/net.d/${file}`,
    ),
    ...Object.entries(files).flatMap(([file, types]) =>
      (types ?? []).map((type) => `/etc/cni/net.d/${file}:"type": "${type}"`),
    ),
    'end\n',
  ].join('\n');
const CALICO = {
  '10-calico.conflist': ['calico', 'calico-ipam', 'k8s', 'portmap', 'bandwidth'],
} as const;
const conf = (files: Parameters<typeof composed>[0]) => ({ 'cni-configurations': composed(files) });

testCheck(otherProviders, [
  {
    name: 'a fresh node passes',
    says: {
      'cni-configurations': real('configurations-fresh'),
      'net-devices': real('net-devices-fresh'),
      processes: real('processes-fresh'),
    },
    expect: { status: 'pass' },
    fixes: [],
  },
  {
    name: 'bridges of podman and buildah that sort after Calico warn',
    says: { 'cni-configurations': real('configurations-podman-buildah') },
    expect: {
      status: 'warn',
      found: expect.stringContaining('87-podman-bridge.conflist of podman comes after'),
    },
    fixes: ['set-aside'],
  },
  {
    name: 'the same file renamed to sort first fails',
    says: { 'cni-configurations': real('configurations-podman-first') },
    expect: {
      status: 'fail',
      found: expect.stringMatching(/^05-podman-bridge\.conflist of podman comes before/),
    },
  },
  {
    name: 'the interface of flannel alone warns',
    says: {
      'cni-configurations': real('configurations-fresh'),
      'net-devices': real('net-devices-flannel'),
    },
    expect: { status: 'warn', found: 'flannel: interface flannel.1' },
    fixes: [],
  },
  {
    name: 'and is right under network: flannel',
    says: {
      'cni-configurations': real('configurations-fresh'),
      'net-devices': real('net-devices-flannel'),
    },
    intent: { network: 'flannel' },
    expect: { status: 'pass' },
  },
  {
    name: 'a flannel that runs fails',
    says: { ...conf(CALICO), processes: 'process 812 flanneld\nend\n' },
    expect: { status: 'fail', found: 'flannel: flanneld is running' },
  },
  { name: "Calico's own file passes", says: conf(CALICO), expect: { status: 'pass' } },
  {
    name: 'Calico and Multus in front of it pass',
    says: conf({ ...CALICO, '00-multus.conf': ['multus', 'calico'] }),
    expect: { status: 'pass' },
  },
  {
    name: 'canal passes under flannel',
    says: conf({ '10-canal.conflist': ['calico', 'host-local', 'k8s', 'portmap'] }),
    intent: { network: 'flannel' },
    expect: { status: 'pass' },
  },
  {
    name: 'Cilium in front of Calico fails',
    says: conf({ ...CALICO, '05-cilium.conflist': ['cilium-cni'] }),
    expect: { status: 'fail', found: expect.stringContaining('Cilium comes before') },
  },
  {
    name: 'Cilium that may not be read is told by its name',
    says: conf({ '05-cilium.conflist': null }),
    expect: { status: 'fail', found: expect.stringContaining('Cilium') },
  },
  {
    name: 'Weave behind a Calico that is there warns',
    says: conf({ ...CALICO, '10-weave.conflist': ['weave-net', 'portmap'] }),
    expect: { status: 'warn' },
  },
  {
    name: 'Weave without Calico fails: pods get it now',
    says: conf({ '10-weave.conflist': ['weave-net', 'portmap'] }),
    expect: { status: 'fail' },
  },
  {
    name: 'kube-router is told by its file, its plug-in being the common bridge',
    says: conf({ '10-kuberouter.conflist': ['bridge', 'host-local'] }),
    expect: { status: 'fail', found: expect.stringContaining('kube-router') },
  },
  {
    name: 'the AWS plug-in is right under its network',
    says: conf({ '10-aws.conflist': ['aws-cni', 'egress-cni', 'host-local', 'portmap'] }),
    intent: { network: 'aws-vpc' },
    expect: { status: 'pass' },
  },
  {
    name: 'and another provider without it',
    says: conf({ '10-aws.conflist': ['aws-cni', 'egress-cni', 'host-local', 'portmap'] }),
    expect: { status: 'fail' },
  },
  {
    name: 'an unverified row only warns, even in front',
    says: conf({ '05-gke.conflist': ['gke'] }),
    expect: { status: 'warn', found: expect.stringContaining('unverified') },
  },
  {
    name: 'a plug-in that nobody knows fails in front',
    says: conf({ ...CALICO, '01-own.conf': ['own-net'] }),
    expect: { status: 'fail', found: expect.stringContaining('plug-in own-net') },
  },
  {
    name: 'and warns behind',
    says: conf({ ...CALICO, '99-own.conf': ['own-net'] }),
    expect: { status: 'warn' },
  },
  {
    name: 'CRI-O behind Calico warns: 100 sorts after 10-',
    says: conf({ ...CALICO, '100-crio-bridge.conflist': ['bridge', 'host-local'] }),
    expect: { status: 'warn', found: expect.stringContaining('CRI-O comes after') },
  },
  {
    name: 'a folder that may not be read is unknown',
    says: { 'cni-configurations': 'hidden\nend\n' },
    expect: { status: 'unknown', reason: expect.stringMatching(/^denied: /) },
  },
  {
    name: 'a cut answer is unknown',
    says: { 'cni-configurations': 'file /etc/cni/net.d/10-calico.conflist\n' },
    expect: { status: 'unknown' },
  },
  { name: 'nothing asked is unknown', says: {}, expect: { status: 'unknown' } },
]);
