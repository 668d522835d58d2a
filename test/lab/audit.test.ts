import { beforeAll, expect, test } from 'vitest';
import { builtCli } from '../helpers/built.js';
import { auditLab, calicoReady, having, intentFile, listing } from './lab-cli.js';
import { describeLab } from './lab-helper.js';

const NODES = ['node-1', 'node-2', 'node-3'];

describeLab('an audit of real nodes', { nodes: 3 }, (lab) => {
  let intent = '';
  beforeAll(async () => {
    await builtCli();
    intent = intentFile(lab());
    await lab().break('node-1', 'firewalld');
    await lab().break('node-2', 'networkmanager-plain-equals');
  });

  test('finds what is wrong, nothing else, and ends 1', async () => {
    const { code, report } = await auditLab(lab(), '--intent', intent);
    expect(code).toBe(1);
    expect(having(report, 'fail')).toEqual([
      'node-1 interfaces/networkmanager',
      'node-1 firewall/firewalld',
      'node-2 interfaces/networkmanager',
      'node-3 interfaces/networkmanager',
    ]);
    // Nothing that is required stays open: a machine without DMI tables, and paths that were not tested, alone.
    const open = report.nodes.flatMap(({ findings }) =>
      findings.filter(({ status, severity }) => status === 'unknown' && severity === 'required'),
    );
    expect(open).toEqual([]);
    expect(report.nodes.map(({ readiness }) => readiness)).toEqual(NODES.map(() => 'not-ready'));
    const firewalld = report.nodes[0]?.findings.find((one) => one.check === 'firewall/firewalld');
    expect(firewalld?.fixes.map(({ way, byHand }) => [way, byHand ?? false])).toEqual([
      ['disable', false],
      ['open', true],
      ['handover', true],
    ]);
    expect(firewalld?.evidence.length).toBeGreaterThan(0);
  });

  test('changes no file on a node', async () => {
    const before = await Promise.all(NODES.map((name) => listing(lab(), name)));
    await auditLab(lab(), '--intent', intent);
    await auditLab(lab(), '--intent', intent, '--become-shell');
    expect(await Promise.all(NODES.map((name) => listing(lab(), name)))).toEqual(before);
  });

  test('with the default intent says that the kernel has no IPIP, and which intent passes', async () => {
    const { code, report } = await auditLab(lab());
    expect(code).toBe(1);
    for (const { findings } of report.nodes) {
      const ipip = findings.find((one) => one.check === 'kernel/ipip');
      expect(ipip).toMatchObject({ status: 'fail', severity: 'required' });
      expect(ipip?.alternatives).toContain('encapsulation: vxlan');
      expect(findings.find((one) => one.check === 'kernel/vxlan')?.status).toBe('not-applicable');
    }
    const human = await calicoReady(lab(), 'audit');
    expect(human.stdout.replace(/\s+/g, ' ')).toContain('would pass with: encapsulation: vxlan');
  });

  test('of one node without sudo says so, and asks the others all the same', async () => {
    await lab().break('node-3', 'no-sudo');
    await lab().break('node-2', 'host-key');
    const { code, report } = await auditLab(lab(), '--intent', intent, '--become-shell');
    expect(code).toBe(1);
    expect(report.nodes.map(({ reached }) => reached)).toEqual([true, false, false]);
    expect(report.nodes[1]?.reason).toMatch(/^host-key-changed: /);
    expect(report.nodes[2]?.reason).toMatch(/^no-privilege: /);
  });
});
