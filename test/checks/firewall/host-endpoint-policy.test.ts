import { describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { admittedBy, hostEndpointPolicy } from '../../../checks/firewall/host-endpoint-policy.js';
import { needsOf } from '../../../checks/firewall/needs.js';
import { DEFAULT_INTENT, type Intent } from '../../../src/domain/intent.js';

type Rule = {
  readonly action: string;
  readonly protocol?: string | number;
  readonly destination?: { readonly ports: readonly number[] };
  readonly source?: { readonly nets: readonly string[] };
};
type Document = {
  readonly kind: string;
  readonly spec: { readonly ingress?: readonly Rule[]; readonly interfaceName?: string };
};

const read = (intent: Intent): readonly Document[] =>
  parseAllDocuments(hostEndpointPolicy(intent)).map((document) => {
    expect(document.errors).toEqual([]);
    return document.toJS() as Document;
  });

describe.each<Partial<Intent>>([
  {},
  { encapsulation: 'vxlan', bgp: false },
  { wireguard: 'both', ipFamilies: ['ipv4', 'ipv6'], podCIDRs: ['10.0.0.0/8', 'fd00::/48'] },
  { datastore: 'etcd', etcdEndpoints: ['https://10.0.0.1:2390'], typha: false },
  { dataplane: 'ebpf', apiServerPort: 443, podCIDRs: [] },
])('for %j', (change) => {
  const intent = { ...DEFAULT_INTENT, ...change };
  const [policy, endpoint] = read(intent);
  const rules = policy?.spec.ingress ?? [];

  test('it is a policy and a host endpoint', () => {
    expect(policy?.kind).toBe('GlobalNetworkPolicy');
    expect(endpoint).toMatchObject({ kind: 'HostEndpoint', spec: { interfaceName: '*' } });
  });

  test('it admits all that any node of this intent needs', () => {
    const needs = needsOf(intent, ['control-plane', 'etcd']);
    expect(needs.length).toBeGreaterThan(0);
    for (const { port, protocol } of needs)
      expect(rules).toContainEqual(
        protocol === 'ip'
          ? { action: 'Allow', protocol: port }
          : { action: 'Allow', protocol: protocol.toUpperCase(), destination: { ports: [port] } },
      );
  });

  test('it admits SSH, the kubelet and pods, and no port twice', () => {
    const ports = rules.flatMap(({ destination }) => destination?.ports ?? []);
    expect(ports).toEqual(expect.arrayContaining([22, 10250]));
    expect(admittedBy(intent)).toHaveLength(
      new Set(admittedBy(intent).map((one) => `${String(one.port)}/${one.protocol}`)).size,
    );
    expect(rules.flatMap(({ source }) => source?.nets ?? [])).toEqual(intent.podCIDRs);
  });
});
