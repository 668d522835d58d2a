import { afterEach, describe, expect, it, vi } from 'vitest';
import { STEPS, type StepId } from '../../src/session/steps.js';
import { broken, healthy, inventoryNode } from '../helpers/fake-ports.js';
import { closeWizards, startWizard, surveyed, type WizardRun } from '../helpers/render-session.js';
import { KEY, PATIENCE_MS } from '../helpers/screen.js';

afterEach(closeWizards);

const TITLES = STEPS.map(({ title }, index) => `calico-ready  ${title}  ${String(index + 1)}/9`);

const at = (step: StepId, setting: Parameters<typeof startWizard>[0] = {}): Promise<WizardRun> =>
  startWizard({
    world: { n1: healthy(), n2: broken(), n3: healthy({ unreached: 'lost: it broke' }) },
    before: async (session) => {
      await surveyed(session);
      session.actions.goTo(step);
    },
    ...setting,
  });

/** The height of the frame: the last line that holds anything. */
const heightOf = ({ screen }: WizardRun): number => screen.text().split('\n').length;

describe.each([
  [80, 24],
  [60, 15],
  [200, 60],
])('at %d columns and %d rows', (columns, rows) => {
  it('every step has its line 1, and no frame scrolls the terminal', async () => {
    const run = await at('nodes', { columns, rows });
    for (const [index, title] of TITLES.entries()) {
      run.actions.goTo(STEPS[index]?.id ?? 'nodes');
      // A field that holds text takes `?` itself.
      await run.screen.shows(title, title.includes('Export') ? 'Ctrl-G help' : '? help');
      expect(run.screen.lines()[0]).toBe(title);
      expect(heightOf(run)).toBe(rows - 1);
      expect(run.screen.scrolledRows).toBe(0);
    }
  });
});

it('a terminal too small says so, and works again when it is larger', async () => {
  const { screen } = await at('findings', { columns: 50, rows: 10 });
  await screen.shows('calico-ready  Findings  5/9', 'Make this window larger: it is');
  screen.resize(80, 24);
  await screen.shows('fake/firewall', '? help');
  expect(screen.lines()[0]).toBe('calico-ready  Findings  5/9');
});

it('a terminal too small takes no key but Ctrl-C: nobody sees what another would do', async () => {
  const { screen, fake, result } = await at('fixes');
  await screen.press(KEY.down, KEY.space);
  await screen.shows('1 marked');
  await screen.press('a');
  await screen.shows('Enter applies now');
  screen.resize(50, 10);
  await screen.shows('Make this window larger');
  await screen.press(KEY.enter);
  screen.resize(80, 24);
  await screen.shows('Enter applies now');
  expect(fake.calls.filter((call) => call.startsWith('apply'))).toEqual([]);
  screen.resize(50, 10);
  await screen.shows('Make this window larger');
  await screen.press(KEY.ctrlC);
  expect(await result).toBe('left');
});

it('a terminal that shrinks and grows is drawn afresh, and keeps its scrollback', async () => {
  const run = await at('findings');
  const { screen } = run;
  await screen.shows('fake/firewall', '? help');
  for (const [columns, rows] of [
    [60, 15],
    [100, 40],
    [80, 16],
    [80, 24],
  ] as const) {
    screen.resize(columns, rows);
    await screen.shows('fake/firewall', '? help');
    await vi.waitFor(() => {
      expect(heightOf(run)).toBe(rows - 1);
    }, PATIENCE_MS);
    expect(screen.lines()[0]).toBe('calico-ready  Findings  5/9');
    expect(screen.lines().filter((text) => text.startsWith('calico-ready  '))).toHaveLength(1);
  }
  // CSI 3 J would erase what the operator had on the terminal before.
  expect(screen.bytes).not.toContain('\u001b[3J');
});

it('DEMO stands in line 1 of the demo', async () => {
  const { screen } = await at('survey', { initial: { demo: true } });
  await screen.shows('calico-ready  Survey  4/9  DEMO');
});

it('without colour and with ASCII marks every status is a mark and a word', async () => {
  const { screen } = await at('findings', { options: { noColor: true, ascii: true } });
  const text = await screen.shows('x failed', '? unknown', '> x failed', '? help');
  // eslint-disable-next-line no-control-regex -- colours are what is looked for
  expect(screen.bytes).not.toMatch(/\u001b\[(?:3[0-8]|9[0-7]|4[0-8])(?:;\d+)*m/);
  // eslint-disable-next-line no-control-regex -- everything beyond ASCII is what is looked for
  expect(text).not.toMatch(/[^\u0000-\u007f]/);
});

describe('for a screen reader', () => {
  it.each(
    STEPS.map(
      ({ id, title }, index) => [id, `calico-ready  ${title}  ${String(index + 1)}/9`] as const,
    ),
  )('%s is text alone, in reading order, on the normal screen', async (step, title) => {
    const { screen } = await at(step, { options: { screenReader: true }, rows: 50 });
    const text = await screen.shows(title, 'Keys:', 'Same as: calico-ready');
    expect(text).not.toMatch(/[─│╭❯█░✔✖]/);
    expect(screen.bytes).not.toContain('\u001b[?1049h');
  });

  it('a finding is said in words', async () => {
    const { screen } = await at('findings', { options: { screenReader: true }, rows: 50 });
    expect(await screen.shows('fake/firewall', 'Keys: Enter')).toMatchInlineSnapshot(`
      "calico-ready  Findings  5/9
      What was found, the worst first. Nodes that agree in everything share a column.
      Right opens a finding.
      The fleet is NOT READY: 2 failed, 6 unknown, 0 warnings, 6 passed.
      A n2   B n3 (not reached)   C n1
      list: listitem: Worst Check A B C Requirement
      listitem: (selected) x failed fake/firewall A failed, B unknown, C passed, The
      firewall is inactive
      listitem: x failed fake/manager A failed, B unknown, C passed, The manager
      leaves interfaces alone
      listitem: ? unknown fake/same-machine fleet All nodes are of one kind
      The firewall is inactive (required)

      Same as: calico-ready audit n1 n2 n3
      Keys: Enter to the paths | Right open | f all checks | ? help | Ctrl-C leave"
    `);
  });
});

describe('nothing from a node or a file steers the terminal', () => {
  // Clears the screen, sets the clipboard (OSC 52), rewrites the line, turns the text around (bidi).
  const HOSTILE = 'evil\u001b[2J\u001b]52;c;cHduZWQ=\u0007\rowned\u202etxt.exe\u009b31m';

  it.each(STEPS.map(({ id }) => [id]))('%s', async (step) => {
    const node = { ...inventoryNode('n2'), host: HOSTILE, user: HOSTILE };
    const hostile = healthy({ hostKey: 'known' });
    hostile.words['fake-machine'] = HOSTILE;
    const run = await startWizard({
      world: { n1: healthy({ unreached: `lost: ${HOSTILE}` }), n2: hostile },
      initial: {
        nodes: [inventoryNode('n1'), node],
        access: { user: HOSTILE, identityFiles: [HOSTILE], become: 'auto', hostKey: 'ask' },
      },
      before: async (session) => {
        await surveyed(session);
        session.actions.goTo(step);
        session.store.setState({ notice: { level: 'error', text: HOSTILE } });
      },
    });
    const { screen } = run;
    await screen.shows('Error: evil␛[2J');
    if (step === 'findings') {
      await screen.press(KEY.right, KEY.enter, KEY.enter);
      await screen.shows('Standard output');
    }
    if (step === 'access') {
      for (let row = 0; row < 5; row += 1) await screen.press(KEY.down);
      await screen.shows('evil␛');
    }
    for (const text of ['\u001b]52', 'evil\u001b', '\u202e', '\u009b', '\u0007'])
      expect(screen.bytes).not.toContain(text);
  });
});

it('a fleet of 2,000 nodes draws only what is seen', async () => {
  const nodes = Array.from({ length: 2000 }, (_, index) => inventoryNode(`node-${String(index)}`));
  const { screen } = await startWizard({ initial: { nodes, step: 'survey' } });
  await screen.shows('2000 nodes', '1 to 9 of 2000 lines');
  const before = screen.bytes.length;
  await screen.press(KEY.end);
  await screen.shows('node-1999', 'of 2000 lines');
  expect(screen.bytes.length - before).toBeLessThan(20_000);
});
