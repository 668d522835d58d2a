import { readFileSync } from 'node:fs';
import { Client } from 'ssh2';
import { offeredAlgorithms } from '../../src/transport/ssh/algorithms.js';

/*
 * The least that any program built on ssh2 must do: connect, run one shell, send it the collector, read the answer.
 * ssh2-loop TARGETS KEY COLLECTOR CONCURRENCY, TARGETS with one `host port` a line; prints the bytes read. It offers the algorithms that the product
 * offers, so that both sides encrypt alike.
 */
const [targetsFile = '', keyFile = '', collectorFile = '', concurrency] = process.argv.slice(2);
const privateKey = readFileSync(keyFile);
const collector = readFileSync(collectorFile);

function ask(host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const client = new Client();
    let bytes = 0;
    client
      .once('error', reject)
      .once('close', () => {
        resolve(bytes);
      })
      .once('ready', () => {
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

const queue = readFileSync(targetsFile, 'utf8').trim().split('\n').values();
let total = 0;
async function worker(): Promise<void> {
  for (const line of queue) {
    const [host = '', port] = line.split(' ');
    const bytes = await ask(host, Number(port));
    total += bytes;
  }
}
await Promise.all(Array.from({ length: Number(concurrency) }, worker));
process.stdout.write(`${String(total)}\n`);
