import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ServerChannel } from 'ssh2';
import { RECORDINGS } from '../../../src/cli/demo/recordings.js';
import { writeFrames } from '../../../src/collect/write-frames.js';
import type { NodeRecording } from '../../../src/cli/demo/recording.js';
import type { Report } from '../../../src/domain/report.js';
import { runCli, type CliRun } from '../../helpers/built.js';
import {
  acceptAnybody,
  startFakeNode,
  type FakeConnection,
  type FakeNode,
  type FakeNodeOptions,
} from '../../helpers/fake-node-server.js';
import { makeKey } from '../../helpers/sshd.js';
import { nodeOf } from './account-rig.js';

/** A node that plays the recording of a machine that is ready, but for what a test bends. */
export type PeerOptions = FakeNodeOptions & {
  /** Standard output of probes, made of what the machine printed. */
  readonly says?: Readonly<Record<string, (printed: string) => string | Buffer>>;
  /** How the bytes are sent; default: all of them, then the exit. */
  readonly send?: (channel: ServerChannel, bytes: Buffer, connection: FakeConnection) => void;
};

const RECORDING = RECORDINGS.find(({ name }) => name === 'rack1-a');

/** The intent under which that machine is ready (src/cli/demo/fleet.ts). */
const INTENT = 'encapsulation: vxlan\nbgp: false\n';

export const sendWhole = (channel: ServerChannel, bytes: Buffer): void => {
  channel.write(bytes);
  channel.exit(0);
  channel.end();
};

let machines = 0;

/** The recording under a host name, an address and a machine id of its own: machines that are alike are a finding. */
function ownMachine(): NodeRecording {
  if (RECORDING === undefined) throw new Error('no recording');
  machines += 1;
  const number = String(machines);
  const text = JSON.stringify(RECORDING)
    .replaceAll('198.18.0.11', `198.18.1.${number}`)
    .replaceAll('rack1-a', `rack1-m${number}`)
    .replaceAll('87f74dbc', `87f7${number.padStart(4, '0')}`);
  return JSON.parse(text) as NodeRecording;
}

/** What the machine prints for the collector, bent as the test has it. The clock is right, or it would be a finding. */
function printed(machine: NodeRecording, says: PeerOptions['says'] = {}, nonce: string): Buffer {
  const now = String(Math.floor(Date.now() / 1000));
  const evidence = Object.entries(machine.answers).map(([probe, answer]) => {
    const stdout = probe === 'clock' ? `${now}\n` : answer.stdout;
    return {
      probe,
      command: probe,
      stdout: Buffer.from(says[probe]?.(stdout) ?? stdout),
      stderr: Buffer.from(answer.stderr ?? ''),
      exit: answer.exit,
      durationMs: answer.ms,
      receivedAt: null,
    };
  });
  return Buffer.from(writeFrames(evidence, { nonce }));
}

export function startPeer({
  says,
  send = sendWhole,
  ...options
}: PeerOptions = {}): Promise<FakeNode> {
  const machine = ownMachine();
  return startFakeNode({
    onAuth: acceptAnybody,
    reply: (channel, script, connection) => {
      const nonce = /^N=([0-9a-f]{32});/.exec(script)?.[1] ?? '';
      send(channel, printed(machine, says, nonce), connection);
    },
    ...options,
  });
}

export type Place = {
  readonly name: string;
  readonly port: number;
  readonly host?: string;
  readonly user?: string;
  readonly jump?: readonly string[];
};

export type AuditAt = {
  readonly args?: readonly string[];
  /** Text of the SSH configuration. */
  readonly config?: string;
  readonly hostKey?: 'accept-new' | 'ask';
  /** False: the configuration alone names keys. */
  readonly identity?: boolean;
};

/** The words of an audit of these nodes with a key, under the intent of the recording; HOME is `folder`. */
export function auditArgs(
  folder: string,
  places: readonly Place[],
  { args = [], config = '', hostKey = 'accept-new', identity = true }: AuditAt = {},
): readonly string[] {
  const at = (name: string): string => join(folder, name);
  writeFileSync(at('intent.yaml'), INTENT);
  writeFileSync(at('config'), config);
  const nodes = places.map((place) => ({ host: '127.0.0.1', user: 'root', ...place }));
  writeFileSync(at('nodes.yaml'), JSON.stringify({ nodes }));
  if (!existsSync(at('any'))) makeKey(at('any'), 'ed25519');
  const files = ['--inventory', at('nodes.yaml'), '--intent', at('intent.yaml')];
  const key = identity ? ['--identity', at('any')] : [];
  const access = [...key, '--host-key', hostKey, '--transport', 'ssh2'];
  return ['audit', ...files, ...access, '--config', at('config'), ...args];
}

/** The command as it ships, without a terminal. */
export const auditPeers = (
  folder: string,
  places: readonly Place[],
  options: AuditAt = {},
): Promise<CliRun> => runCli(auditArgs(folder, places, options), { env: { HOME: folder } });

/** Host name, address and the sum of the machine id of `ownMachine`. */
const OWN = /rack1-m\d+|198\.18\.1\.\d+|87f7\d{4}/g;

type Finding = Report['nodes'][number]['findings'][number];

/** The findings of a node that another one does not share. */
export function differences(report: Report, name: string, healthy: string): readonly Finding[] {
  const plain = ({ check, status, found, reason }: Finding): string =>
    JSON.stringify([check, status, found, reason]).replaceAll(OWN, 'its own');
  const usual = new Set(nodeOf(report, healthy).findings.map(plain));
  return nodeOf(report, name).findings.filter((finding) => !usual.has(plain(finding)));
}
