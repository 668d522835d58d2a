import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { builtCli, runCli } from '../../helpers/built.js';

let cwd = '';

beforeAll(async () => {
  await builtCli();
  cwd = mkdtempSync(join(tmpdir(), 'cli-files-'));
});
afterAll(() => {
  rmSync(cwd, { recursive: true, force: true });
});

/** Runs the command where the files of the test are; a name of no host, should one ever be asked. */
const run = (...args: readonly string[]) => runCli(args, { cwd });

/** One sentence and a next step, nothing on standard output, nothing of our own making. */
const expectRefusal = (
  ran: Awaited<ReturnType<typeof run>>,
  said: string,
  nextStep: string | RegExp,
): void => {
  const [first = '', second = '', ...rest] = ran.stderr.trimEnd().split('\n');
  expect(first).toBe(`calico-ready: ${said}`);
  expect(second.trim()).toMatch(nextStep);
  expect(rest).toEqual([]);
  expect(ran.stdout).toBe('');
  expect(ran.code).toBe(3);
};

describe('an inventory that cannot be used is refused with its place', () => {
  test.each([
    [
      'a list that is not closed',
      'a.yaml',
      'nodes:\n  - name: a\n    host: [1\n',
      'a.yaml:4:1: this is not a YAML inventory: Flow sequence in block collection must be sufficiently indented and end with a ].',
      /Mend that line/,
    ],
    [
      'an unknown key',
      'a.yml',
      'nodes:\n  - name: a\n    hots: x\n',
      'a.yml:3:5: unknown key "hots".',
      /name, host, port, user, jump and roles/,
    ],
    [
      'two words for a host',
      'hosts',
      '# mine\n  host one two\n',
      'hosts:2:3: "host one two" is not a node.',
      /\[user@\]host\[:port\]/,
    ],
    [
      'a port that is none',
      'hosts.ini',
      '[k8s]\na ansible_host=10.0.0.1 ansible_port=abc\n',
      'hosts.ini:2:1: "a" has a port outside 1 to 65535.',
      /Mend the inventory/,
    ],
    [
      'one node twice',
      'twice',
      '10.0.0.1\n10.0.0.2\n10.0.0.1\n',
      'twice:3:1: "10.0.0.1" is in the inventory twice, first at twice:1:1.',
      /Remove one/,
    ],
    [
      'an option for ssh',
      'option',
      '-oProxyCommand=reboot\n',
      'option:1:1: "-oProxyCommand=reboot" has a host name with characters that no host name has.',
      /\[user@\]host/,
    ],
    [
      'escapes of a terminal',
      'escapes',
      '\u001b]0;mine\u0007host\n',
      'escapes:1:1: "␛]0;mine␇host" is not a node.',
      /\[user@\]host/,
    ],
    ['nothing', 'empty', '\n# nobody\n', 'empty names no node.', /one host a line/],
    [
      'bytes that are no text',
      'bytes',
      Buffer.from([0xff, 0xfe, 0x31]),
      'The inventory bytes is not UTF-8 text.',
      /UTF-8/,
    ],
  ])('%s', async (_, name, text, said, nextStep) => {
    writeFileSync(join(cwd, name), text);
    expectRefusal(await run('audit', '--inventory', name), said, nextStep);
  });
});

describe('an intent that cannot be used is refused with its place', () => {
  test.each([
    ['bgp: [true\n', ':2:1: this is not a YAML intent file: ', /Mend that line/],
    [
      'bgp: true\nbgp: false\n',
      ':2:1: this is not a YAML intent file: Map keys must be unique.',
      /Mend/,
    ],
    ['encapsulation: vxlam\n', ':1:16: "encapsulation" is not what it should be.', /ipip, .*vxlan/],
    ['calico: "2.0"\n', ':1:9: "calico" is not what it should be.', /one of 3\.25, .*3\.32/],
    ['calico: 3.30\n', ':1:9: "calico" must be in quotes.', /^Write it as in calico: "3\.32"\.$/],
    ['bgp: true\nencaps: none\n', ':2:1: unknown key "encaps".', /The known keys are calico, /],
    ['bgp: "on"\n', ':1:6: "bgp" is not what it should be.', /^Expected true or false\.$/],
    ['typhaPort: 0\n', ':1:12: "typhaPort" is not what it should be.', /^Expected a port from 1/],
    [
      'podCIDRs: []\n',
      ':1:11: "podCIDRs" is not what it should be.',
      /^Expected at least 1 of them\.$/,
    ],
    [
      'podCIDRs: [10.0.0.0]\n',
      ':1:12: "podCIDRs.0" is not what it should be.',
      /192\.168\.0\.0\/16/,
    ],
    ['mtu: 3\n', ':1:6: "mtu" is not what it should be.', /`auto` or a number/],
    ['- a\n', ':1:1: this is not an intent: ', /Print one with calico-ready intent/],
  ])('%j', async (text, said, nextStep) => {
    writeFileSync(join(cwd, 'intent.yaml'), text);
    const ran = await run('audit', 'nowhere.invalid', '--intent', 'intent.yaml');
    const [first = ''] = ran.stderr.split('\n');
    expect(first).toContain(`calico-ready: intent.yaml${said}`);
    expectRefusal(ran, first.replace('calico-ready: ', ''), nextStep);
  });
});

describe('a file that cannot be read is named with the reason', () => {
  test.each([
    ['--inventory', 'none', 'Cannot read the inventory none: there is no such file.'],
    ['--inventory', 'folder', 'The inventory folder is a directory.'],
    ['--intent', 'none', 'Cannot read the intent file none: there is no such file.'],
    ['--from', 'none', 'There is nothing at none.'],
    ['--from', 'text', 'text is neither a bundle, a sos report nor collector output.'],
    ['--from', 'folder', 'folder'],
    ['--waivers', 'none', 'Cannot read the waivers file none: there is no such file.'],
  ])('%s %s', async (flag, name, said) => {
    mkdirSync(join(cwd, 'folder'), { recursive: true });
    writeFileSync(join(cwd, 'text'), 'just words\n');
    const ran = await run('audit', ...(flag === '--from' ? [] : ['host.invalid']), flag, name);
    expect(ran.stderr).toContain(said);
    expect(ran.stderr.trimEnd().split('\n')).toHaveLength(2);
    expect([ran.code, ran.stdout]).toEqual([3, '']);
  });
});

describe('a wrong command line is refused before anything is asked', () => {
  test.each([
    [['audit', '--nope', 'a'], "unknown option '--nope'"],
    [['audti', 'a'], 'There is no command "audti".'],
    [['audit', '--format', 'xml', 'a'], 'Allowed choices are human, json,'],
    [['audit', '--timeout', '0', 'a'], 'Expected a whole number from 1 to 3600.'],
    [['audit'], 'No node is named.'],
    [['audit', 'a b'], '"a b" is not a node.'],
    [['audit', 'a', 'a'], 'The node a is named twice.'],
    [['audit', 'a', '--bundle', 'b.tar.gz'], 'A bundle needs a signing key.'],
    [['audit', 'a', '--bundle', 'b.tar.gz', '--unsigned'], 'ends in -UNSIGNED.tar.gz'],
    [
      ['audit', 'a', '--bundle', 'b.tar.gz', '--sign-key', 'none'],
      'The key file none cannot be opened',
    ],
    [['audit', 'a', '--password-fd', '77'], 'password from file descriptor 77: EBADF.'],
    [['audit', '--from', 'a', '--local'], '--from and --local exclude each other'],
    [['undo'], 'No node is named.'],
    [['demo', 'rack1-a'], 'too many arguments'],
    [['explain', 'kernel/ipip', 'kernel/vxlan'], 'too many arguments'],
    [['fix', 'a'], 'No check is named.'],
    [['fix', 'a', '--check', 'kernel/none'], 'There is no check kernel/none.'],
    [['fix', 'a', '--check', 'kernel/ipip', '--confirm-within', 'soon'], 'Expected a whole number'],
    [['explain', 'kernel/none'], 'There is no check "kernel/none".'],
    [['verify', 'none', '--allowed-signers', 'none', '--signer', 'me'], 'there is no such file'],
    [['report', 'none'], 'Cannot read the bundle none: there is no such file.'],
    [[], 'The wizard needs a terminal.'],
  ])('%j', async (args, said) => {
    const ran = await run(...args);
    expect(ran.stderr).toContain(said);
    expect(ran.stderr.trimEnd().split('\n')).toHaveLength(2);
    expect([ran.code, ran.stdout]).toEqual([3, '']);
  });
});

describe('texts', () => {
  test.each([
    [['--version'], /^calico-ready \d+\.\d+\.\d+\n$/],
    [['--help'], /^Usage: calico-ready /],
    [['explain'], /^kernel\/ipip /m],
    [['explain', 'kernel/ipip'], /https:\/\//],
    [['intent'], /^encapsulation: ipip$/m],
    [['schema'], /"calico-ready\/report\/v1"/],
    [['collector'], /^_cr_main\(\) \{$/m],
  ])('%j end 0 and print to standard output alone', async (args, expected) => {
    const ran = await run(...args);
    expect([ran.code, ran.stderr]).toEqual([0, '']);
    expect(ran.stdout).toMatch(expected);
  });
});
