import { afterEach, expect, it } from 'vitest';
import { healthy } from '../helpers/fake-ports.js';
import { closeWizards, startWizard } from '../helpers/render-session.js';
import { KEY } from '../helpers/screen.js';

afterEach(closeWizards);

const start = (world: Parameters<typeof startWizard>[0]) =>
  startWizard({ ...world, initial: { step: 'access', ...world?.initial } });

it('connects, shows new keys with their fingerprints, and a failure with its next step', async () => {
  const { screen, fake, state } = await start({
    world: {
      n1: healthy({ hostKey: 'ask' }),
      n2: healthy(),
      n3: healthy({ unreached: 'refused: nobody listens on port 22' }),
    },
  });
  await screen.shows('3 not tried', 'Enter connect');
  await screen.press(KEY.enter);
  expect(await screen.shows('1 new host key to answer', 'y accept')).toMatchInlineSnapshot(`
    "calico-ready  Access  3/9
    Say how to log in, then connect. New host keys are shown for you to compare.
    Nothing is changed on any node.
    ────────────────────────────────────────────────────────────────────────────────
    Settings (Up): the usual login, the usual keys, become root auto, new host keys…
    3 nodes, 1 open, 1 new host key to answer, 1 failed
      Node      State       Detail
    ❯ n1        new key     SHA256:fake-n1
      n2        open        sudo -n
      n3        failed      refused: nobody listens on port 22
    n1:22 shows a ssh-ed25519 key that known_hosts does not hold:
    SHA256:fake-n1
    Compare it on its console: ssh-keygen -lf /etc/ssh/ssh_host_*_key.pub








    Same as: calico-ready audit n1 n2 n3
    y accept · n refuse · a accept all · r connect again · ? help · Ctrl-C leave"
  `);
  await screen.press(KEY.down, KEY.down);
  await screen.shows('Next step: Look at the node.');
  await screen.press(KEY.home, 'y');
  await screen.shows('2 open', 'Enter survey the nodes');
  expect(fake.calls).toContain('accept n1');
  expect(state().nodeAccess['n1']?.phase).toBe('open');
});

it('refuses one key, accepts the rest', async () => {
  const { screen, state } = await start({
    world: { n1: healthy({ hostKey: 'ask' }), n2: healthy({ hostKey: 'ask' }) },
  });
  await screen.press(KEY.enter);
  await screen.shows('2 new host keys');
  await screen.press('n');
  await screen.shows('1 new host key to answer', 'the operator refused the key');
  await screen.press('a');
  await screen.shows('1 open, 1 failed');
  expect(state().nodeAccess['n1']?.phase).toBe('failed');
});

it('Enter never accepts a key, nor does a paste gone astray', async () => {
  const { screen, fake } = await start({ world: { n1: healthy({ hostKey: 'ask' }) } });
  await screen.press(KEY.enter);
  await screen.shows('1 new host key');
  await screen.press(KEY.enter, 'yes all', KEY.space);
  await screen.shows('1 new host key');
  expect(fake.calls).not.toContain('accept n1');
});

it('a password is asked for over any step, and is never drawn', async () => {
  const secret = 'hunter2-secret';
  const { screen, fake, actions } = await start({
    world: { n1: healthy({ password: secret }) },
  });
  await screen.press(KEY.enter);
  expect(await screen.shows('n1 needs a password', 'Ctrl-C leave')).toMatchInlineSnapshot(`
    "calico-ready  Access  3/9
    Say how to log in, then connect. New host keys are shown for you to compare.
    Nothing is changed on any node.
    ────────────────────────────────────────────────────────────────────────────────
    n1 needs a password to log in
    n1's password:

    Answer: (nothing typed yet)

    It is kept in memory for this run and never written down.










    Working: Connecting…
    Same as: calico-ready audit n1
    Esc do not answer · Ctrl-C leave"
  `);
  await screen.press(secret);
  await screen.shows('(typed, not shown)');
  await screen.press(KEY.backspace, 'x', KEY.enter);
  await screen.shows('auth-failed: the password was refused');
  actions.goTo('nodes');
  await screen.shows('Nodes  1/9');
  void actions.openAccess();
  await screen.shows('n1 needs a password', 'Nodes  1/9');
  await screen.press(secret, KEY.enter);
  await screen.hides('needs a password');
  expect(fake.secrets).toEqual([`${secret.slice(0, -1)}x`, secret]);
  expect(screen.bytes).not.toContain('hunter2');
});

it('settings are edited in place', async () => {
  const { screen, state } = await start({ world: { n1: healthy() } });
  await screen.press('ops', KEY.down, '~/.ssh/a, ~/.ssh/b', KEY.down, KEY.right);
  await screen.shows('‹ sudo ›', 'Log in as        ops');
  expect(state().access).toMatchObject({
    user: 'ops',
    identityFiles: ['~/.ssh/a', '~/.ssh/b'],
    become: 'sudo',
  });
});

it('going on from open nodes starts the first survey', async () => {
  const { screen, fake } = await start({ world: { n1: healthy() } });
  await screen.press(KEY.enter);
  await screen.shows('Enter survey the nodes');
  fake.hold('survey');
  await screen.press(KEY.enter);
  await screen.shows('Survey  4/9', '1 of 4', 'Working: Surveying');
  await screen.press('x');
  await screen.shows('Stopped. What is known is kept.', 'Enter start the survey');
  expect(fake.signals.at(-1)?.aborted).toBe(true);
  fake.release('survey');
  await screen.press(KEY.enter);
  await screen.shows('answered', 'Enter to the findings');
});
