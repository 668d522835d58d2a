import { expect } from 'vitest';
import { privilegedContainers } from '../../../checks/privileges/privileged-containers.js';
import { testCheck } from '../../helpers/check-tester.js';

// Composed by hand in the form that the probe kubernetes-files prints.
const MANIFEST = '/etc/kubernetes/manifests/kube-apiserver.yaml';
const server = (...lines: readonly string[]): string =>
  `there ${MANIFEST}\nroot\nfile ${MANIFEST}\n${lines.map((line) => `${line}\n`).join('')}end\n`;
const ALLOWED = server('flag allow-privileged=true', 'flag secure-port=6443');

testCheck(privilegedContainers, [
  {
    name: 'before install it does not apply',
    says: { 'kubernetes-files': 'end\n' },
    expect: { status: 'not-applicable', found: expect.stringContaining('not installed yet') },
  },
  {
    name: 'a manifest that allows it passes',
    says: { 'kubernetes-files': ALLOWED },
    expect: { status: 'pass' },
  },
  {
    name: 'one that says nothing fails: the default is no',
    says: { 'kubernetes-files': server('flag secure-port=6443') },
    expect: { status: 'fail', found: expect.stringContaining('--allow-privileged=true') },
  },
  {
    name: 'one that says no fails',
    says: { 'kubernetes-files': server('flag allow-privileged=false') },
    expect: { status: 'fail' },
  },
  {
    name: 'the flag on a kubelet fails from 1.15 on',
    says: {
      'kubernetes-files':
        'there /var/lib/kubelet/config.yaml\nroot\nfile /etc/default/kubelet\nflag allow-privileged=true\nend\n',
    },
    expect: { status: 'fail', found: expect.stringContaining('/etc/default/kubelet') },
  },
  {
    name: 'and is right before',
    says: {
      'kubernetes-files':
        'there /var/lib/kubelet/config.yaml\nroot\nfile /etc/default/kubelet\nflag allow-privileged=true\nend\n',
    },
    intent: { kubernetes: '1.9' },
    expect: { status: 'not-applicable' },
  },
  {
    name: 'an admission configuration warns',
    says: {
      'kubernetes-files': server(
        'flag allow-privileged=true',
        'flag admission-control-config-file=/etc/kubernetes/admission.yaml',
      ),
    },
    expect: { status: 'warn' },
  },
  {
    name: 'a worker is not asked',
    says: { 'kubernetes-files': 'there /var/lib/kubelet/config.yaml\nroot\nend\n' },
    expect: { status: 'not-applicable' },
  },
  {
    name: 'folders that may not be read are unknown',
    says: {
      'kubernetes-files':
        'there /etc/kubernetes/kubelet.conf\nhidden /etc/kubernetes/manifests\nend\n',
    },
    expect: { status: 'unknown', reason: expect.stringMatching(/^denied: /) },
  },
  { name: 'nothing asked is unknown', says: {}, expect: { status: 'unknown' } },
]);
