import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { builtCli, runCli } from '../../helpers/built.js';
import { Pty } from '../../helpers/pty.js';
import { describeWith } from '../../helpers/require-tool.js';

const ENTER = '\r';
const DOWN = '\u001b[B';
const CTRL_C = '\u0003';
const LIMIT_MS = 60_000;

describeWith('python3', 'the demo on a terminal', () => {
  let cli: string;
  let home: string;
  let pty: Pty;
  beforeAll(async () => {
    cli = await builtCli();
  });
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'calico-ready-demo-'));
    mkdirSync(join(home, 'work'));
    mkdirSync(join(home, 'state', 'calico-ready'), { recursive: true });
    writeFileSync(join(home, 'state', 'calico-ready', 'session.json'), 'the own session');
    const env = { HOME: home, XDG_STATE_HOME: join(home, 'state') };
    pty = new Pty(process.execPath, [cli, 'demo'], { cwd: join(home, 'work'), env });
  });
  afterEach(async () => {
    await pty.close();
    rmSync(home, { recursive: true, force: true });
  });

  const untouched = (): void => {
    expect(readdirSync(home).sort()).toEqual(['state', 'work']);
    expect(readdirSync(join(home, 'state', 'calico-ready'))).toEqual(['session.json']);
    expect(readFileSync(join(home, 'state', 'calico-ready', 'session.json'), 'utf8')).toBe(
      'the own session',
    );
  };

  const toFindings = async (): Promise<void> => {
    await pty.waitForText(/Nodes {2}1\/9 {2}DEMO[^]*rack3-a[^]*composed by hand[^]*Ctrl-C leave/);
    await pty.go(ENTER, /Intent {2}2\/9/);
    await pty.go(ENTER, /Access {2}3\/9/);
    await pty.go(ENTER, /4 open, 1 failed/);
    await pty.go(ENTER, /4 answered, 1 not reached/);
    await pty.go(ENTER, /The fleet is NOT READY: 3 failed/);
  };

  test(
    'takes Enter to the findings, mends what can be mended, and exports what verifies',
    async () => {
      await toFindings();
      await pty.go(ENTER, /Paths {2}6\/9/);
      await pty.go(ENTER, /2 fixes offered, 0 marked/);
      await pty.go(' ', /1 marked/);
      await pty.go(`${DOWN} `, /Type disable to agree/);
      await pty.go('disable', /agree: *disable/);
      await pty.go(ENTER, /2 marked/);
      await pty.go('a', /Enter applies now/);
      await pty.go(ENTER, /VERIFIED +rack1-b[^\n]*\n[^\n]*VERIFIED +rack2-a/);
      await pty.go(ENTER, /Sign-off {2}8\/9/);
      expect(pty.text()).toMatch(/The fleet is NOT READY/);
      await pty.go(ENTER, /a key made for this demo/);
      await pty.go(ENTER, /Exported/);
      pty.press(ENTER);
      expect(await pty.exit()).toEqual({ code: 1, modesRestored: true });
      // What the screens said is gone with them; where everything is stays on the terminal.
      expect(pty.text()).toMatch(
        /The fleet is not ready\. Written:[^]*calico-ready-demo\.report\.html[^]*Verify it with: calico-ready verify/,
      );
      untouched();
      const bundle = join(home, 'work', 'calico-ready-demo.tar.gz');
      const who = ['--allowed-signers', `${bundle}.allowed-signers`];
      const verified = await runCli(['verify', bundle, ...who, '--signer', 'demo@calico-ready']);
      expect(verified.code).toBe(0);
    },
    LIMIT_MS,
  );

  test('leaves with Ctrl-C at any time, also during the survey', async () => {
    await pty.waitForText(/Nodes {2}1\/9[^]*Ctrl-C leave/);
    await pty.go(ENTER, /Intent/);
    await pty.go(ENTER, /Access/);
    await pty.go(ENTER, /4 open, 1 failed/);
    await pty.go(ENTER, /[1-4] being asked/);
    pty.press(CTRL_C);
    expect(await pty.exit()).toEqual({ code: 130, modesRestored: true });
    untouched();
  });
});
