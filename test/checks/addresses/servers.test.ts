import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import { poolHostOverlap } from '../../../checks/addresses/pool-host-overlap.js';
import { poolServiceOverlap } from '../../../checks/addresses/pool-service-overlap.js';
import { testCheck } from '../../helpers/check-tester.js';

const recorded = (name: string): string =>
  readFileSync(new URL(`recorded/${name}.txt`, import.meta.url), 'utf8');
// A name server composed by hand, in the form of the recorded answers of this probe.
const SAYS = {
  'ip-addr': recorded('ip-addr'),
  'ip-route': recorded('ip-route'),
  'resolv-conf': 'file /etc/resolv.conf\nnameserver 172.20.0.53\nend\n',
};

testCheck(poolHostOverlap, [
  {
    name: 'a name server in the pool fails',
    says: SAYS,
    intent: { podCIDRs: ['172.20.0.0/16'] },
    expect: { status: 'fail', found: expect.stringContaining('the name server 172.20.0.53') },
  },
  {
    name: 'the API server of the intent in the pool fails',
    says: SAYS,
    intent: { podCIDRs: ['172.21.0.0/16'], apiServer: '172.21.3.4:6443' },
    expect: { status: 'fail', found: expect.stringContaining('172.21.3.4 of the intent') },
  },
  {
    name: 'etcd over IPv6 in the pool fails',
    says: SAYS,
    intent: { podCIDRs: ['fd00:9::/48'], etcdEndpoints: ['https://[fd00:9::5]:2379'] },
    expect: { status: 'fail', found: expect.stringContaining('fd00:9::5 of the intent') },
  },
  {
    name: 'servers elsewhere, and names, pass',
    says: SAYS,
    intent: {
      podCIDRs: ['172.22.0.0/16'],
      apiServer: 'api.example.com:6443',
      etcdEndpoints: ['https://10.9.9.9:2379'],
    },
    expect: { status: 'pass' },
  },
]);

testCheck(poolServiceOverlap, [
  {
    name: 'an API server in the service range warns',
    says: {},
    intent: { apiServer: '10.96.4.4:6443' },
    expect: { status: 'warn', found: expect.stringContaining('10.96.4.4 of the intent') },
  },
  {
    name: 'an API server in neither passes',
    says: {},
    intent: { apiServer: '203.0.113.4:6443' },
    expect: { status: 'pass' },
  },
]);
