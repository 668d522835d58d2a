import { describe, expect, test } from 'vitest';
import { clock } from '../../checks/probes/clock.js';
import { hostname } from '../../checks/probes/hostname.js';
import { ipAddr } from '../../checks/probes/ip-addr.js';
import { proc1Status } from '../../checks/probes/proc-1-status.js';
import { sysctlA } from '../../checks/probes/sysctl-a.js';
import { ProbeParseError } from '../../src/domain/errors.js';
import type { AnyProbe } from '../../src/domain/probe.js';
import { visible } from '../../src/domain/visible.js';
import { answerOf } from '../../src/engine/answers.js';
import { deserialiseSession } from '../../src/session/snapshot/snapshot.js';
import { describeWith } from '../helpers/require-tool.js';
import { evidenceOf } from '../helpers/check-tester.js';
import { recorded } from '../helpers/recorded-node.js';
import { probeOf } from './fixture-probes.js';
import { collect, NONCE, runShell, sentText } from './run-shell.js';
import { EXITED, readBytes } from './transcript.js';

/** What nodes print, by its number among the fault cases: the bytes come from a real shell unless a row says so. */
const bytesOf = (bytes: Uint8Array | undefined): string =>
  Buffer.from(bytes ?? []).toString('latin1');
const NEIGHBOUR = probeOf('neighbour', 'echo well');

/** The evidence of one script that a real shell ran, and whether the probe beside it was unharmed. */
async function run(script: string, more: Parameters<typeof probeOf>[2] = {}) {
  const { read } = await collect(['dash', '-s'], [probeOf('odd', script, more), NEIGHBOUR]);
  const [odd, neighbour] = read.evidence;
  expect([bytesOf(neighbour?.stdout), neighbour?.problem]).toEqual(['well\n', undefined]);
  return odd;
}

describeWith(['dash', 'timeout'], 'output of a real shell', () => {
  test('B12/68 no final newline: the bytes arrive as they are', async () => {
    const odd = await run('printf 42');
    expect([bytesOf(odd?.stdout), odd?.problem]).toEqual(['42', undefined]);
  });

  test('B12/69 NUL and invalid UTF-8: kept raw, and no name', async () => {
    const odd = await run(String.raw`printf 'n\000\377\n'`);
    expect(bytesOf(odd?.stdout)).toBe('n\0\xff\n');
    const answer = answerOf(hostname, {
      ...evidenceOf(hostname, ''),
      stdout: odd?.stdout ?? new Uint8Array(),
    });
    expect(answer).toMatchObject({
      state: 'unknown',
      reason: expect.stringMatching(/^garbled: /) as unknown,
    });
  });

  test('B12/71 one line of 10 MB: cut at the limit and said so', async () => {
    const odd = await run('head -c 10000000 /dev/zero | tr "\\000" x', { maxBytes: 4096 });
    expect(odd?.stdout).toHaveLength(4096);
    expect(odd?.problem).toMatch(/^truncated: /);
  });

  test('B12/73 an end with a wrong nonce is a part of the answer', async () => {
    const odd = await run(String.raw`printf '\n@@0123456789abcdef0123456789abcdef E odd 0 1.0\n'`);
    expect(bytesOf(odd?.stdout)).toBe('\n@@0123456789abcdef0123456789abcdef E odd 0 1.0\n');
    expect(odd?.problem).toBeUndefined();
  });

  test('B12/74, 75 and 76 split anywhere, without its end, through a terminal', async () => {
    const probes = [probeOf('one', 'echo 1'), NEIGHBOUR];
    const { stdout } = await runShell(['dash', '-s'], sentText(probes));
    const said = (bytes: Buffer, cuts: readonly number[] = []) =>
      readBytes(bytes, probes, cuts).evidence.map((item) => [bytesOf(item.stdout), item.problem]);
    const whole = said(stdout);
    expect(whole).toEqual([
      ['1\n', undefined],
      ['well\n', undefined],
    ]);
    for (const at of stdout.keys()) expect(said(stdout, [at])).toEqual(whole);
    const text = stdout.toString('latin1');
    expect(said(Buffer.from(text.replaceAll('\n', '\r\n'), 'latin1'))).toEqual(whole);
    const endless = text.slice(0, text.lastIndexOf(`\n@@${NONCE} E`));
    const broken = readBytes(Buffer.from(endless, 'latin1'), probes, [], EXITED).evidence;
    expect(broken.map((item) => item.problem?.split(':')[0])).toContain('lost');
  });
});

const refuses = (probe: AnyProbe, stdout: string): boolean => {
  try {
    probe.parse({ stdout, stderr: '', exit: 0, receivedAt: 0 });
    return false;
  } catch (error) {
    expect(error).toBeInstanceOf(ProbeParseError);
    return true;
  }
};

// The texts below are composed by hand.
describe('what the parsers take', () => {
  test.each(['-1', '1e400', '18446744073709551616', '', '0x10', ' ', 'NaN', '1.5', '٣'])(
    'B12/78 the clock says %j: unknown',
    (number) => {
      expect(refuses(clock, `${number}\n`)).toBe(true);
    },
  );

  test.each([
    ['duplicate keys', '{"version":1,"version":2}'],
    ['__proto__', '{"__proto__":{"polluted":true},"version":1}'],
    ['constructor', '{"constructor":{"prototype":{"polluted":true}}}'],
    ['10 000 levels', '['.repeat(10_000) + ']'.repeat(10_000)],
    ['NaN', '{"version":NaN}'],
    ['nothing', ''],
  ])('B12/79 a saved session with %s is refused and leaves no trace', (_, text) => {
    expect(deserialiseSession(text).session).toBeNull();
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  test.each(["a'b", 'a;b', '..', '$(id)', 'a*b', '[a]', '😀😀', 'a\u202eb'])(
    'B12/80 an interface named %j is a name and nothing else',
    (name) => {
      const text = `1: lo: <LOOPBACK> mtu 65536\n    inet 127.0.0.1/8 scope host lo\n2: ${name}: <UP> mtu 1500\n    inet 192.0.2.1/24 scope global x\n`;
      if (refuses(ipAddr, text)) return;
      const { devices } = ipAddr.parse({ stdout: text, stderr: '', exit: 0, receivedAt: 0 });
      expect(devices).toContain(name);
      expect(visible(name)).not.toContain('\u202e');
    },
  );

  test('B12/82 a cut read of /proc is a smaller answer or none, never another one', () => {
    const status = recorded('debian-12-lab-plain', 'proc-1-status');
    const whole = proc1Status.parse({ stdout: status, stderr: '', exit: 0, receivedAt: 0 });
    for (let end = 0; end < status.length; end += 1) {
      const cut = status.slice(0, end);
      if (refuses(proc1Status, cut)) continue;
      expect(proc1Status.parse({ stdout: cut, stderr: '', exit: 0, receivedAt: 0 })).toEqual(whole);
    }
    const sysctls = recorded('debian-12-lab-plain', 'sysctl-a');
    const all = sysctlA.parse({ stdout: sysctls, stderr: '', exit: 0, receivedAt: 0 });
    for (const { index } of sysctls.matchAll(/\n/g)) {
      const end = index + 1;
      const cut = sysctls.slice(0, end);
      if (refuses(sysctlA, cut)) continue;
      const some = sysctlA.parse({ stdout: cut, stderr: '', exit: 0, receivedAt: 0 });
      for (const [key, value] of some) expect([key, value]).toEqual([key, all.get(key)]);
    }
  });
});
