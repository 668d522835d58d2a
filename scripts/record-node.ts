import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { surveyNode } from '../src/collect/survey.js';
import type { Evidence, NodeEvidence } from '../src/domain/evidence.js';
import type { AnyProbe } from '../src/domain/probe.js';
import type { RunEnd, RunRequest, Session, Transport } from '../src/domain/transport.js';
import { labFiles } from './lab/lab.js';
import { DEFAULT_DIR } from './lab/state.js';

const PROBES = new URL('../checks/probes/', import.meta.url);

const isProbe = (value: unknown): value is AnyProbe =>
  typeof value === 'object' && value !== null && 'script' in value && 'rootCommands' in value;

/** Every probe of checks/probes, also those that no check uses yet; one a name, by id. */
export const everyProbe = async (): Promise<readonly AnyProbe[]> => {
  const files = (await readdir(PROBES)).filter((name) => name.endsWith('.ts')).sort();
  const modules = await Promise.all(
    files.map(
      async (name) => (await import(new URL(name, PROBES).href)) as Record<string, unknown>,
    ),
  );
  const probes = modules.flatMap((module) => Object.values(module).filter(isProbe));
  return [...new Map(probes.map((probe) => [probe.id, probe])).values()];
};

const runOverSsh = (dir: string, name: string, request: RunRequest): Promise<RunEnd> =>
  new Promise((resolve, reject) => {
    const words = ['-F', labFiles(dir).sshConfig, '-o', 'BatchMode=yes', name, 'exec /bin/sh -s'];
    const child = spawn('ssh', words, { timeout: Math.ceil(request.deadlineMs) });
    child.stdout.on('data', request.onStdout);
    child.stderr.on('data', request.onStderr);
    child.on('error', reject).on('close', (code) => {
      resolve(code === null ? { kind: 'deadline' } : { kind: 'exited', code });
    });
    child.stdin.end(request.script);
  });

/** The `ssh` client with the lab's configuration: recordings do not depend on the product's own transport. */
const labTransport = (dir: string): Transport => ({
  open: (node) => {
    const session: Session = {
      peer: { transport: 'openssh', host: node.host },
      run: (request) => runOverSsh(dir, node.name, request),
      close: () => Promise.resolve(),
    };
    return Promise.resolve(session);
  },
});

const SURVEY_LIMIT_MS = 120_000;

/** Asks one node of the lab everything, with the product's own collector. */
export const surveyLabNode = (
  dir: string,
  name: string,
  probes: readonly AnyProbe[],
): Promise<NodeEvidence> =>
  surveyNode({
    transport: labTransport(dir),
    probes,
    become: 'sudo',
    runAs: 'login',
    deadlineMs: SURVEY_LIMIT_MS,
    signal: new AbortController().signal,
    clock: { now: () => Date.now(), monotonic: () => performance.now() },
    randomNonce: () => randomBytes(16).toString('hex'),
    node: { name, host: name, roles: [] },
  });

const metaOf = ({ command, exit, stderr, problem }: Evidence) => ({
  command,
  exit,
  ...(stderr.length === 0 ? {} : { stderr: Buffer.from(stderr).toString() }),
  ...(problem === undefined ? {} : { problem }),
});

/**
 * Writes FOLDER/PROBE.txt with the bytes of standard output, and meta.json with command, exit status and standard error
 * of each probe. What an earlier recording left there is removed. A probe that failed and printed nothing has no file.
 */
export const writeRecording = async (folder: string, survey: NodeEvidence): Promise<void> => {
  if (survey.unreached !== undefined) throw new Error(`not reached: ${survey.unreached}`);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const answered = survey.evidence.filter(
    ({ problem, exit, stdout }) => problem === undefined && (exit === 0 || stdout.length > 0),
  );
  for (const { probe, stdout } of answered) await writeFile(join(folder, `${probe}.txt`), stdout);
  const probes = Object.fromEntries(survey.evidence.map((one) => [one.probe, metaOf(one)]));
  const meta = { recordedAt: new Date(survey.startedAt).toISOString(), probes };
  await writeFile(join(folder, 'meta.json'), `${JSON.stringify(meta, null, 2)}\n`);
};

const main = async (): Promise<void> => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { dir: { type: 'string', default: DEFAULT_DIR } },
  });
  const [name, folder] = positionals;
  if (name === undefined || folder === undefined)
    throw new Error('tsx scripts/record-node.ts NODE FOLDER [--dir LAB]');
  await writeRecording(folder, await surveyLabNode(values.dir, name, await everyProbe()));
};

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
