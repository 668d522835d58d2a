import { afterEach, expect, it } from 'vitest';
import { broken, healthy } from '../helpers/fake-ports.js';
import { closeWizards, startWizard, surveyed } from '../helpers/render-session.js';
import { KEY } from '../helpers/screen.js';

afterEach(closeWizards);

const open = (
  step: 'sign-off' | 'export',
  demo = false,
  size: { columns?: number; rows?: number } = {},
) =>
  startWizard({
    ...size,
    initial: { demo },
    world: { n1: healthy(), n2: broken() },
    before: async (session) => {
      await surveyed(session);
      session.actions.goTo(step);
    },
  });

it('a waiver is given with a name, a reason and a last day, and taken back', async () => {
  const { screen, state } = await open('sign-off');
  expect(await screen.shows('Sign-off  8/9', 'w waive')).toMatchInlineSnapshot(`
    "calico-ready  Sign-off  8/9
    What is still open, and what the signature will say. A waiver needs a name, a
    reason and a last day, and is always shown.
    ────────────────────────────────────────────────────────────────────────────────
    The fleet is NOT READY: 2 problems in the way, 0 waivers.
      State          Blocks  Check          Where
    ❯ ✖ failed       yes     fake/firewall  n2
      ✖ failed       yes     fake/manager   n2
    The firewall is inactive: n2. w waives it.
    What the signature will say
    2 nodes were asked and answered what the bundle holds.
    The fleet is not ready for this intent.
    2 required checks are open, and listed as such.
    The paths between the nodes were not tested, and the signature does not speak of
    them.
    It proves who made the bundle and that nothing in it changed since, not that the
    nodes stay so.




    Same as: calico-ready audit n1 n2
    Enter to the export · w waive · Right what is signed · ? help · Ctrl-C leave"
  `);
  await screen.press('w');
  await screen.shows('Waive fake/firewall', '2026-05-30', 'Enter waive it');
  await screen.press(
    'ops@example.com',
    KEY.enter,
    'Accepted until the move.',
    KEY.enter,
    KEY.enter,
  );
  await screen.shows('1 problem in the way, 1 waiver');
  expect(state().waivers).toMatchObject([
    { check: 'fake/firewall', who: 'ops@example.com', until: '2026-05-30', nodes: ['n2'] },
  ]);
  await screen.press(KEY.end, 'd');
  await screen.shows('2 problems in the way, 0 waivers');
  expect(state().waivers).toEqual([]);
});

it('a waiver without a reason is refused with a sentence, and the form stays', async () => {
  const { screen, state } = await open('sign-off');
  await screen.press('w', 'ops', KEY.enter, KEY.enter);
  await screen.shows('Error: A waiver needs a reason.', 'Waive fake/firewall');
  await screen.press(KEY.esc);
  await screen.shows('2 problems in the way');
  expect(state().waivers).toEqual([]);
});

it('Right shows all that the signature will say', async () => {
  const { screen } = await open('sign-off');
  await screen.press(KEY.right);
  await screen.shows('It proves who made the bundle', 'Esc back');
});

it('export: the likeliest key is offered, Enter writes, and the result says how to verify', async () => {
  const { screen, state, result } = await open('export');
  expect(await screen.shows('/home/op/.ssh/id_ed25519', 'Enter write')).toMatchInlineSnapshot(`
    "calico-ready  Export  9/9
    Write everything into one signed file. Anyone can verify it with ssh-keygen, tar
    and sha256sum.
    ────────────────────────────────────────────────────────────────────────────────
    ❯ Bundle       calico-ready-20260301-1200.tar.gz
      Signed with  /home/op/.ssh/id_ed25519
      Another key  path of a private key file
      Signer       your login name
    Where it is written; the report and the Calico configuration go beside it.
    Nothing is written yet. Enter writes the bundle.











    Same as: calico-ready audit n1 n2 --bundle FILE --sign-key /home/op/.ssh/id_ed2…
    Enter write the bundle · Up/Down move · Esc back · Ctrl-G help · Ctrl-C leave"
  `);
  await screen.press(KEY.down, KEY.down, KEY.down, 'ops@example.com', KEY.enter);
  expect(state().exportSettings.signer).toBe('ops@example.com');
  await screen.press(KEY.enter);
  expect(await screen.shows('Exported', 'Enter finish')).toMatchInlineSnapshot(`
    "calico-ready  Export  9/9
    Write everything into one signed file. Anyone can verify it with ssh-keygen, tar
    and sha256sum.
    ────────────────────────────────────────────────────────────────────────────────
      Bundle       calico-ready-20260301-1200.tar.gz
      Signed with  /home/op/.ssh/id_ed25519
      Another key  path of a private key file
    ❯ Signer       ops@example.com
    How the receiver knows you: the name beside your key in an allowed-signers file.
    Exported
    Bundle   calico-ready-20260301-1200.tar.gz
    Verify   calico-ready verify /here/calico-ready-20260301-1200.tar.gz
    Signed   no: unsigned
    SHA-256  run-1
    Files    calico-ready-20260301-1200.tar.gz.html






    Same as: calico-ready audit n1 n2 --bundle /here/calico-ready-20260301-1200.tar…
    Enter finish and leave · Up/Down move · Esc back · Ctrl-G help · Ctrl-C leave"
  `);
  await screen.press(KEY.enter);
  expect(await result).toBe('done');
});

it('export: unsigned is a choice that shows in the name', async () => {
  const { screen, state } = await open('export');
  await screen.shows('id_ed25519');
  await screen.press(KEY.down, KEY.right);
  await screen.shows('calico-ready-20260301-1200-UNSIGNED.tar.gz');
  expect(state().exportSettings.signKey).toBe('');
});

it('export of the demo: a key of its own is offered, never one of the operator', async () => {
  const { screen, state } = await open('export', true);
  await screen.shows('a key made for this demo', 'calico-ready-20260301-1200.tar.gz');
  expect(state().exportSettings.signKey).toBe('');
});

it('export: a key somebody did not want is not offered again, and the name follows the key', async () => {
  const { screen, state } = await open('export');
  await screen.shows('id_ed25519');
  await screen.press(KEY.down, KEY.right, KEY.enter);
  await screen.shows('Exported');
  expect(state().exportSettings.bundle).toBe('/here/calico-ready-20260301-1200-UNSIGNED.tar.gz');
  await screen.press('8');
  await screen.shows('Sign-off  8/9');
  await screen.press(KEY.enter);
  await screen.shows('Exported', 'Signed with  unsigned');
  expect(state().exportSettings.signKey).toBe('');
  await screen.press(KEY.down, KEY.right);
  await screen.shows('Bundle       calico-ready-20260301-1200.tar.gz');
});

it('export in a small window: all of the result can be seen, the settings are one key away', async () => {
  const { screen, result } = await open('export', false, { columns: 60, rows: 15 });
  await screen.shows('id_ed25519');
  await screen.press(KEY.enter);
  const shown = await screen.shows(
    'Exported',
    'Verify',
    'Signed',
    'SHA-256',
    'Files',
    'Left settings',
  );
  expect(shown).not.toContain('Another key');
  await screen.press(KEY.left);
  await screen.shows('Another key', 'Enter finish and leave');
  await screen.press(KEY.enter);
  expect(await result).toBe('done');
});

it('export: what is missing beside the bundle is said first, and Enter writes again', async () => {
  const { screen, fake } = await open('export');
  const { exporter } = fake.ports;
  const whole = exporter.export.bind(exporter);
  const problem = 'The bundle is whole, but b.html is not there (no space is left).';
  Object.assign(exporter, {
    export: async (...all: Parameters<typeof whole>) => ({ ...(await whole(...all)), problem }),
  });
  await screen.press(KEY.enter);
  await screen.shows('Exported, but not all of it', `Missing  ${problem}`, 'Enter write again');
  Object.assign(exporter, { export: whole });
  await screen.press(KEY.enter);
  await screen.shows('Exported', 'Enter finish and leave');
});
