import { readFileSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Report } from '../../../src/domain/report.js';
import { builtCli, type CliRun } from '../../helpers/built.js';
import type { FakeNode } from '../../helpers/fake-node-server.js';
import { Pty } from '../../helpers/pty.js';
import { describeWith } from '../../helpers/require-tool.js';
import { nodeOf } from './account-rig.js';
import { ending, folder } from './fault-rig.js';
import { auditArgs, auditPeers, startPeer, type Place } from './recorded-peers.js';

/** Host keys that change between two runs of the command, or within one; a healthy node stands beside them. */
async function peer(): Promise<FakeNode> {
  const node = await startPeer();
  ending(node.stop);
  return node;
}

/** A port of one address, and whoever stands behind it when somebody comes. */
async function behind(
  target: () => number,
  at: { readonly host: string; readonly port: number } = { host: '127.0.0.1', port: 0 },
): Promise<number> {
  const sockets = new Set<Socket>();
  const server = createServer((outer) => {
    const inner = connect(target(), '127.0.0.1');
    for (const socket of [outer, inner]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
    }
    inner.on('close', () => outer.destroy());
    outer.on('close', () => inner.destroy());
    outer.pipe(inner).pipe(outer);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(at.port, at.host, resolve);
  });
  ending(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

const known = (): string => readFileSync(join(folder, '.ssh', 'known_hosts'), 'utf8');
const reportOf = ({ stdout }: CliRun): Report => JSON.parse(stdout) as Report;
const JSON_REPORT = ['--format', 'json'];

describeWith(['ssh-keygen', 'python3'], 'host keys of several runs, and of one', () => {
  test('B12/15 a key that differs from that of the run before stops the node, and no other', async () => {
    const [before, after, other] = [await peer(), await peer(), await peer()];
    let now = before.port;
    const places: readonly Place[] = [
      { name: 'changes', port: await behind(() => now) },
      { name: 'healthy', port: other.port },
    ];
    const first = await auditPeers(folder, places, { args: JSON_REPORT });
    expect([first.code, nodeOf(reportOf(first), 'changes').readiness]).toEqual([0, 'ready']);
    const kept = known();
    now = after.port;
    const second = await auditPeers(folder, places, { args: JSON_REPORT });
    const changes = nodeOf(reportOf(second), 'changes');
    expect(changes.reason).toMatch(
      /^host-key-changed: \S+: it shows ssh-ed25519 SHA256:\S+, but \S+known_hosts:\d holds ssh-ed25519 SHA256:\S+$/,
    );
    expect(changes.findings[0]?.toKnow).toMatch(/ssh-keygen -f '\S+' -R /);
    expect(nodeOf(reportOf(second), 'healthy').readiness).toBe('ready');
    expect([second.code, known()]).toEqual([2, kept]);
  }, 60_000);

  test('B12/19 the name leads to another address in the next run: recorded, and the key must still match', async () => {
    const [same, stranger, other] = [await peer(), await peer(), await peer()];
    const port = await behind(() => same.port);
    let now = same.port;
    await behind(() => now, { host: '::1', port });
    const places = [
      { name: 'moves', host: 'moves', port },
      { name: 'healthy', port: other.port },
    ];
    const at = async (address: string): Promise<readonly [number, Report]> => {
      // Where a name leads is the resolver's business; here the configuration plays its part.
      const config = `Host moves\n  HostName ${address}\n  HostKeyAlias moves\n`;
      const ran = await auditPeers(folder, places, { config, args: JSON_REPORT });
      return [ran.code, reportOf(ran)];
    };
    const runs = [await at('127.0.0.1'), await at('::1')] as const;
    expect(runs.map(([code, report]) => [code, nodeOf(report, 'moves').facts['address']])).toEqual([
      [0, '127.0.0.1'],
      [0, '::1'],
    ]);
    expect(known().match(/^moves /gm)).toHaveLength(1);
    now = stranger.port;
    const [code, report] = await at('::1');
    expect(nodeOf(report, 'moves').reason).toMatch(/^host-key-changed: moves: /);
    expect([code, nodeOf(report, 'healthy').readiness]).toEqual([2, 'ready']);
  }, 60_000);

  test('B12/1 B12/16 the operator accepts two keys: one node goes on, the other has changed its key meanwhile', async () => {
    const [fresh, before, after, met] = [await peer(), await peer(), await peer(), await peer()];
    let visits = 0;
    const rotates = await behind(() => ((visits += 1) === 1 ? before.port : after.port));
    await auditPeers(folder, [{ name: 'met', port: met.port }]);
    const kept = known();
    const places = [
      { name: 'fresh', port: fresh.port },
      { name: 'rotates', port: rotates },
      { name: 'met', port: met.port },
    ];
    const out = join(folder, 'report.json');
    const args = [
      ...auditArgs(folder, places, { hostKey: 'ask' }),
      ...JSON_REPORT,
      '--output',
      out,
    ];
    const pty = new Pty(process.execPath, [await builtCli(), ...args], {
      env: { HOME: folder },
      rows: 60,
      columns: 160,
    });
    ending(() => pty.close());
    const table = await pty.waitForText(/Accept\? \[y\]es/);
    expect(table).toMatch(/2 nodes show host keys that known_hosts does not hold:/);
    expect(table).toMatch(/fresh at 127\.0\.0\.1:\d+ +ssh-ed25519 SHA256:\S+/);
    // Nobody is held up by the question, and nothing is written before the answer.
    expect(table).not.toMatch(/met at 127/);
    expect(known()).toBe(kept);
    pty.press('y\r');
    expect(await pty.exit()).toEqual({ code: 2, modesRestored: true });
    const report = JSON.parse(readFileSync(out, 'utf8')) as Report;
    expect(report.nodes.map(({ name, readiness }) => [name, readiness])).toEqual([
      ['fresh', 'ready'],
      ['rotates', 'unknown'],
      ['met', 'ready'],
    ]);
    expect(nodeOf(report, 'rotates').reason).toMatch(
      /^host-key-changed: .*shows ssh-ed25519 SHA256:\S+, but in this session SHA256:\S+ was accepted$/,
    );
    expect(nodeOf(report, 'fresh').facts['host-key-trusted-by']).toBe('accepted by the operator');
    expect(known()).toContain(`[127.0.0.1]:${String(fresh.port)} `);
    expect(known()).not.toContain(`[127.0.0.1]:${String(rotates)} `);
  }, 60_000);
});
