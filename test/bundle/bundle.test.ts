import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { allowedSignersLine, ephemeralSigner } from '../../src/bundle/ephemeral-signer.js';
import { MANIFEST, writeManifest } from '../../src/bundle/manifest.js';
import { readBundle } from '../../src/bundle/read-bundle.js';
import { signSshsig } from '../../src/bundle/sshsig.js';
import { readTar, writeTar } from '../../src/bundle/tar.js';
import { openArchive, verifyBundle } from '../../src/bundle/verify-bundle.js';
import { VERIFY_SCRIPT } from '../../src/bundle/verify-script.js';
import { packBundle } from '../../src/bundle/write-bundle.js';
import type { Report } from '../../src/domain/report.js';
import type { Signer } from '../../src/domain/signer.js';
import { sampleInput } from './sample.js';

const SCRIPT = new URL('../../scripts/verify.sh', import.meta.url).pathname;
const WHO = 'ops@example.org';
const NOW = Date.parse('2026-11-22T00:00:00Z');

let folder: string;
let signer: Signer;
let signers: string;
let good: Buffer;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'calico-ready-bundle-'));
  signer = ephemeralSigner('test');
  signers = allowedSignersLine(WHO, signer.publicBlob);
  writeFileSync(join(folder, 'signers'), signers);
  good = (await packBundle(sampleInput(), signer)).archive;
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const ours = async (archive: Buffer): Promise<string> => {
  try {
    await verifyBundle(archive, signers, WHO, NOW);
    return 'good';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
};

/** The receiver's script under a shell, on the same bytes. */
const script = (
  archive: Buffer,
  shell: readonly string[] = ['dash'],
): { status: number | null; said: string } => {
  const path = join(folder, 'b.tar.gz');
  writeFileSync(path, archive);
  const [command = 'sh', ...args] = shell;
  const { status, stdout, stderr } = spawnSync(
    command,
    [...args, SCRIPT, path, join(folder, 'signers'), WHO],
    { encoding: 'utf8' },
  );
  return { status, said: stdout + stderr };
};

const repack = (change: (files: Map<string, Buffer>) => void): Buffer => {
  const files = new Map(readTar(gunzipSync(good)));
  change(files);
  return gzipSync(
    writeTar(
      [...files].map(([path, bytes]) => ({ path, bytes })),
      0,
    ),
  );
};
const rootOf = (): string => [...readTar(gunzipSync(good)).keys()][0]?.split('/')[0] ?? '';

describe('a good bundle', () => {
  it('verifies here and with the script', async () => {
    expect(await ours(good)).toBe('good');
    expect(script(good)).toMatchObject({
      status: 0,
      said: expect.stringContaining('OK: ') as string,
    });
    expect(script(good, ['bash', '--posix']).status).toBe(0);
  });

  it('verifies by the three commands of its own README, which a stranger types', () => {
    const desk = mkdtempSync(join(folder, 'desk-'));
    writeFileSync(join(desk, 'BUNDLE.tar.gz'), good);
    copyFileSync(join(folder, 'signers'), join(desk, 'allowed_signers'));
    const name = `${rootOf()}/README-VERIFY.txt`;
    const readme = execFileSync('tar', ['-xzOf', join(desk, 'BUNDLE.tar.gz'), name], {
      encoding: 'utf8',
    });
    const commands = /mkdir x[^<]*< SHA256SUMS/.exec(readme)?.[0] ?? '';
    const typed = commands.replace('alice@example.org', WHO);
    expect(
      execFileSync('sh', ['-ec', `${typed}\nsha256sum -c SHA256SUMS`], {
        cwd: desk,
        encoding: 'utf8',
      }),
    ).toMatch(/^Good "calico-ready-bundle" signature[^]*bundle.json: OK/);
    expect(readme).toContain(VERIFY_SCRIPT);
  });

  it('is the same bytes when it is made twice', async () => {
    expect((await packBundle(sampleInput(), signer)).archive.equals(good)).toBe(true);
  });

  it.each([
    ['GNU tar with folders', ['--format=gnu'], rootOf],
    ['GNU tar, pax format', ['--format=pax'], rootOf],
    ['GNU tar, ustar, other order', ['--format=ustar', '--sort=name'], rootOf],
    ['GNU tar from the folder above', [], () => '.'],
  ])('still verifies when packed again by %s', async (_name, flags, what) => {
    const unpacked = mkdtempSync(join(folder, 'p-'));
    writeFileSync(join(folder, 'g.tar.gz'), good);
    execFileSync('tar', ['-xzf', join(folder, 'g.tar.gz'), '-C', unpacked]);
    execFileSync('tar', [...flags, '-czf', join(folder, 'again.tar.gz'), '-C', unpacked, what()]);
    const again = readFileSync(join(folder, 'again.tar.gz'));
    expect(await ours(again)).toBe('good');
    expect(script(again).status).toBe(0);
  });

  it('gives back the evidence byte for byte', async () => {
    const opened = await readBundle(good, (value) => value as Report);
    expect(opened.nodes.map(({ evidence }) => evidence.unreached)).toEqual([
      undefined,
      'refused: nobody listens on port 22',
    ]);
    expect(Buffer.from(opened.nodes[0]?.evidence.evidence[0]?.stdout ?? []).toString()).toBe(
      '6.1.0-18-amd64\n',
    );
    expect(opened.report).toEqual(JSON.parse(JSON.stringify(sampleInput().report)));
  });

  it('names nodes by its own slugs only', async () => {
    const { files } = await openArchive(good);
    expect([...files.keys()].filter((path) => path.includes('n1/'))).toEqual([]);
    expect(files.has('nodes/n0001/stdout/uname-r.txt')).toBe(true);
  });
});

describe('bundles that must be refused, here and by the script', () => {
  const attacks: readonly (readonly [string, () => Buffer | Promise<Buffer>])[] = [
    [
      'one changed byte in a file',
      () =>
        repack((files) => {
          const path = `${rootOf()}/nodes/n0001/stdout/uname-r.txt`;
          files.set(path, Buffer.from('6.1.0-19-amd64\n'));
        }),
    ],
    [
      'a changed manifest',
      () =>
        repack((files) => {
          const path = `${rootOf()}/SHA256SUMS`;
          files.set(
            path,
            Buffer.concat([
              files.get(path) ?? Buffer.alloc(0),
              Buffer.from(`${'0'.repeat(64)}  x\n`),
            ]),
          );
        }),
    ],
    [
      'a file more',
      () => repack((files) => files.set(`${rootOf()}/extra.txt`, Buffer.from('hello'))),
    ],
    [
      'a file less',
      () =>
        repack((files) => {
          files.delete(`${rootOf()}/report.md`);
        }),
    ],
    [
      'no signature',
      () =>
        repack((files) => {
          files.delete(`${rootOf()}/SHA256SUMS.sig`);
        }),
    ],
    [
      'no manifest',
      () =>
        repack((files) => {
          files.delete(`${rootOf()}/SHA256SUMS`);
        }),
    ],
    ['a second root', () => repack((files) => files.set('other/file', Buffer.from('x')))],
    [
      'signed by another key',
      async () => (await packBundle(sampleInput(), ephemeralSigner('other'))).archive,
    ],
    [
      'signed for another namespace',
      async () => {
        const files = [...readTar(gunzipSync(good))].map(([path, bytes]) => [path, bytes] as const);
        const manifest =
          files.find(([path]) => path.endsWith(`/${MANIFEST}`))?.[1] ?? Buffer.alloc(0);
        const armour = Buffer.from(await signSshsig(signer, manifest, 'file'));
        return repack((all) => all.set(`${rootOf()}/SHA256SUMS.sig`, armour));
      },
    ],
    [
      'two signatures in one file',
      () =>
        repack((files) => {
          const path = `${rootOf()}/SHA256SUMS.sig`;
          const one = files.get(path) ?? Buffer.alloc(0);
          files.set(path, Buffer.concat([one, one]));
        }),
    ],
    [
      'a link',
      () => {
        const dir = mkdtempSync(join(folder, 'l-'));
        execFileSync('ln', ['-s', '/etc/passwd', join(dir, 'bundle.json')]);
        execFileSync('tar', [
          '-czf',
          join(folder, 'l.tar.gz'),
          '-C',
          folder,
          dir.slice(folder.length + 1),
        ]);
        return readFileSync(join(folder, 'l.tar.gz'));
      },
    ],
    [
      'a path that climbs',
      () => {
        execFileSync('tar', [
          '-czPf',
          join(folder, 'c.tar.gz'),
          '--transform',
          's#.*#../evil#',
          join(folder, 'signers'),
        ]);
        return readFileSync(join(folder, 'c.tar.gz'));
      },
    ],
    [
      'the same file twice',
      () => {
        const tar = gunzipSync(good);
        const one = tar.subarray(
          0,
          512 + Math.ceil(Number.parseInt(tar.subarray(124, 135).toString(), 8) / 512) * 512,
        );
        return gzipSync(Buffer.concat([one, tar]));
      },
    ],
    ['empty', () => Buffer.alloc(0)],
    ['no gzip', () => Buffer.from('this is a text, and longer than eighteen bytes')],
    ['cut short', () => good.subarray(0, good.length - 100)],
    ['garbage behind', () => Buffer.concat([good, Buffer.from('garbage')])],
    ['a gzip of nothing', () => gzipSync(Buffer.alloc(1024))],
  ];

  it.each(attacks)('%s', async (_name, make) => {
    const archive = await make();
    const verdict = await ours(archive);
    expect(verdict).not.toBe('good');
    expect(verdict).toMatch(/^The (bundle|signature|list of files) /);
    expect(script(archive)).toMatchObject({ status: 4 });
  });

  it('every block of 512 bytes with one bit turned', async () => {
    const tar = gunzipSync(good);
    const end = tar.length - 1024;
    for (let at = 0; at < end; at += 512) {
      const changed = Buffer.from(tar);
      const position = at + 3;
      changed[position] = (changed[position] ?? 0) ^ 1;
      // Padding behind a file is no part of anything; everything else must be noticed.
      if ((await ours(gzipSync(changed))) === 'good')
        expect(tar[position], `block at ${String(at)}`).toBe(0);
    }
  });

  it('keeps its digest list strict', () => {
    expect(
      writeManifest([
        { path: 'b', bytes: Buffer.from('') },
        { path: 'a', bytes: Buffer.from('') },
      ])
        .split('\n')
        .map((line) => line.slice(66)),
    ).toEqual(['a', 'b', '']);
  });
});
