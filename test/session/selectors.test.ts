import { expect, test } from 'vitest';
import { DEFAULT_INTENT } from '../../src/domain/intent.js';
import {
  findingsGrid,
  findingsOf,
  openProblems,
  unreachedNodes,
} from '../../src/session/selectors/findings.js';
import { impliedBy } from '../../src/session/selectors/implied.js';
import { signatureSays } from '../../src/session/selectors/sign-off.js';
import { FAKE_CATALOGUE } from '../helpers/fake-catalogue.js';
import { broken, healthy } from '../helpers/fake-ports.js';
import { session, type TestSession } from './session.js';

async function fleet(): Promise<TestSession> {
  const swapping = healthy();
  swapping.words['fake-swap'] = 'on';
  const made = session({
    fine1: healthy(),
    bad1: broken(),
    gone: healthy({ unreached: 'no-route: no route to host' }),
    fine2: healthy(),
    bad2: broken(),
    swapping,
  });
  made.actions.setIntent({ encapsulation: 'vxlan' });
  await made.actions.runSurvey();
  return made;
}

const reportOf = ({ state }: TestSession): NonNullable<ReturnType<typeof state>['report']> => {
  const { report } = state();
  if (report === null) throw new Error('there is a report');
  return report;
};

test('nodes that agree are folded, the least ready first, the worst checks on top', async () => {
  const { groups, rows } = findingsGrid(reportOf(await fleet()));
  expect(groups.map((group) => group.nodes.map((node) => node.name))).toEqual([
    ['bad1', 'bad2'],
    ['gone'],
    ['fine1', 'fine2'],
    ['swapping'],
  ]);
  expect(rows.map((row) => [row.check, row.worst, row.cells.join(' ')])).toEqual([
    ['fake/firewall', 'fail', 'fail unknown pass pass'],
    ['fake/manager', 'fail', 'fail unknown pass pass'],
    ['fake/same-machine', 'unknown', ''],
    ['fake/swap', 'warn', 'pass unknown pass warn'],
    // The second group was not reached; that alone makes no row worse.
    ['fake/machine', 'pass', 'pass unknown pass pass'],
    ['fake/tunnel', 'pass', 'pass unknown pass pass'],
  ]);
});

test('drilling down shows each node; unreached ones are listed', async () => {
  const report = reportOf(await fleet());
  expect(findingsOf(report, 'fake/firewall').map(({ finding }) => finding.status)).toEqual([
    'pass',
    'fail',
    'unknown',
    'pass',
    'fail',
    'pass',
  ]);
  expect(unreachedNodes(report).map((node) => node.name)).toEqual(['gone']);
});

test('what is open is listed once a check and status, blocking first; a waiver closes it', async () => {
  const made = await fleet();
  const list = (): string[] =>
    openProblems(reportOf(made), FAKE_CATALOGUE).map(
      (one) =>
        `${one.check} ${one.status} ${one.nodes.join('+')}${one.blocking ? ' blocks' : ''}${one.waivable ? '' : ' never waived'}`,
    );
  expect(list()).toEqual([
    'fake/firewall fail bad1+bad2 blocks',
    'fake/manager fail bad1+bad2 blocks',
    'fake/same-machine unknown ',
    'fake/swap warn swapping',
  ]);
  made.actions.addWaiver({
    check: 'fake/firewall',
    nodes: ['bad1'],
    who: 'op',
    why: 'x',
    until: '2026-12-31',
  });
  expect(list()[0]).toBe('fake/manager fail bad1+bad2 blocks');
  expect(list()).toContain('fake/firewall fail bad2 blocks');
});

test('the signature says what it says and what it does not', async () => {
  const made = await fleet();
  expect(signatureSays(made.state(), FAKE_CATALOGUE)).toEqual([
    '5 nodes were asked and answered what the bundle holds.',
    '1 node was not reached, and nothing is said of it.',
    'The fleet is not ready for this intent.',
    '2 required checks are open, and listed as such.',
    'The paths between the nodes were not tested, and the signature does not speak of them.',
    'It proves who made the bundle and that nothing in it changed since, not that the nodes stay so.',
  ]);
  expect(signatureSays(session({}).state(), FAKE_CATALOGUE)[0]).toContain('nothing to sign');
});

test('the intent says which checks, ports and modules it implies', () => {
  const ipip = impliedBy(DEFAULT_INTENT, FAKE_CATALOGUE);
  expect(ipip.ports).toEqual([
    'tcp/179 BGP',
    'ip/4 IP-in-IP',
    'tcp/5473 Typha',
    'tcp/6443 Kubernetes API',
  ]);
  expect(ipip.modules).toEqual(['ipip']);
  expect(ipip.skipped).toEqual([
    { check: 'fake/tunnel', why: 'the intent uses no tunnel of this kind' },
  ]);
  const vxlan = impliedBy(
    { ...DEFAULT_INTENT, encapsulation: 'vxlan', bgp: false, typha: false, wireguard: 'both' },
    FAKE_CATALOGUE,
  );
  expect(vxlan.ports).toEqual([
    'udp/4789 VXLAN',
    'udp/51820 WireGuard IPv4',
    'udp/51821 WireGuard IPv6',
    'tcp/6443 Kubernetes API',
  ]);
  expect(vxlan.modules).toEqual(['vxlan', 'wireguard']);
  expect(vxlan.checks).toContain('fake/tunnel');
});
