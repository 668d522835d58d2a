import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it, test } from 'vitest';
import { cniConfigurations } from '../../../checks/probes/cni-configurations.js';
import { cniDirectories, type CniDirectories } from '../../../checks/probes/cni-directories.js';
import { dmi } from '../../../checks/probes/dmi.js';
import { hostFiles } from '../../../checks/probes/host-files.js';
import { resolvConf } from '../../../checks/probes/resolv-conf.js';
import { runtimeCapabilities } from '../../../checks/probes/runtime-capabilities.js';
import { selinux } from '../../../checks/probes/selinux.js';
import { ProbeParseError } from '../../../src/domain/errors.js';
import type { AnyProbe } from '../../../src/domain/probe.js';
import { processorMs } from '../../helpers/processor-time.js';

const real = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8');

/** Each probe with a text that it reads, from which damaged ones are made. */
const PROBES: readonly (readonly [AnyProbe, string])[] = [
  [cniConfigurations, real('recorded/configurations-podman-buildah.txt')],
  [cniDirectories, real('recorded/directories-debian-containerd.txt')],
  [hostFiles, real('recorded/host-files-fresh.txt')],
  [resolvConf, real('../platform/recorded/resolv-stub-kubelet-mended.txt')],
  [runtimeCapabilities, real('../privileges/recorded/runtime-confined.txt')],
  // Composed by hand: the machine of these recordings has neither.
  [dmi, 'sys_vendor=Dell Inc.\nproduct_name=R650\nboard_vendor=Dell Inc.\nbios_vendor=Dell Inc.\n'],
  [selinux, 'enforce 1\nconfig enforcing\nend\n'],
];

const parse = (probe: AnyProbe, stdout: string): unknown =>
  probe.parse({ stdout, stderr: '', exit: 0, receivedAt: null });
const onlyItsOwnError = (probe: AnyProbe, stdout: string): void => {
  try {
    parse(probe, stdout);
  } catch (error) {
    expect(error).toBeInstanceOf(ProbeParseError);
  }
};

describe.each(PROBES.map(([probe, text]) => ({ id: probe.id, probe, text })))(
  '$id',
  ({ probe, text }) => {
    it('reads its text, and throws nothing but its own error for what is left of it', () => {
      expect(parse(probe, text)).toBeTruthy();
      fc.assert(
        fc.property(fc.nat(text.length), fc.nat(text.length), fc.string(), (from, to, inserted) => {
          onlyItsOwnError(probe, text.slice(0, from) + inserted + text.slice(to));
        }),
        { numRuns: 200 },
      );
    });

    it('is done with 10 MB of one line in well under a second', () => {
      for (const unit of ['a', ' ', '/etc/cni/net.d/']) {
        const long = unit.repeat(Math.floor(1e7 / unit.length));
        const work = (): void => {
          onlyItsOwnError(probe, `${long}\n${text}`);
          onlyItsOwnError(probe, text.replace('\n', long));
        };
        expect(processorMs(work)).toBeLessThan(1000);
      }
    });
  },
);

const folder = mkdtempSync(join(tmpdir(), 'net.d-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});
const SHELLS = [['dash'], ['bash', '--posix'], ['bash'], ['busybox', 'sh']].filter(
  ([name = '']) => spawnSync(name, [name === 'busybox' ? 'true' : '-c', ':']).error === undefined,
);

describe.each(SHELLS.map((shell) => ({ name: shell.join(' '), shell })))('$name', ({ shell }) => {
  const [command = '', ...args] = shell;
  const run = (script: string): string =>
    spawnSync(command, [...args, '-c', script], {
      env: { PATH: '/usr/bin:/bin:/usr/sbin:/sbin', LC_ALL: 'C' },
      stdio: ['ignore', 'pipe', 'pipe'],
      encoding: 'utf8',
    }).stdout;

  test('types of configurations are found however they are laid out, and nothing else leaves', () => {
    const secret = '"etcd_password": "hunter2"';
    mkdirSync(folder, { recursive: true });
    const conf = (name: string, text: string): void => {
      writeFileSync(join(folder, name), text);
    };
    conf(
      '10-a.conflist',
      `{"plugins":[{"type":"calico",${secret},"ipam":{"type" : "calico-ipam"}}]}`,
    );
    conf('20 b.conf', '{\n\t"type":\t"bridge"\n}\n');
    conf('30-c.json', 'no JSON at all\n');
    conf('40-d.txt', '{"type": "ignored"}');
    const script = (cniConfigurations.script ?? '').replaceAll('/etc/cni/net.d', folder);
    const said = run(script).replaceAll(folder, '/etc/cni/net.d');
    expect(said).not.toContain('hunter2');
    expect(parse(cniConfigurations, said)).toEqual({
      files: [
        { file: '10-a.conflist', types: ['calico', 'calico-ipam'] },
        { file: '20 b.conf', types: ['bridge'] },
        { file: '30-c.json', types: [] },
      ],
    });
    chmodSync(folder, 0o700);
  });

  test('the file system under a directory is found, with / alone too', () => {
    const { directories } = parse(
      cniDirectories,
      run(cniDirectories.script ?? ''),
    ) as CniDirectories;
    for (const { mountOptions } of directories) expect(mountOptions).toContain('rw');
  });

  test.each(PROBES.map(([probe]) => ({ id: probe.id, probe })))(
    '$id gives an answer here, or says that its tool is missing',
    ({ probe }) => {
      const said = run(probe.script ?? '');
      if (said !== '') expect(parse(probe, said)).toBeDefined();
    },
  );
});
