import { afterEach, expect, it } from 'vitest';
import { healthy } from '../helpers/fake-ports.js';
import { closeWizards, startWizard } from '../helpers/render-session.js';
import { KEY } from '../helpers/screen.js';

afterEach(closeWizards);

const world = () => ({ n1: healthy() });

it('a choice changes with the arrows, and the panel says at once what it implies', async () => {
  const { screen, state } = await startWizard({ world: world(), initial: { step: 'intent' } });
  expect(await screen.shows('ip/4 IP-in-IP', 'Ctrl-C leave')).toMatchInlineSnapshot(`
    "calico-ready  Intent  2/9
    Say how Calico will run here. The answers decide which checks apply; they can be
    changed later without asking the nodes again.
    ────────────────────────────────────────────────────────────────────────────────
    ❯ Calico         ‹ 3.32 ›                   This intent asks for
      Data plane     iptables                   Ports      tcp/179 BGP
      Encapsulation  ipip                                  ip/4 IP-in-IP
      BGP            yes                                   tcp/5473 Typha
      WireGuard      none                                  tcp/6443 Kubernetes API
      IP families    ipv4                       Modules    ipip
      Pod CIDRs      192.168.0.0/16             Checks     5 checks will be judged
      Service CIDRs  10.96.0.0/12               Not needed fake/tunnel
      kube-proxy     iptables
      Kubernetes     1.34
      Datastore      kubernetes
      etcd endpoints (empty)
      Typha          yes
      Installed by   operator
    (1 of 24) The release. 3.0 and
    3.29-page-B: the two requirement pages …

    Same as: calico-ready audit n1
    Enter go on · Left/Right change · Up/Down move · ? help · Ctrl-C leave"
  `);
  await screen.press(KEY.down, KEY.down, KEY.right, KEY.space);
  await screen.shows('vxlan', 'udp/4789 VXLAN');
  expect(state().intent.encapsulation).toBe('vxlan');
  await screen.press(KEY.left, KEY.left, KEY.left);
  await screen.shows('‹ none ›');
  expect(state().intent.encapsulation).toBe('none');
});

it('a text is taken by Enter or by moving on, and Escape undoes the typing only', async () => {
  const { screen, state } = await startWizard({ world: world(), initial: { step: 'intent' } });
  for (let row = 0; row < 6; row += 1) await screen.press(KEY.down);
  await screen.press(KEY.ctrlU, '10.244.0.0/16');
  await screen.shows('Enter take it');
  await screen.press(KEY.esc);
  await screen.shows('192.168.0.0/16', 'Intent  2/9');
  await screen.press(KEY.ctrlU, '10.244.0.0/16, 10.245.0.0/16', KEY.enter);
  await screen.shows('10.244.0.0/16, 10.245');
  expect(state().intent.podCIDRs).toEqual(['10.244.0.0/16', '10.245.0.0/16']);
  await screen.press(KEY.enter);
  await screen.shows('Access  3/9');
});

it('what is no number is refused where it was typed', async () => {
  const { screen, state } = await startWizard({ world: world(), initial: { step: 'intent' } });
  for (let row = 0; row < 16; row += 1) await screen.press(KEY.down);
  await screen.press(KEY.ctrlU, 'many', KEY.enter);
  await screen.shows('Type a whole number.', 'many');
  expect(state().intent.apiServerPort).toBe(6443);
});

it('in a narrow window p shows the panel alone', async () => {
  const { screen } = await startWizard({
    world: world(),
    initial: { step: 'intent' },
    columns: 60,
    rows: 15,
  });
  await screen.shows('Encapsulation');
  await screen.press('p');
  await screen.shows('This intent asks for', 'tcp/179 BGP');
  await screen.hides('Encapsulation');
});
