import { describeWith } from '../../helpers/require-tool.js';
import { globMatches } from '../../../src/domain/glob.js';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  deviceSections,
  leavesAlone,
  mergeFiles,
  readPrinted,
  UNMANAGED_KEY,
  type NmConfig,
} from '../../../checks/interfaces/networkmanager-config.js';
import { matchSpecs, splitSpecs } from '../../../checks/interfaces/networkmanager-spec.js';

const VXLAN = { name: 'vxlan.calico', type: 'vxlan', driver: 'vxlan' };

describe('specs', () => {
  test.each([
    ['interface-name:vxlan.calico', 'match'],
    ['interface-name:vxlan*', 'match'],
    ['interface-name:~vxlan*', 'match'],
    ['interface-name:vxlan?calico', 'match'],
    ['interface-name:=vxlan.calico', 'match'],
    ['interface-name:=vxlan*', 'no-match'],
    ['interface-name:[v]xlan*', 'no-match'],
    ['INTERFACE-NAME:vxlan.calico', 'match'],
    ['interface-name: vxlan.calico', 'no-match'],
    ['vxlan.calico', 'match'],
    ['vxlan*', 'no-match'],
    ['*', 'match'],
    ['type:vxlan', 'match'],
    ['driver:vxlan', 'match'],
    ['mac:00:11:22:33:44:55', 'no-match'],
    ['except:interface-name:eth0', 'match'],
    ['except:interface-name:vxlan.calico', 'excepted'],
    ['except:vxlan.calico', 'match'],
    ['*;except:interface-name:vxlan*', 'excepted'],
    ['interface-name:tunl*;except:interface-name:eth0', 'no-match'],
    ['', 'no-match'],
    [' ; ,', 'no-match'],
    ['interface-name:cali*,interface-name:vxlan.calico', 'match'],
    ['interface-name:a\\;interface-name:vxlan.calico', 'no-match'],
  ])('%j: %s', (list, expected) => {
    expect(matchSpecs(splitSpecs(list), VXLAN)).toBe(expected);
  });

  test('a glob of many stars ends quickly', () => {
    expect(globMatches(`${'*a'.repeat(2000)}b`, 'a'.repeat(4000))).toBe(false);
  });
});

/** Directory, file name, text. `main` is NetworkManager.conf. */
type Files = readonly (readonly ['lib' | 'main' | 'etc', string, string])[];

const SETS: Readonly<Record<string, Files>> = {
  'nothing at all': [],
  'the documented file': [
    [
      'etc',
      'calico.conf',
      '[keyfile]\nunmanaged-devices=interface-name:cali*;interface-name:tunl*;interface-name:vxlan.calico\n',
    ],
  ],
  'a later plain list replaces': [
    ['etc', 'calico.conf', '[keyfile]\nunmanaged-devices=interface-name:cali*\n'],
    ['etc', 'zzz.conf', '[keyfile]\nunmanaged-devices=interface-name:docker0\n'],
  ],
  'a later plus appends without duplicates': [
    ['etc', '10.conf', '[keyfile]\nunmanaged-devices=interface-name:a;interface-name:b\n'],
    ['etc', '20.conf', '[keyfile]\nunmanaged-devices+=interface-name:b, interface-name:c ;;\n'],
  ],
  'minus removes, then nothing is left': [
    ['etc', '10.conf', '[keyfile]\nunmanaged-devices=a\n'],
    ['etc', '20.conf', '[keyfile]\nunmanaged-devices-=a\n'],
  ],
  'the main file is read before etc and after lib': [
    ['lib', '99.conf', '[keyfile]\nunmanaged-devices=lib\n[device-lib]\nmanaged=0\n'],
    ['main', '', '[keyfile]\nunmanaged-devices+=main\n'],
    ['etc', '00.conf', '[keyfile]\nunmanaged-devices+=etc\n'],
  ],
  'etc shadows a file of the same name in lib': [
    ['lib', 'calico.conf', '[keyfile]\nunmanaged-devices=interface-name:cali*\n'],
    ['etc', 'calico.conf', '# empty on purpose\n'],
  ],
  'sorting is by bytes': [
    ['etc', 'Z.conf', '[keyfile]\nunmanaged-devices=upper\n'],
    ['etc', 'a.conf', '[keyfile]\nunmanaged-devices=lower\n'],
    ['etc', '_.conf', '[keyfile]\nunmanaged-devices+=score\n'],
  ],
  'hidden files count, other suffixes do not': [
    ['etc', '.hidden.conf', '[keyfile]\nunmanaged-devices+=hidden\n'],
    ['etc', 'x.conf.bak', '[keyfile]\nunmanaged-devices=bak\n'],
  ],
  'another section is ignored': [
    [
      'main',
      '',
      '[main]\nunmanaged-devices=interface-name:cali*\n[Keyfile]\nunmanaged-devices=b\n',
    ],
  ],
  'repeated keys and sections in one file': [
    [
      'main',
      '',
      '[keyfile]\nunmanaged-devices=a\nunmanaged-devices+=b\n[main]\n[keyfile]\nunmanaged-devices=c\n',
    ],
    ['etc', '1.conf', '[keyfile]\nunmanaged-devices+=x\nunmanaged-devices+=y\n'],
  ],
  'blanks, tabs, carriage returns and quotes': [
    ['main', '', '  [keyfile] \t\r\n\t unmanaged-devices \t= \t interface-name:a* ;\t"b" \r\n'],
    ['etc', '1.conf', '[keyfile]\nunmanaged-devices +=c\n'],
    ['etc', '2.conf', '[keyfile]\nunmanaged-devices+ =d\n'],
  ],
  'escapes survive a merge': [
    ['main', '', '[keyfile]\nunmanaged-devices=\\sa\\s;b\\;c,d\\\\e;f\\xg;h\ti;\\tj\n'],
    ['etc', '1.conf', '[keyfile]\nunmanaged-devices+=k\\\n'],
  ],
  'comments are lines that begin with a hash': [
    ['main', '', '# [x]\n #unmanaged-devices=a\n[keyfile]\nunmanaged-devices=b # c;#d\n'],
  ],
  'a file switched off': [
    ['etc', '1.conf', '[.config]\nenable=false\n[keyfile]\nunmanaged-devices=a\n'],
    ['etc', '2.conf', '[.config]\nenable=1\n[keyfile]\nunmanaged-devices+=b\n'],
  ],
  'device sections of several files': [
    ['lib', '1.conf', '[device-lib]\nmanaged=1\n[device]\nmanaged=0\n'],
    ['main', '', '[device-a]\nmatch-device=a\nmanaged=0\n[device-b]\nmatch-device=b\nmanaged=1\n'],
    [
      'etc',
      '1.conf',
      '[device-c]\nmanaged=0\n[device-a]\nmatch-device+=c\n[device-d]\nstop-match=1\n',
    ],
  ],
  'no newline at the end, empty values': [
    ['main', '', '[keyfile]\nunmanaged-devices='],
    ['etc', '1.conf', '[keyfile]\nunmanaged-devices+=\n'],
  ],
};

const PROGRAM = '/usr/sbin/NetworkManager';
const rank = { lib: 0, main: 1, etc: 2 };

/** Files as NetworkManager reads them: shadowed ones left out, in its order. */
function ours(files: Files): NmConfig {
  const kept = files
    .filter(([, name]) => name === '' || name.endsWith('.conf'))
    .filter(([dir, name]) => dir !== 'lib' || !files.some(([d, n]) => d === 'etc' && n === name))
    .toSorted(
      (a, b) => rank[a[0]] - rank[b[0]] || Buffer.compare(Buffer.from(a[1]), Buffer.from(b[1])),
    );
  const merged = mergeFiles(
    kept.map(([dir, name, text]) => ({ path: `${dir}/${name}`, text })),
    (path) => path === 'main/',
  );
  if ('undecided' in merged) throw new Error(merged.undecided);
  return merged;
}

function theirs(files: Files): NmConfig {
  const folder = mkdtempSync(join(tmpdir(), 'nm-'));
  try {
    for (const dir of ['lib', 'etc']) mkdirSync(join(folder, dir));
    writeFileSync(join(folder, 'main'), '');
    for (const [dir, name, text] of files) writeFileSync(join(folder, dir, name), text);
    const printed = execFileSync(
      PROGRAM,
      [
        '--print-config',
        `--config=${join(folder, 'main')}`,
        `--config-dir=${join(folder, 'etc')}`,
        `--system-config-dir=${join(folder, 'lib')}`,
        `--intern-config=${join(folder, 'intern')}`,
      ],
      { encoding: 'utf8', env: { LC_ALL: 'C' } },
    );
    const config = readPrinted(printed);
    if (config === null) throw new Error(printed);
    return config;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const devices = (config: NmConfig): readonly unknown[] =>
  deviceSections(config)
    .map((name) => [name, ...(config.get(name) ?? [])])
    // It prints the defaults of [device] as comments even where there is no such section.
    .filter((section) => section.length > 1);

const keyOf = (config: NmConfig): string | undefined => config.get('keyfile')?.get(UNMANAGED_KEY);

describeWith('NetworkManager', 'what NetworkManager itself makes of the files', () => {
  test.each(Object.entries(SETS))('%s', (_name, files) => {
    const [mine, real] = [ours(files), theirs(files)];
    expect(keyOf(mine)).toBe(keyOf(real));
    expect(devices(mine)).toEqual(devices(real));
  });

  const spec = fc.constantFrom(
    'a',
    'b*',
    'interface-name:c',
    'except:d',
    '\\se',
    'f\\;g',
    '',
    ' h ',
  );
  const line = fc.tuple(
    fc.constantFrom('unmanaged-devices=', 'unmanaged-devices+=', 'unmanaged-devices-='),
    fc.array(spec, { maxLength: 4 }),
    fc.constantFrom(';', ',', ' , '),
  );
  const body = fc
    .array(line, { minLength: 1, maxLength: 3 })
    .map(
      (lines) => `[keyfile]\n${lines.map(([key, list, by]) => key + list.join(by)).join('\n')}\n`,
    );

  test('random lists in random files', () => {
    fc.assert(
      fc.property(fc.array(body, { minLength: 1, maxLength: 4 }), (bodies) => {
        const files = bodies.map((text, index) => ['etc', `${String(index)}.conf`, text] as const);
        expect(keyOf(ours(files))).toBe(keyOf(theirs(files)));
      }),
      { numRuns: 60 },
    );
  });

  test.each([
    'unmanaged-devices',
    '[keyfile\nx=1',
    'a=b\n[keyfile]\n',
    '[]\na=b\n',
    '[keyfile] x\na=b\n',
  ])('a file that it refuses is refused: %j', (text) => {
    expect(() => theirs([['etc', '1.conf', text]])).toThrow();
    expect(mergeFiles([{ path: '1.conf', text }], () => false)).toHaveProperty('undecided');
  });
});

const config = (text: string): NmConfig => readPrinted(text) ?? new Map<string, never>();

test.each([
  ['[device-calico]\nmatch-device=interface-name:vxlan*\nmanaged=0\n', true],
  ['[device-calico]\nmatch-device=interface-name:vxlan*\nmanaged=1\n', false],
  ['[device]\nmanaged=0\n', true],
  ['[device]\nmanaged=0\n[device-b]\nmatch-device=type:vxlan\nmanaged=1\n', false],
  ['[device-calico]\nmatch-device=interface-name:eth*\nmanaged=0\n', false],
  ['[device-high]\nstop-match=yes\n[device-low]\nmanaged=0\n', false],
  ['[main]\nunmanaged-devices=*\n', false],
  ['[keyfile]\nunmanaged-devices=*\n[device-b]\nmanaged=1\n', true],
])('%j leaves vxlan.calico alone: %s', (text, expected) => {
  expect(leavesAlone(config(text))(VXLAN)).toBe(expected);
});

test('a snippet under a condition is undecided', () => {
  const text = '[.config]\nenable=nm-version-min:1.30\n[keyfile]\nunmanaged-devices=a\n';
  expect(mergeFiles([{ path: 'x.conf', text }], () => false)).toHaveProperty('undecided');
});
