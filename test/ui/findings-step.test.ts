import { afterEach, expect, it } from 'vitest';
import { DEFAULT_INTENT } from '../../src/domain/intent.js';
import { broken, healthy } from '../helpers/fake-ports.js';
import { closeWizards, startWizard, surveyed } from '../helpers/render-session.js';
import { KEY } from '../helpers/screen.js';

afterEach(closeWizards);

const open = () =>
  startWizard({
    world: {
      n1: healthy(),
      n2: broken(),
      n3: broken(),
      n4: healthy({ unreached: 'timed-out: no answer in 10 s' }),
    },
    before: async (session) => {
      await surveyed(session);
      session.actions.goTo('findings');
    },
  });

it('lists problems against groups of nodes that agree, the worst first', async () => {
  const { screen } = await open();
  expect(await screen.shows('Findings  5/9', 'Enter to the paths')).toMatchInlineSnapshot(`
    "calico-ready  Findings  5/9
    What was found, the worst first. Nodes that agree in everything share a column.
    Right opens a finding.
    ────────────────────────────────────────────────────────────────────────────────
    The fleet is NOT READY: 4 failed, 6 unknown, 0 warnings, 8 passed.
    A n2, n3   B n4 (not reached)   C n1
      Worst         Check              A B C  Requirement
    ❯ ✖ failed      fake/firewall      ✖ ? ✔  The firewall is inactive
      ✖ failed      fake/manager       ✖ ? ✔  The manager leaves interfaces alone
      ? unknown     fake/same-machine  fleet  All nodes are of one kind
    The firewall is inactive (required)










    Same as: calico-ready audit n1 n2 n3 n4
    Enter to the paths · Right open · f all checks · m fixes · ? help · Ctrl-C leave"
  `);
  await screen.press('f');
  await screen.shows('fake/tunnel        – ? –', 'f problems only');
});

it('Right opens a finding, then its raw output; Escape goes back to where it was', async () => {
  const { screen } = await open();
  await screen.press(KEY.down, KEY.right);
  expect(await screen.shows('failed on n2, n3', 'Enter raw output')).toMatchInlineSnapshot(`
    "calico-ready  Findings  5/9
    What was found, the worst first. Nodes that agree in everything share a column.
    Right opens a finding.
    ────────────────────────────────────────────────────────────────────────────────
    fake/manager  (required)
    The manager leaves interfaces alone

    ✖ failed on n2, n3
      Found:      cali* is managed
      Expected:   cali* is unmanaged
      Fix (safe): Does unmanaged.

    ? unknown on n4
      Found:      not known (timed-out: no answer in 10 s)
      What to do: Check that the node is up and not overloaded, or give it more time
      with --timeout.

    ✔ passed on n1
      Found:      cali* is unmanaged
    lines 1 to 15 of 20

    Same as: calico-ready audit n1 n2 n3 n4
    Enter raw output · m to the fixes · Up/Down scroll · ? help · Ctrl-C leave"
  `);
  await screen.press(KEY.enter);
  await screen.shows('fake/manager was judged on 3 outputs');
  await screen.press(KEY.enter);
  await screen.shows('n2$ show fake-manager', 'exit status 0', 'managed');
  await screen.press(KEY.esc, KEY.esc, KEY.esc);
  await screen.shows('❯ ✖ failed      fake/manager');
});

it('m leads to the fixes, Enter on to the paths, which were not tested', async () => {
  const { screen } = await open();
  await screen.press('m');
  await screen.shows('Fixes  7/9');
  await screen.press('5');
  await screen.shows('Findings  5/9');
  await screen.press(KEY.enter);
  expect(await screen.shows('Paths  6/9', 'Enter to the fixes')).toMatchInlineSnapshot(`
    "calico-ready  Paths  6/9
    What has to pass between the nodes for this intent. This version lists the paths
    and does not test them.
    ────────────────────────────────────────────────────────────────────────────────
    Not tested.
    No packet was sent between the nodes. Whether these paths are open is not known.

    For this intent each of these has to pass, in every direction (12 pairs):
      tcp/179 BGP
      ip/4 IP-in-IP
      tcp/5473 Typha
      tcp/6443 Kubernetes API

    Test each TCP port from node to node by hand, for example:
      nc -vz -w 3 OTHER-NODE 179
    The report and the signature say that the paths were not tested.





    Same as: calico-ready audit n1 n2 n3 n4
    Enter to the fixes · Esc back · Tab steps · ? help · Ctrl-C leave"
  `);
});

it('names an intent that would do better, and i takes it over after a question', async () => {
  const riscv = healthy();
  riscv.words['fake-machine'] = 'riscv64';
  const { screen, state } = await startWizard({
    world: { n1: healthy(), n2: riscv },
    initial: { intent: { ...DEFAULT_INTENT, encapsulation: 'vxlan' } },
    before: async (session) => {
      await surveyed(session);
      session.actions.goTo('findings');
    },
  });
  await screen.shows('An intent with which fewer required checks fail: encapsulation: ipip');
  await screen.press(KEY.down, KEY.right);
  await screen.shows('Passes with: encapsulation: ipip');
  await screen.press(KEY.esc, 'i');
  await screen.shows('encapsulation: vxlan becomes ipip', 'Enter use this intent · Esc keep mine');
  await screen.press(KEY.esc);
  await screen.shows('❯ ✖ failed      fake/tunnel');
  expect(state().intent.encapsulation).toBe('vxlan');
  await screen.press('i', KEY.enter);
  await screen.shows('Intent  2/9', 'Encapsulation  ipip');
  expect(state().intent.encapsulation).toBe('ipip');
  expect(state().report?.suggestion).toBeUndefined();
});
