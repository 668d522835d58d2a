import { describe, expect, test } from 'vitest';
import { apiServer } from '../../../checks/paths/api-server.js';
import { bgp } from '../../../checks/paths/bgp.js';
import { etcd } from '../../../checks/paths/etcd.js';
import { flannelVxlan } from '../../../checks/paths/flannel-vxlan.js';
import { pathsChecks } from '../../../checks/paths/index.js';
import { ipip } from '../../../checks/paths/ipip.js';
import { typha } from '../../../checks/paths/typha.js';
import { vxlan } from '../../../checks/paths/vxlan.js';
import { wireguardIpv4 } from '../../../checks/paths/wireguard-ipv4.js';
import { wireguardIpv6 } from '../../../checks/paths/wireguard-ipv6.js';
import type { AnyClusterCheck, Verdict } from '../../../src/domain/check.js';
import { DEFAULT_INTENT, type Intent } from '../../../src/domain/intent.js';
import { judgeCluster } from '../../../src/engine/judge.js';

const fleet = ['n1', 'n2'].map((name) => ({
  node: { name, host: name, roles: ['worker'] as const },
  answers: new Map(),
}));
const judged = (check: AnyClusterCheck, change: Partial<Intent> = {}): Verdict =>
  judgeCluster(check, fleet, { ...DEFAULT_INTENT, ...change });

describe.each<[AnyClusterCheck, Partial<Intent>, Partial<Intent> | null, string]>([
  [bgp, {}, { bgp: false }, '179'],
  [bgp, {}, { network: 'flannel' }, '179'],
  [ipip, { encapsulation: 'ipip-cross-subnet' }, { encapsulation: 'vxlan' }, 'protocol 4'],
  [vxlan, { encapsulation: 'vxlan', vxlanPort: 4799 }, {}, 'UDP 4799'],
  [vxlan, { dataplane: 'ebpf' }, { network: 'flannel' }, 'UDP 4789'],
  [typha, { typhaPort: 5474 }, { typha: false }, 'TCP 5474'],
  [wireguardIpv4, { wireguard: 'both' }, { wireguard: 'ipv6' }, 'UDP 51820'],
  [wireguardIpv6, { wireguard: 'both' }, { wireguard: 'ipv4' }, 'UDP 51821'],
  [flannelVxlan, { network: 'flannel', vxlanPort: 8472 }, {}, 'UDP 8472'],
  [apiServer, { apiServer: '10.0.0.9:6443' }, null, '10.0.0.9:6443'],
  [apiServer, { apiServerPort: 443 }, null, 'TCP 443'],
  [etcd, { datastore: 'etcd', etcdEndpoints: ['https://10.0.0.1:2390'] }, {}, '10.0.0.1:2390'],
  [etcd, { datastore: 'etcd' }, {}, 'TCP 2379'],
])('%o', (check, used, unused, words) => {
  test('it is unknown until the paths are tested, and says how to know', () => {
    expect(judged(check, used)).toMatchObject({
      status: 'unknown',
      reason: expect.stringMatching(/^not-run: /) as unknown,
      toKnow: expect.stringContaining('sends no test traffic') as unknown,
    });
  });

  test('it does not apply to an intent without it', () => {
    expect(judged(check, unused ?? {}).status).toBe(unused === null ? 'unknown' : 'not-applicable');
  });

  test('its rule names what this intent sends', () => {
    expect(check.rule?.({ ...DEFAULT_INTENT, ...used })).toContain(words);
  });
});

test('no path decides about readiness before it is tested', () => {
  expect(pathsChecks.map(({ severity }) => severity)).toEqual(Array(9).fill('recommended'));
});
