import { execFileSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { catalogue } from '../../checks/index.js';
import { firewalld } from '../../checks/firewall/firewalld.js';
import { InputError } from '../../src/domain/errors.js';
import type { NodeEvidence } from '../../src/domain/evidence.js';
import { DEFAULT_INTENT } from '../../src/domain/intent.js';
import { answersOf } from '../../src/engine/answers.js';
import { judgeNode } from '../../src/engine/judge.js';
import { allProbes, probesOf } from '../../src/engine/plan.js';
import { readRecordedFolder } from '../../src/transport/recorded.js';
import { packingOf, readSosArchive } from '../../src/transport/sos-archive.js';
import { describeWith } from '../helpers/require-tool.js';

const SAMPLE = new URL('sos-sample/', import.meta.url).pathname;
const NAME = 'sosreport-node-1-2026-11-22-abcdefg';
const PROBES = allProbes(catalogue);

let cwd = '';
const at = (...parts: readonly string[]): string => join(cwd, ...parts);
const tar = (file: string, ...flags: readonly string[]): string => {
  execFileSync('tar', ['-C', cwd, ...flags, '-cf', at(file), NAME]);
  return at(file);
};
beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), 'sos-'));
  cpSync(SAMPLE, at(NAME), { recursive: true });
  // As sos does: links at the top, and names longer than 100 bytes.
  symlinkSync('sos_commands/kernel/uname_-a', at(NAME, 'uname'));
  mkdirSync(at(NAME, 'sys', 'x'.repeat(120)), { recursive: true });
  writeFileSync(at(NAME, 'sys', 'x'.repeat(120), 'y'), 'y\n');
});
afterAll(() => {
  rmSync(cwd, { recursive: true, force: true });
});

const evidence = (node: NodeEvidence | null | undefined): Record<string, string> =>
  Object.fromEntries(
    (node?.evidence ?? []).map(({ probe, exit, problem, stdout }) => [
      probe,
      `${String(exit)} ${problem ?? ''} ${Buffer.from(stdout).toString().split('\n')[0] ?? ''}`,
    ]),
  );
const warnings: string[] = [];
const warn = (text: string): void => {
  warnings.push(text);
};
const archive = (path: string) => {
  const packing = packingOf(readFileSync(path).subarray(0, 512));
  if (packing === null) throw new Error('not packed');
  return readSosArchive(path, packing, PROBES, warn);
};

describe('an unpacked sos report', () => {
  test('is one node of the folder’s own name, with the files that probes ask for', async () => {
    const [node] = await readRecordedFolder(at(NAME), PROBES, warn);
    expect(node?.node).toBe(NAME);
    const said = evidence(node);
    expect(said['uname-a']).toMatch(/^0 {2}Linux node-1 /);
    expect(said['lsmod']).toMatch(/^1 {2}libkmod: ERROR/);
    expect(said['os-release']).toMatch(/^null {2}PRETTY_NAME="Debian GNU\/Linux 12/);
    expect(said['systemd-units']).toMatch(/^null {2}Id=|^null {2}Names=|^null {2}LoadState=/);
    expect(Object.keys(said)).toContain('ip-route');
    expect(Object.keys(said)).not.toContain('clock');
  });

  test('its firewalld is judged as it was, now and after a reboot', async () => {
    const [node] = await readRecordedFolder(cwd, PROBES, warn);
    if (node === undefined) throw new Error('no node');
    const context = {
      intent: { ...DEFAULT_INTENT, encapsulation: 'vxlan' as const, bgp: false },
      node: { name: NAME, host: NAME, roles: [] },
    };
    const { verdict } = judgeNode(firewalld, answersOf(probesOf(firewalld), node), context);
    expect(verdict).toMatchObject({
      status: 'fail',
      found: expect.stringContaining('4789') as string,
    });
  });

  test('follows no link that leads outside', async () => {
    const path = at('linked');
    cpSync(at(NAME), path, { recursive: true, verbatimSymlinks: true });
    rmSync(join(path, 'etc', 'os-release'));
    symlinkSync('/etc/os-release', join(path, 'etc', 'os-release'));
    const [node] = await readRecordedFolder(path, PROBES, warn);
    expect(Object.keys(evidence(node))).not.toContain('os-release');
    rmSync(path, { recursive: true });
  });
});

describe('a packed sos report', () => {
  test.each([
    ['pax', 'a.tar', ['--format=pax']],
    ['GNU tar', 'b.tar', ['--format=gnu']],
    ['tar in gzip', 'c.tar.gz', ['-z']],
  ])('in %s says what its folder says', async (_, file, flags) => {
    const [folder] = await readRecordedFolder(at(NAME), PROBES, warn);
    const packed = await archive(tar(file, ...flags));
    expect(packed?.node).toBe(file.replace(/\..*/, ''));
    expect(evidence(packed)).toEqual(evidence(folder));
  });

  test('that is cut short keeps what came whole, and says so', async () => {
    const whole = readFileSync(tar('whole.tar.gz', '-z', '--sort=name'));
    writeFileSync(at('cut.tar.gz'), whole.subarray(0, whole.length - 3000));
    warnings.length = 0;
    const said = evidence(await archive(at('cut.tar.gz')));
    expect(Object.keys(said)).toContain('os-release');
    expect(Object.keys(said)).not.toContain('systemd-units');
    expect(warnings.join()).toMatch(/cut short/);
  });

  test('another archive is none, damage is refused', async () => {
    mkdirSync(at('other'));
    execFileSync('tar', ['-C', cwd, '-czf', at('other.tar.gz'), 'other']);
    expect(await archive(at('other.tar.gz'))).toBeNull();
    const bytes = gunzipSync(readFileSync(tar('d.tar.gz', '-z')));
    bytes.fill(0x41, 512, 600);
    writeFileSync(at('damaged.tar.gz'), gzipSync(bytes));
    await expect(archive(at('damaged.tar.gz'))).rejects.toBeInstanceOf(InputError);
  });

  describeWith('xz', 'in xz', () => {
    test('says what its folder says', async () => {
      const [folder] = await readRecordedFolder(at(NAME), PROBES, warn);
      expect(evidence(await archive(tar('e.tar.xz', '-J')))).toEqual(evidence(folder));
    });

    test('that went away meanwhile is none, and ends nothing', async () => {
      const complaints: unknown[] = [];
      const onError = (error: unknown): unknown => complaints.push(error);
      process.on('uncaughtException', onError);
      expect(await readSosArchive(at('gone.tar.xz'), 'xz', PROBES, warn)).toBeNull();
      await new Promise(setImmediate);
      process.off('uncaughtException', onError);
      expect(complaints).toEqual([]);
    });

    test('needs xz, and says so where it is not there', async () => {
      const path = tar('f.tar.xz', '-J');
      const before = process.env['PATH'];
      process.env['PATH'] = at('nowhere');
      try {
        await expect(archive(path)).rejects.toThrow(/xz, which is not installed/);
      } finally {
        process.env['PATH'] = before;
      }
    });
  });
});
