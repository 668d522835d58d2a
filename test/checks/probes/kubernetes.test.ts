import { describe, expect, test } from 'vitest';
import { kubeProxyMode } from '../../../checks/probes/kube-proxy-mode.js';
import { kubectlCluster } from '../../../checks/probes/kubectl-cluster.js';
import { kubeletVersion } from '../../../checks/probes/kubelet-version.js';
import { kubernetesFiles } from '../../../checks/probes/kubernetes-files.js';
import { processes } from '../../../checks/probes/processes.js';
import { ProbeParseError } from '../../../src/domain/errors.js';
import type { Probe } from '../../../src/domain/probe.js';
import { recorded } from '../kubernetes/recorded.js';
import { processorMs } from '../../helpers/processor-time.js';

const parse = <T>(probe: Probe<T>, stdout: string): T =>
  probe.parse({ stdout, stderr: '', exit: 0, receivedAt: null });

test('processes: daemons with the flags that matter and the configuration of kube-proxy', () => {
  const all = parse(processes, recorded('processes-kubeadm'));
  expect(all.map(({ name }) => name)).toEqual([
    'kubelet',
    'kube-proxy',
    'kube-apiserver',
    'k3s-server',
    'bird',
  ]);
  expect(all[0]?.flags.get('node-ip')).toBe('10.0.0.11');
  expect(all[1]?.proxyConfig).toMatchObject({
    mode: 'ipvs',
    clusterCidr: '192.168.0.0/16',
    metricsBindAddress: '0.0.0.0:10249',
    masqueradeBit: 14,
  });
  expect(all[1]?.proxyConfig?.masqueradeAll).toEqual(
    new Map([
      ['iptables', true],
      ['nftables', false],
    ]),
  );
  const [proxy] = parse(processes, recorded('processes-flags'));
  expect(proxy?.flags.get('masquerade-all')).toBe('true');
  expect(proxy?.flags.get('proxy-mode')).toBe('iptables');
});

test('kubernetes-files: flags and keys by file; comments, other lines and tokens stay on the node', () => {
  const { files, readAsRoot, there } = parse(kubernetesFiles, recorded('files-kubeadm'));
  expect(readAsRoot).toBe(true);
  expect(there.has('/etc/kubernetes/kubelet.conf')).toBe(true);
  const flagsOf = (path: string): unknown =>
    Object.fromEntries(files.find((file) => file.path === path)?.flags ?? []);
  expect(flagsOf('/etc/kubernetes/manifests/kube-apiserver.yaml')).toEqual({
    'allow-privileged': 'true',
    'authorization-mode': 'Node,RBAC',
    'secure-port': '6443',
    'service-cluster-ip-range': '10.96.0.0/12',
  });
  expect(flagsOf('/etc/default/kubelet')).toEqual({ 'node-ip': '10.0.0.11' });
  const k3s = parse(kubernetesFiles, recorded('files-k3s')).files;
  const config = k3s.find(({ path }) => path.endsWith('k3s/config.yaml'));
  expect(config?.keys.get('https-listen-port')).toBe('6444');
  expect(config?.flags.get('proxy-mode')).toBe('ipvs');
  expect(
    k3s.find(({ path }) => path.endsWith('k3s.service'))?.flags.get('disable-kube-proxy'),
  ).toBe('true');
  expect(recorded('files-k3s')).not.toContain('geheim');
});

test('kubectl-cluster: what checks need, from two kubectls sixteen releases apart', () => {
  expect(recorded('cluster-ipvs-kubectl-1.20')).toBe(recorded('cluster-ipvs'));
  const answer = parse(kubectlCluster, recorded('cluster-ipvs'));
  if (answer.state !== 'answered') throw new Error('no answer');
  expect(answer.cluster).toMatchObject({
    server: 'v1.34.1',
    listed: true,
    apiPorts: ['6443'],
    externals: [
      { service: 'shop/front', addresses: ['10.0.0.21', '203.0.113.7'] },
      { service: 'shop/mail', addresses: ['203.0.113.8'] },
    ],
    hasProxyConfigMap: true,
    proxyConfig: { mode: 'ipvs' },
    felix: { nodePortRanges: ['30000:32767', '40000:41000'], markMask: '0xffff0000', bpf: null },
  });
  expect(answer.cluster.nodes[0]).toEqual({
    name: 'cp-1',
    kubelet: 'v1.34.1',
    kernel: '6.1.0-40-amd64',
    runtime: 'containerd://1.7.27',
    ready: 'True',
    addresses: ['10.0.0.11'],
  });
  const operator = parse(kubectlCluster, recorded('cluster-operator'));
  if (operator.state !== 'answered') throw new Error('no answer');
  expect(operator.cluster.enforced).toEqual(new Map([['calico-system', 'privileged']]));
  expect(parse(kubectlCluster, recorded('cluster-refused'))).toMatchObject({ state: 'refused' });
  expect(parse(kubectlCluster, recorded('cluster-no-kubectl'))).toMatchObject({
    state: 'no-kubectl',
  });
});

test('kube-proxy-mode: by its own word, and by what it left in the kernel', () => {
  expect(parse(kubeProxyMode, recorded('mode-nftables'))).toMatchObject({ nftTable: true });
  expect(parse(kubeProxyMode, recorded('mode-iptables'))).toMatchObject({ iptablesChains: true });
  expect(parse(kubeProxyMode, 'says ipvs\nend\n')).toMatchObject({ says: 'ipvs', nftTable: null });
});

test('kubelet-version: a version, none, or garbled', () => {
  expect(parse(kubeletVersion, 'Kubernetes v1.34.1\n').version).toBe('v1.34.1');
  expect(parse(kubeletVersion, 'none\n').version).toBeNull();
  expect(() => parse(kubeletVersion, 'kubelet: not found\n')).toThrow(ProbeParseError);
});

describe.each([
  [processes, 'process 1 kubelet\n'],
  [kubernetesFiles, 'file /etc/x\n'],
  [kubeProxyMode, ''],
  [kubectlCluster, 'kubeconfig /etc/x\nserver v1.34.1\n'],
  [kubeletVersion, ''],
] as [Probe<unknown>, string][])('bad input of %#', (probe, opening) => {
  const junk = [
    '',
    'x',
    '\0',
    'end',
    'process\nend',
    'process 1 bash\nend',
    'flag\nend',
    'flag token=x\nend',
    'node x\nend',
    'rbac x y z\nend',
    'server x\nend',
    'config mode\nend',
    'key\nend',
    'proxy : : :\nend',
    'felix\nend',
    'external\nend',
    'enforce\nend',
    'file ../x\nend',
  ];
  test.each(junk)('%j is read or refused, nothing else', (text) => {
    for (const whole of [text, opening + text]) {
      try {
        parse(probe, whole);
      } catch (error) {
        expect(error).toBeInstanceOf(ProbeParseError);
      }
    }
  });
  test.each([
    'a',
    ' ',
    ':',
    'flag ',
    'config masqueradeAll: ',
    '"',
    'process 1 kubelet\n',
    'node ',
  ])('10 MB of %j take less than a second', (text) => {
    const whole = `${opening}${text.repeat(Math.floor(10_000_000 / text.length))}\nend\n`;
    const work = (): void => {
      try {
        parse(probe, whole);
      } catch (error) {
        expect(error).toBeInstanceOf(ProbeParseError);
      }
    };
    expect(processorMs(work)).toBeLessThan(3000);
  });
});
