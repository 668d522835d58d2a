import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import { directories } from '../../../checks/cni/directories.js';
import { testCheck } from '../../helpers/check-tester.js';

// Composed by hand in the form that the probe prints, which test/checks/probes/scripts.test.ts proves.
const answer = (
  change: { conf?: string; bin?: string; mount?: string; more?: string } = {},
): string =>
  `directory ${change.conf ?? 'directory'} /etc/cni/net.d
mount rw,relatime
entry 10-calico.conflist
directory ${change.bin ?? 'directory'} /opt/cni/bin
mount rw,relatime
mount ${change.mount ?? 'rw,relatime'}
entry calico
${change.more ?? ''}end
`;
const config = (...lines: readonly string[]): string =>
  `config /etc/containerd/config.toml\n${lines.map((line) => `|${line}\n`).join('')}`;
const check = (change: Parameters<typeof answer>[0]) => ({ 'cni-directories': answer(change) });

const real = (name: string) => ({
  'cni-directories': readFileSync(new URL(`recorded/${name}.txt`, import.meta.url), 'utf8'),
});

testCheck(directories, [
  {
    name: 'a fresh node has neither yet',
    says: real('directories-fresh'),
    expect: { status: 'warn' },
  },
  { name: 'a node with both passes', says: real('directories-there'), expect: { status: 'pass' } },
  {
    name: "Debian's containerd looks for plug-ins elsewhere",
    says: real('directories-debian-containerd'),
    expect: { status: 'fail', found: expect.stringContaining('bin_dir to /usr/lib/cni') },
  },
  {
    name: 'and passes with that line changed',
    says: real('directories-debian-containerd-mended'),
    expect: { status: 'pass' },
  },
  { name: 'both there passes', says: check({}), expect: { status: 'pass' } },
  {
    name: 'one missing is a warning',
    says: check({ bin: 'missing' }),
    expect: { status: 'warn', found: expect.stringContaining('/opt/cni/bin') },
  },
  { name: 'a file in its place fails', says: check({ conf: 'other' }), expect: { status: 'fail' } },
  {
    name: 'a link to nothing fails',
    says: check({ conf: 'dangling' }),
    expect: { status: 'fail' },
  },
  {
    name: 'the last of two mounts counts: read-only fails',
    says: check({ mount: 'ro,relatime' }),
    expect: { status: 'fail', found: expect.stringContaining('read-only') },
  },
  {
    name: 'a runtime with our directories passes',
    says: check({
      more: config('      bin_dir = "/opt/cni/bin/"', '      conf_dir = "/etc/cni/net.d"'),
    }),
    expect: { status: 'pass' },
  },
  {
    name: 'a runtime with another directory fails',
    says: check({ more: config('      bin_dir = "/usr/libexec/cni"') }),
    expect: { status: 'fail', found: expect.stringContaining('bin_dir to /usr/libexec/cni') },
  },
  {
    name: 'one of several is enough, over several lines too',
    says: check({
      more: config('plugin_dirs = [', '  "/usr/libexec/cni", # "x"', '  "/opt/cni/bin/",', ']'),
    }),
    expect: { status: 'pass' },
  },
  {
    name: 'none of several is not',
    says: check({ more: config("bin_dirs = ['/usr/lib/cni']") }),
    expect: { status: 'fail' },
  },
  {
    name: 'an empty setting is the default',
    says: check({ more: config('conf_dir = ""') }),
    expect: { status: 'pass' },
  },
  {
    name: 'a configuration that may not be read is said',
    says: check({ more: 'unreadable /etc/containerd/config.toml\n' }),
    expect: { status: 'warn', found: expect.stringContaining('may not be read') },
  },
  {
    name: 'a cut answer is unknown',
    says: { 'cni-directories': 'directory directory /etc/cni/net.d\n' },
    expect: { status: 'unknown' },
  },
  {
    name: 'garbage is unknown',
    says: { 'cni-directories': 'x\nend\n' },
    expect: { status: 'unknown' },
  },
  { name: 'nothing asked is unknown', says: {}, expect: { status: 'unknown' } },
]);
