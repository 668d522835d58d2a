import { expect, test } from 'vitest';
import { hostname } from '../../../checks/identity/hostname.js';
import { hostnameUnique } from '../../../checks/identity/hostname-unique.js';
import { answersOf } from '../../../src/engine/answers.js';
import { judgeCluster } from '../../../src/engine/judge.js';
import { probesOf } from '../../../src/engine/plan.js';
import type { Verdict } from '../../../src/domain/check.js';
import { DEFAULT_INTENT } from '../../../src/domain/intent.js';
import { nodeEvidenceOf, pasted, testCheck } from '../../helpers/check-tester.js';
import { recorded } from '../kubernetes/recorded.js';

const says = (name: string) => ({ hostname: `${name}\n` });
const LONG = 'a'.repeat(64);

testCheck(hostname, [
  {
    name: 'a plain name passes',
    says: says('node-1'),
    expect: { status: 'pass', found: 'node-1' },
  },
  {
    name: 'a full name passes',
    says: says('node-1.rack2.example.com'),
    expect: { status: 'pass' },
  },
  { name: 'one letter passes', says: says('a'), expect: { status: 'pass' } },
  {
    name: 'capitals are lowered by both programs, and warn',
    says: says('Node-1'),
    expect: {
      status: 'warn',
      found: 'Node-1 has upper-case letters; kubelet and calico-node make node-1 of it',
    },
  },
  { name: 'underscores fail', says: says('node_1'), expect: { status: 'fail' } },
  { name: 'a dash at the end fails', says: says('node-'), expect: { status: 'fail' } },
  { name: 'a dot at the end fails', says: says('node.'), expect: { status: 'fail' } },
  { name: 'two dots fail', says: says('a..b'), expect: { status: 'fail' } },
  { name: 'a long part fails', says: says(LONG), expect: { status: 'fail' } },
  {
    name: 'localhost is valid, and a warning',
    says: says('localhost.localdomain'),
    expect: { status: 'warn' },
  },
  { name: '(none) fails', says: says('(none)'), expect: { status: 'fail' } },
  {
    name: 'the name that the kubelet was told counts in its place',
    // Composed by hand: the recorded kubelet with one more flag.
    says: {
      ...says('node_1'),
      processes: recorded('processes-kubeadm').replace(
        'flag node-ip',
        'flag hostname-override=node-1\nflag node-ip',
      ),
    },
    expect: { status: 'pass', found: 'node-1, by --hostname-override of the kubelet' },
  },
  {
    name: 'the one of kube-proxy does not',
    says: { ...says('node_1'), processes: recorded('processes-kubeadm') },
    expect: { status: 'fail' },
  },
  {
    name: 'a bad override fails, whatever the host is called',
    // Composed by hand, likewise.
    says: {
      ...says('node-1'),
      'kubernetes-files': recorded('files-kubeadm').replace(
        'flag container-runtime-endpoint',
        'flag hostname-override=node_1\nflag container-runtime-endpoint',
      ),
    },
    expect: { status: 'fail', found: expect.stringContaining('node_1, by --hostname-override') },
  },
  {
    name: 'Kubernetes without an override says nothing of the name',
    says: { processes: recorded('processes-flags') },
    expect: { status: 'unknown' },
  },
  {
    name: 'a pasted uname -a tells',
    says: {
      'uname-a': pasted('Linux Web1 6.1.0-18-amd64 #1 SMP Debian 6.1.76-1 x86_64 GNU/Linux\n'),
    },
    expect: { status: 'warn' },
  },
  {
    name: 'a pasted hostnamectl tells',
    says: {
      hostnamectl: pasted(
        '   Static hostname: web-1\n  Operating System: Debian GNU/Linux 12 (bookworm)\n',
      ),
    },
    expect: { status: 'pass', found: 'web-1' },
  },
  {
    name: 'the transient name of a cloud image that has no static one (composed by hand)',
    says: {
      hostnamectl: pasted(
        '   Static hostname: (unset)\nTransient hostname: worker-7.internal\n  Operating System: Debian GNU/Linux 12 (bookworm)\n',
      ),
    },
    expect: { status: 'pass', found: 'worker-7.internal' },
  },
  {
    name: 'the transient name is the kernel’s, whatever the static one is (composed by hand)',
    says: {
      hostnamectl: pasted(
        '   Static hostname: web-1\nTransient hostname: web_1\n  Operating System: Debian GNU/Linux 12 (bookworm)\n',
      ),
    },
    expect: { status: 'fail' },
  },
  {
    name: 'an unset static name of an older systemd is unknown',
    says: {
      hostnamectl: pasted(
        '   Static hostname: n/a\n  Operating System: Debian GNU/Linux 10 (buster)\n',
      ),
    },
    expect: { status: 'unknown' },
  },
  {
    name: 'an unset static name is unknown',
    says: {
      hostnamectl: pasted(
        '   Static hostname: (unset)\n  Operating System: Debian GNU/Linux 12 (bookworm)\n',
      ),
    },
    expect: { status: 'unknown' },
  },
  { name: 'garbage is unknown', says: { hostname: 'a b\nc\n' }, expect: { status: 'unknown' } },
  { name: 'an empty answer is unknown', says: { hostname: '' }, expect: { status: 'unknown' } },
  { name: 'nothing asked is unknown', says: {}, expect: { status: 'unknown' } },
]);

type Said = Parameters<typeof nodeEvidenceOf>[1];

const unique = (...names: readonly (string | null)[]): Verdict =>
  uniqueOf(...names.map((name) => (name === null ? {} : says(name))));

function uniqueOf(...fleetSaid: readonly Said[]): Verdict {
  const fleet = fleetSaid.map((said, index) => {
    const node = `n${String(index + 1)}`;
    return {
      node: { name: node, host: node, roles: [] },
      answers: answersOf(
        probesOf(hostnameUnique),
        nodeEvidenceOf(probesOf(hostnameUnique), said, node),
      ),
    };
  });
  return judgeCluster(hostnameUnique, fleet, DEFAULT_INTENT);
}

test('different names pass', () => {
  expect(unique('a', 'b')).toMatchObject({ status: 'pass' });
});
test('equal names fail, whatever their case, and name both nodes', () => {
  expect(unique('web', 'b', 'WEB')).toMatchObject({
    status: 'fail',
    found: 'the same host name: web (n1, n3)',
  });
});
test('a node that did not say leaves it unknown, but not a clash that is seen', () => {
  expect(unique('a', null)).toMatchObject({ status: 'unknown' });
  expect(unique('a', 'a', null)).toMatchObject({ status: 'fail' });
});

// Composed by hand, in the words of uname(1) and hostnamectl(1).
const unameOf = (name: string): Said => ({
  'uname-a': pasted(`Linux ${name} 6.1.0-18-amd64 #1 SMP Debian 6.1.76-1 x86_64 GNU/Linux\n`),
});
const hostnamectlOf = (name: string): Said => ({
  hostnamectl: pasted(
    `   Static hostname: ${name}\n  Operating System: Debian GNU/Linux 12 (bookworm)\n`,
  ),
});
test.each<[string, readonly Said[], string]>([
  ['uname -a tells names', [unameOf('a'), unameOf('b')], 'pass'],
  ['uname -a tells a clash', [unameOf('a'), says('A')], 'fail'],
  ['hostnamectl tells names', [hostnamectlOf('a'), unameOf('b')], 'pass'],
  ['hostnamectl tells a clash', [hostnamectlOf('a'), unameOf('a')], 'fail'],
  [
    'hostnamectl without a name leaves it unknown',
    [hostnamectlOf('(unset)'), says('b')],
    'unknown',
  ],
])('of pasted nodes %s', (_, said, status) => {
  expect(uniqueOf(...said)).toMatchObject({ status });
});
