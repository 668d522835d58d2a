import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { reportSchema } from '../../../src/cli/report-schema.js';
import { builtCli, runCli } from '../../helpers/built.js';
import { Pty } from '../../helpers/pty.js';
import { describeWith } from '../../helpers/require-tool.js';
import { makeKey } from '../../helpers/sshd.js';

/** Text that a lab node's commands printed (test/nodes/README.md), as somebody would paste it. */
const RECORDED = new URL('../../nodes/', import.meta.url).pathname;

let cwd = '';
const run = (...args: readonly string[]) => runCli(args, { cwd });
const json = (text: string) => reportSchema.parse(JSON.parse(text));

const verdictsOf = (node: ReturnType<typeof json>['nodes'][number] | undefined) =>
  node?.findings.map(({ check, status }) => [check, status]);

beforeAll(async () => {
  await builtCli();
  cwd = mkdtempSync(join(tmpdir(), 'cli-recorded-'));
});
afterAll(() => {
  rmSync(cwd, { recursive: true, force: true });
});

/** `fleet/`: two recorded nodes, and what does not belong there. */
const fleet = (): string => {
  const folder = join(cwd, 'fleet');
  cpSync(join(RECORDED, 'debian-12-lab-plain'), join(folder, 'first'), { recursive: true });
  cpSync(join(RECORDED, 'debian-13-lab-firewalld-on'), join(folder, 'Second.example'), {
    recursive: true,
  });
  writeFileSync(join(folder, 'first', 'notes.txt'), 'call Bob\n');
  return 'fleet';
};

test('a folder of pasted outputs is judged under the names of its folders', async () => {
  const ran = await run('audit', '--from', fleet(), '--format', 'json');
  const report = json(ran.stdout);
  expect(ran.code).toBe(1);
  expect(report.nodes.map(({ name }) => name).sort()).toEqual(['Second.example', 'first']);
  for (const { findings } of report.nodes)
    expect(findings.length + report.cluster.findings.length).toBe(report.catalogue.checks);
  expect(ran.stderr).toContain('notes.txt');
  expect(ran.stderr.split('\n').every((line) => line === '' || line.startsWith('note: '))).toBe(
    true,
  );
});

test('one node of a folder by its name, and none by another', async () => {
  const one = await run('audit', 'first', '--from', fleet(), '--format', 'json');
  expect(json(one.stdout).nodes.map(({ name }) => name)).toEqual(['first']);
  const none = await run('audit', 'nobody', '--from', fleet());
  expect([none.code, none.stdout]).toEqual([3, '']);
  expect(none.stderr).toContain('fleet holds no node nobody.');
  // One that is left out would make the others look like all.
  const some = await run('audit', 'first', 'nobody', '--from', fleet());
  expect([some.code, some.stdout]).toEqual([3, '']);
  expect(some.stderr).toContain('fleet holds no node nobody.');
  const twice = await run('audit', 'first', 'first', '--from', fleet());
  expect([twice.code, twice.stdout]).toEqual([3, '']);
});

test('the collector, run by any shell, is judged like a node', async () => {
  const { stdout } = await run('collector');
  writeFileSync(join(cwd, 'collector.sh'), stdout);
  const collected = spawn('sh', ['-c', 'sh collector.sh >machine.out'], { cwd, stdio: 'ignore' });
  await new Promise((done) => collected.once('close', done));
  const ran = await run('audit', '--from', 'machine.out', '--format', 'json');
  const [node] = json(ran.stdout).nodes;
  expect(node).toMatchObject({ name: 'machine', reached: true });
  const judged = node?.findings.filter(({ status }) => status !== 'unknown') ?? [];
  expect(judged.length).toBeGreaterThan(5);
  expect(ran.stderr).toBe('');
  // What forty nodes leave behind is a folder of such files.
  const many = join(cwd, 'many');
  cpSync(join(RECORDED, 'debian-12-lab-plain'), join(many, 'rack1-b'), { recursive: true });
  for (const file of ['rack1-a.txt', 'rack1-b.txt', 'n3.example.out'])
    cpSync(join(cwd, 'machine.out'), join(many, file));
  writeFileSync(join(many, 'todo.txt'), 'call Bob\n');
  const fleetRan = await run('audit', '--from', 'many', '--format', 'json');
  const nodes = json(fleetRan.stdout).nodes;
  expect(nodes.map(({ name }) => name)).toEqual(['n3.example', 'rack1-a', 'rack1-b']);
  expect(fleetRan.stderr).toMatch(/^note: rack1-b.txt: the folder rack1-b is that node, ignored$/m);
  expect(fleetRan.stderr).toMatch(/^note: todo.txt: neither a node's folder nor collector output/m);
  expect(verdictsOf(nodes[0])).toEqual(verdictsOf(node));
});

test('the result goes where --output says, and a folder that is not there is refused', async () => {
  const ran = await run('audit', '--from', fleet(), '--format', 'json', '--output', 'report.json');
  expect([ran.code, ran.stdout]).toEqual([1, '']);
  expect(json(readFileSync(join(cwd, 'report.json'), 'utf8')).readiness).toBe('not-ready');
  const refused = await run('audit', '--from', fleet(), '--output', 'none/report.json');
  expect([refused.code, refused.stdout]).toEqual([3, '']);
  expect(refused.stderr).toContain('Cannot write none/report.json');
});

describeWith('ssh-keygen', 'bundles', () => {
  const who = ['--allowed-signers', 'signers', '--signer', 'me@example.com'];

  beforeAll(async () => {
    const key = makeKey(join(cwd, 'sign'), 'ed25519');
    writeFileSync(join(cwd, 'signers'), `me@example.com namespaces="calico-ready-bundle" ${key}\n`);
    const signed = await run(
      ...['audit', '--from', fleet(), '--bundle', 'b.tar.gz', '--sign-key', 'sign'],
    );
    expect([signed.code, signed.stderr]).toEqual([
      1,
      expect.stringContaining('signed with SHA256:'),
    ]);
    const unsigned = await run(
      ...['audit', '--from', fleet(), '--bundle', 'b-UNSIGNED.tar.gz', '--unsigned'],
    );
    expect([unsigned.code, unsigned.stderr]).toEqual([1, expect.stringContaining('NOT SIGNED')]);
    const bytes = readFileSync(join(cwd, 'b.tar.gz'));
    writeFileSync(join(cwd, 'cut.tar.gz'), bytes.subarray(0, bytes.length - 100));
    writeFileSync(join(cwd, 'empty.tar.gz'), '');
    writeFileSync(join(cwd, 'text.tar.gz'), 'just words\n');
    bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1;
    writeFileSync(join(cwd, 'changed.tar.gz'), bytes);
  });

  test('a good one verifies, whatever it says of the nodes', async () => {
    const ran = await run('verify', 'b.tar.gz', ...who);
    expect([ran.code, ran.stderr]).toEqual([0, '']);
    expect(ran.stdout).toMatch(/^OK: \d+ files, signed by me@example\.com with SHA256:/);
  });

  test.each([
    ['one changed byte', ['changed.tar.gz', ...who]],
    ['cut short', ['cut.tar.gz', ...who]],
    ['empty', ['empty.tar.gz', ...who]],
    ['no archive', ['text.tar.gz', ...who]],
    ['not signed', ['b-UNSIGNED.tar.gz', ...who]],
    [
      'signed by another',
      ['b.tar.gz', '--allowed-signers', 'signers', '--signer', 'you@example.com'],
    ],
  ])('%s is refused with 4, one sentence and a next step', async (_, args) => {
    const ran = await run('verify', ...args);
    expect([ran.code, ran.stdout]).toEqual([4, '']);
    expect(ran.stderr).toMatch(/^calico-ready: .+\n {2}[A-Z].+\n$/);
  });

  test('is judged again, with the same words and under another intent', async () => {
    const first = json((await run('audit', '--from', fleet(), '--format', 'json')).stdout);
    const again = await run('audit', '--from', 'b.tar.gz', '--format', 'json');
    expect(json(again.stdout).nodes).toEqual(first.nodes);
    expect(again.stderr).toContain('signature of this bundle was not checked');
    writeFileSync(join(cwd, 'vxlan.yaml'), 'encapsulation: vxlan\n');
    const other = await run('report', 'b.tar.gz', '--format', 'json', '--intent', 'vxlan.yaml');
    const ipip = json(other.stdout).nodes[0]?.findings.find(({ check }) => check === 'kernel/ipip');
    expect(ipip?.status).toBe('not-applicable');
  });
});

/** 10 MB of report: many nodes of which one answer is known. */
const crowd = (): string => {
  const uname = readFileSync(join(RECORDED, 'debian-12-lab-plain', 'uname-a.txt'));
  for (let index = 0; index < 1200; index += 1) {
    const folder = join(cwd, 'crowd', `node-${String(index)}`);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'uname-a.txt'), uname);
  }
  return 'crowd';
};

/** Runs the command in a pipe before another one; standard error ends with the command's own exit code. */
const piped = async (reader: string, ...args: readonly string[]) => {
  const line = `{ "$@"; echo "code $?" >&2; } | ${reader}`;
  const words = ['-c', line, 'piped', process.execPath, await builtCli(), ...args];
  return spawn('sh', words, { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
};

const textOf = async (
  stream: AsyncIterable<unknown>,
  rest: () => Promise<void>,
): Promise<string> => {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) {
    chunks.push(chunk as Buffer);
    await rest();
  }
  return Buffer.concat(chunks).toString('utf8');
};

test('a report of 10 MB arrives whole through a slow pipe', async () => {
  const child = await piped(
    'dd bs=512 status=none',
    'audit',
    '--from',
    crowd(),
    '--format',
    'json',
  );
  // A turn of the event loop for each piece: slower than the command writes.
  const slowly = () => new Promise<void>((done) => setImmediate(done));
  const [out, err] = await Promise.all([
    textOf(child.stdout, slowly),
    textOf(child.stderr, () => Promise.resolve()),
  ]);
  expect(out.length).toBeGreaterThan(10_000_000);
  expect(json(out).nodes).toHaveLength(1200);
  // All of them are recordings of one node, and so of one name.
  expect(err).toMatch(/code 1\n$/);
}, 60_000);

test('a reader that goes away is no error', async () => {
  const child = await piped('head -c 10', 'audit', '--from', fleet(), '--format', 'html');
  const err = await textOf(child.stderr, () => Promise.resolve());
  expect(err).not.toMatch(/EPIPE|bug of ours/);
  expect(err).toMatch(/code [012]\n$/);
});

describeWith(['python3'], 'colour', () => {
  test.each([
    ['in a terminal', {}, true],
    ['with NO_COLOR', { NO_COLOR: '1' }, false],
    ['in a dumb terminal', { TERM: 'dumb' }, false],
  ])('%s', async (_, env, coloured) => {
    const pty = new Pty(process.execPath, [await builtCli(), 'audit', '--from', fleet()], {
      env,
      cwd,
    });
    expect((await pty.exit()).code).toBe(1);
    // eslint-disable-next-line no-control-regex -- colours are what is looked for
    expect(/\u001b\[3\dm/.test(pty.bytes)).toBe(coloured);
    expect(pty.bytes).toContain('NOT READY: 0 of 2 nodes ready');
    await pty.close();
  });

  test('not in a pipe', async () => {
    expect((await run('audit', '--from', fleet())).stdout).not.toContain('\u001b');
  });
});
