import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { reportSchema } from '../../../src/cli/report-schema.js';
import { builtCli, runCli, type CliRun } from '../../helpers/built.js';
import { Pty } from '../../helpers/pty.js';
import { describeWith } from '../../helpers/require-tool.js';

const run = promisify(execFile);
const VERIFY_SH = new URL('../../../scripts/verify.sh', import.meta.url).pathname;
const WHO = 'demo@calico-ready';

let folder: string;
const at = (name: string): string => join(folder, name);
/** With a home of its own that is empty, so that nothing of it can be used. */
const demo = (...args: readonly string[]): Promise<CliRun> =>
  runCli(['demo', ...args], { cwd: folder, env: { HOME: at('home') } });

const verify = (bundle: string): Promise<CliRun> =>
  runCli([
    'verify',
    bundle,
    '--allowed-signers',
    at('demo.tar.gz.allowed-signers'),
    '--signer',
    WHO,
  ]);

beforeAll(async () => {
  await builtCli();
  folder = mkdtempSync(join(tmpdir(), 'calico-ready-demo-'));
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe('the demo without a terminal', () => {
  let json: CliRun;
  beforeAll(async () => {
    json = await demo('--format', 'json', '--bundle', at('demo.tar.gz'));
  });

  test('tells how to verify the bundle in a line that sh reads', async () => {
    const own = mkdtempSync(join(tmpdir(), 'calico-ready-demo-'));
    const name = join(own, 'my demo.tar.gz');
    const { stderr } = await demo('--bundle', name);
    rmSync(own, { recursive: true });
    expect(stderr).toContain(
      `Verify it: calico-ready verify '${name}' --allowed-signers '${name}.allowed-signers' --signer ${WHO}\n`,
    );
  });

  test('audits five nodes and ends with the code of the fleet', () => {
    expect(json.code).toBe(1);
    const report = reportSchema.parse(JSON.parse(json.stdout));
    expect(report).toMatchObject({ demo: true, readiness: 'not-ready' });
    const failures = report.nodes.map(({ name, readiness, reason, findings }) => ({
      name,
      readiness,
      reason: reason?.split(':')[0],
      failed: findings.filter(({ status }) => status === 'fail').map(({ check }) => check),
      unknown: findings.some(
        ({ status, severity }) => status === 'unknown' && severity === 'required',
      ),
    }));
    const reached = { reason: undefined, unknown: false };
    expect(failures).toEqual([
      { name: 'rack1-a', readiness: 'ready', failed: [], ...reached },
      {
        name: 'rack1-b',
        readiness: 'not-ready',
        failed: ['interfaces/networkmanager'],
        ...reached,
      },
      { name: 'rack2-a', readiness: 'not-ready', failed: ['firewall/firewalld'], ...reached },
      { name: 'rack2-b', readiness: 'not-ready', failed: ['kernel/version'], ...reached },
      { name: 'rack3-a', readiness: 'unknown', reason: 'refused', failed: [], unknown: true },
    ]);
  });

  test('says on standard error that it is a demo, and what in it was composed', () => {
    expect(json.stderr).toContain('DEMO: recorded nodes');
    expect(json.stderr).toContain('rack2-b was composed by hand');
  });

  test('prints for people, with the word DEMO, and into a file', async () => {
    const { code, stdout } = await demo('--output', at('report.txt'));
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    const text = readFileSync(at('report.txt'), 'utf8');
    expect(text).toMatch(/^DEMO: recorded nodes, not real machines\.\n\nNOT READY: 1 of 5/);
  });

  test('leads to the fixes of nodes that no command line names', async () => {
    const { stdout } = await demo();
    expect(stdout).toContain('try: calico-ready demo, on a terminal, step Fixes\n');
    expect(stdout).not.toContain('calico-ready fix');
    const again = await runCli(['report', at('demo.tar.gz'), '--format', 'human']);
    expect(again.stdout).toContain('try: calico-ready demo, on a terminal, step Fixes\n');
    expect(again.stdout).not.toContain('calico-ready fix');
  });

  test('judges under another intent', async () => {
    writeFileSync(at('intent.yaml'), 'encapsulation: ipip\n');
    const { code, stdout } = await demo('--intent', at('intent.yaml'), '--format', 'json');
    const report = reportSchema.parse(JSON.parse(stdout));
    const ipip = report.nodes[0]?.findings.find(({ check }) => check === 'kernel/ipip');
    expect({ code, ipip: ipip?.status }).toEqual({ code: 1, ipip: 'fail' });
  });

  test('leaves nothing but what was asked for', () => {
    expect(readdirSync(folder).filter((name) => !/^(demo|report|intent)/.test(name))).toEqual([]);
  });

  describe('signs its bundle with a key made for the run', () => {
    test('and tells the key in one line', () => {
      expect(readFileSync(at('demo.tar.gz.allowed-signers'), 'utf8')).toMatch(
        /^demo@calico-ready namespaces="calico-ready-bundle" ssh-ed25519 [A-Za-z0-9+/=]{68}\n$/,
      );
    });

    test('which calico-ready verifies', async () => {
      const { code, stdout } = await verify(at('demo.tar.gz'));
      expect(code).toBe(0);
      expect(stdout).toMatch(/^OK: \d+ files, signed by demo@calico-ready/);
    });

    test('and verify.sh, with ssh-keygen and sha256sum alone', async () => {
      const words = [VERIFY_SH, at('demo.tar.gz'), at('demo.tar.gz.allowed-signers'), WHO];
      const { stdout } = await run('sh', words);
      expect(stdout).toMatch(/\nOK: \d+ files, signed by demo@calico-ready\n$/);
    });

    test('and the steps of its README by hand', async () => {
      const script =
        'mkdir out && tar -xzf "$1" -C out && cd out/* && ssh-keygen -Y verify -f "$2" -I "$3" -n calico-ready-bundle -s SHA256SUMS.sig < SHA256SUMS && sha256sum --quiet -c SHA256SUMS && grep -q \'"demo": true\' bundle.json';
      const words = [at('demo.tar.gz'), at('demo.tar.gz.allowed-signers'), WHO];
      const cwd = mkdtempSync(join(folder, 'demo-by-hand-'));
      const { stdout } = await run('sh', ['-euc', script, 'verify', ...words], { cwd });
      expect(stdout).toMatch(/^Good "calico-ready-bundle" signature for demo@calico-ready/);
    });

    test('in which one changed byte is found', async () => {
      const bytes = readFileSync(at('demo.tar.gz'));
      const middle = bytes.length >> 1;
      bytes[middle] = (bytes[middle] ?? 0) ^ 1;
      writeFileSync(at('demo-changed.tar.gz'), bytes);
      expect((await verify(at('demo-changed.tar.gz'))).code).toBe(4);
    });
  });

  test('signs with the key that is named', async () => {
    await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'me', '-f', at('demo-key')]);
    const { code, stderr } = await demo(
      ...['--format', 'json', '--bundle', at('demo-own.tar.gz'), '--sign-key', at('demo-key')],
    );
    expect({ code, said: /signed with SHA256:/.test(stderr) }).toEqual({ code: 1, said: true });
    expect(readdirSync(folder)).not.toContain('demo-own.tar.gz.allowed-signers');
    const key = readFileSync(at('demo-key.pub'), 'utf8');
    writeFileSync(at('demo-signers'), `me ${key}`);
    const words = ['--allowed-signers', at('demo-signers'), '--signer', 'me'];
    expect((await runCli(['verify', at('demo-own.tar.gz'), ...words])).code).toBe(0);
  });

  test.each([
    ['a name for unsigned bundles', ['--bundle', 'demo-UNSIGNED.tar.gz'], /must not have a name/],
    ['a key and none', ['--bundle', 'demo.tgz', '--unsigned', '--sign-key', 'k'], /exclude/],
    ['an intent that is none', ['--intent', '/nonexistent'], /intent/i],
  ])('refuses %s before it asks', async (_, args, said) => {
    const { code, stdout, stderr } = await demo(...args);
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
    expect(stderr).toMatch(said);
  });
});

describeWith('python3', 'the demo on a terminal', () => {
  test('prints what the wizard could not: a report in a format', async () => {
    const pty = new Pty(process.execPath, [await builtCli(), 'demo', '--format', 'junit']);
    expect((await pty.exit()).code).toBe(1);
    expect(pty.bytes).toContain('<testsuites name="calico-ready">');
    await pty.close();
  });
});
