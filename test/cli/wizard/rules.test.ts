import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { builtCli } from '../../helpers/built.js';
import { Pty } from '../../helpers/pty.js';
import { describeWith } from '../../helpers/require-tool.js';
import { KEY } from '../../helpers/screen.js';

const LIMIT_MS = 180_000;
/** A survey of this machine, with other work on it. */
const SURVEY_MS = 90_000;

const rules = (command: string, expected: string): string => `rules:
  - id: own/greeting
    title: the greeting is ours
    severity: required
    why: It shows that own rules are asked and judged.
    probe: { command: "${command}" }
    expect: { equals: ${expected} }
`;

describeWith('python3', '--rules in the wizard, on this machine', () => {
  let home = '';
  let pty: Pty | undefined;
  const file = (): string => join(home, 'rules.yaml');

  beforeAll(async () => {
    home = mkdtempSync(join(tmpdir(), 'wizard-rules-'));
    writeFileSync(file(), rules('echo hello', 'goodbye'));
    await builtCli();
  }, LIMIT_MS);
  afterEach(async () => {
    await pty?.close();
  });
  afterAll(() => {
    rmSync(home, { recursive: true, force: true });
  });

  const start = async (...args: readonly string[]): Promise<Pty> => {
    const env = { HOME: home, XDG_STATE_HOME: join(home, 'state') };
    // So large that the command line with its paths and the list of all checks are seen whole.
    const size = { columns: 240, rows: 140 };
    pty = new Pty(process.execPath, [await builtCli(), ...args], { cwd: home, env, ...size });
    return pty;
  };
  const leave = async (screen: Pty): Promise<void> => {
    screen.press(KEY.ctrlC);
    expect(await screen.exit()).toEqual({ code: 130, modesRestored: true });
  };

  test(
    'an own rule is asked and judged, key by key, and kept with the session',
    async () => {
      // One that an earlier try left would be offered.
      rmSync(join(home, 'state'), { recursive: true, force: true });
      const screen = await start('--local', '--rules', 'rules.yaml');
      await screen.waitForText(/Nodes {2}1\/9[^]*1 node[^]*Enter go on/);
      expect(screen.text()).toContain(`Same as: calico-ready audit --local`);
      expect(screen.text()).toContain(`--rules ${file()}`);
      await screen.go(KEY.enter, /Intent {2}2\/9/);
      await screen.go(KEY.enter, /Access {2}3\/9[^]*1 not tried/);
      await screen.go(KEY.enter, /1 node, 1 open[^]*Enter survey the nodes/);
      await screen.go(KEY.enter, /Survey {2}4\/9/);
      await screen.waitForText(/1 node, 1 answered[^]*Enter to the findings/, SURVEY_MS);
      await screen.go(KEY.enter, /Findings {2}5\/9[^]*failed +own\/greeting/);
      await leave(screen);

      const again = await start('--resume');
      await again.waitForText(/Findings {2}5\/9[^]*failed +own\/greeting/);
      expect(again.text()).toContain(`--rules ${file()}`);
      expect(again.text()).not.toContain('Warning');
      await leave(again);
    },
    LIMIT_MS,
  );

  test('rules that changed are said to have changed, and judged as they are now', async () => {
    writeFileSync(file(), rules('echo hello', 'hello'));
    const screen = await start('--resume');
    await screen.waitForText(/Warning: \S+rules\.yaml changed since this session was saved: /);
    expect(screen.text()).toContain('Survey again, so that the nodes are asked what they ask.');
    await screen.go('f', /passed +own\/greeting/);
    await leave(screen);
  });

  test('an answer to another command is none', async () => {
    writeFileSync(file(), rules('echo hullo', 'hello'));
    const screen = await start('--resume');
    await screen.waitForText(/Findings {2}5\/9[^]*unknown +own\/greeting/);
    await leave(screen);
  });

  test('without its rules a session is not judged, and stays as it is', async () => {
    rmSync(file());
    const screen = await start('--resume');
    expect(await screen.exit()).toEqual({ code: 3, modesRestored: true });
    expect(screen.text()).toMatch(
      /The saved session was judged with the own rules of \S+rules\.yaml\. Cannot read the rules file/,
    );
    expect(screen.text()).toContain('name another with --rules FILE');
    writeFileSync(file(), rules('echo hello', 'goodbye'));
    const again = await start('--resume');
    await again.waitForText(/Findings {2}5\/9[^]*own\/greeting/);
    await leave(again);
  });
});
