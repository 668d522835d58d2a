import { readFileSync } from 'node:fs';
import { Client } from 'ssh2';
import { offeredAlgorithms } from '../../src/transport/ssh/algorithms.js';

/*
 * The least that any program built on ssh2 must do: connect, run one shell, send it the collector, read the answer.
 * ssh2-loop TARGETS KEY COLLECTOR CONCURRENCY, TARGETS with one `host port` a line; prints the bytes read. It offers the
 * algorithms that the product offers, so that both sides encrypt alike, and bounds connecting alone, as the product
 * does: what runs at the same time on the same processors costs more of them.
 */
const [targetsFile = '', keyFile = '', collectorFile = '', concurrency] = process.argv.slice(2);
const privateKey = readFileSync(keyFile);
const collector = readFileSync(collectorFile);

function connect(host: string, port: number): Promise<Client> {
  return new Promise((resolve, reject) => {
    const client = new Client();
    client
      .once('error', reject)
      .once('ready', () => {
        resolve(client);
      })
      .connect({
        host,
        port,
        username: 'root',
        privateKey,
        algorithms: offeredAlgorithms(['ssh-ed25519']),
        readyTimeout: 60_000,
      });
  });
}

function ask(client: Client): Promise<number> {
  return new Promise((resolve, reject) => {
    let bytes = 0;
    client.once('close', () => {
      resolve(bytes);
    });
    client.exec('exec /bin/sh -s', (error, channel) => {
      if (error !== undefined) {
        reject(error);
        return;
      }
      channel.stderr.resume();
      channel
        .on('data', (chunk: Buffer) => (bytes += chunk.length))
        .once('close', () => client.end());
      channel.end(collector);
    });
  });
}

const queue = readFileSync(targetsFile, 'utf8').trim().split('\n').values();
const asked: Promise<number>[] = [];
async function worker(): Promise<void> {
  for (const line of queue) {
    const [host = '', port] = line.split(' ');
    const client = await connect(host, Number(port));
    asked.push(ask(client));
  }
}
await Promise.all(Array.from({ length: Number(concurrency) }, worker));
const bytes = await Promise.all(asked);
process.stdout.write(`${String(bytes.reduce((sum, one) => sum + one, 0))}\n`);
