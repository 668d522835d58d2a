import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { machineIdUnique } from '../../../checks/identity/machine-id-unique.js';
import { nodenameFile } from '../../../checks/identity/nodename-file.js';
import { DEFAULT_INTENT } from '../../../src/domain/intent.js';
import { answersOf } from '../../../src/engine/answers.js';
import { judgeCluster } from '../../../src/engine/judge.js';
import { probesOf } from '../../../src/engine/plan.js';
import { nodeEvidenceOf, testCheck } from '../../helpers/check-tester.js';
import { recorded as cluster } from '../kubernetes/recorded.js';

const recorded = (name: string): string =>
  readFileSync(new URL(`recorded/${name}.txt`, import.meta.url), 'utf8');
const says = (name: string) => ({
  'calico-nodename': recorded(`nodename-${name}`),
  hostname: recorded('hostname'),
});

const kubelet = (name: string): string =>
  cluster('processes-kubeadm').replace(
    'flag node-ip',
    `flag hostname-override=${name}\nflag node-ip`,
  );

testCheck(nodenameFile, [
  { name: 'no file passes', says: says('absent'), expect: { status: 'pass' } },
  { name: 'its own name passes', says: says('own'), expect: { status: 'pass' } },
  {
    name: 'a line end warns',
    says: says('newline'),
    expect: { status: 'warn', found: expect.stringContaining('ends with a line end') },
    fixes: ['delete'],
  },
  {
    name: 'the name of before warns',
    says: says('old'),
    expect: { status: 'warn', found: expect.stringContaining('says old-node') },
  },
  {
    name: 'a long form of the name passes',
    // Composed by hand.
    says: { ...says('own'), 'calico-nodename': 'end node-1.example.org\n' },
    expect: { status: 'pass' },
  },
  {
    name: 'the name that the kubelet was told passes',
    // Composed by hand: the recorded kubelet with one more flag.
    says: { ...says('old'), processes: kubelet('old-node') },
    expect: { status: 'pass', found: expect.stringContaining('as --hostname-override') },
  },
  {
    name: 'the host name is not right where the kubelet was told another',
    says: { ...says('own'), processes: kubelet('other') },
    expect: {
      status: 'warn',
      found: expect.stringContaining('--hostname-override of the kubelet'),
    },
  },
  {
    name: 'without the host name it is unknown',
    says: { 'calico-nodename': recorded('nodename-own'), processes: kubelet('other') },
    expect: { status: 'unknown' },
  },
  { name: 'nothing asked is unknown', says: {}, expect: { status: 'unknown' } },
  {
    name: 'garbage is unknown',
    says: { ...says('own'), 'calico-nodename': 'x' },
    expect: { status: 'unknown' },
  },
]);

test.each([
  [['1', '2'], 'pass'],
  [['1', '1'], 'warn'],
  [['1', 'none'], 'warn'],
] as const)('machine-ids %j: %s', (names, status) => {
  const probes = probesOf(machineIdUnique);
  const fleet = names.map((name, index) => ({
    node: { name: `n${String(index)}`, host: 'h', roles: ['worker'] as const },
    answers: answersOf(
      probes,
      nodeEvidenceOf(probes, { 'machine-id': recorded(`machine-id-${name}`) }),
    ),
  }));
  expect(judgeCluster(machineIdUnique, fleet, DEFAULT_INTENT)).toMatchObject({ status });
});
