import { defineCheck, fail, pass, warn } from '../../src/domain/check.js';
import {
  cniDirectories,
  type CniDirectories,
  type CniDirectory,
  type CniSetting,
} from '../probes/cni-directories.js';
import { pageB } from '../requirements/sources.js';

const CONF_DIR = '/etc/cni/net.d';
const BIN_DIR = '/opt/cni/bin';
const EXPECTED = `${CONF_DIR} and ${BIN_DIR}, writable, and a container runtime that looks there`;

const WANTED: Readonly<Record<string, string>> = {
  conf_dir: CONF_DIR,
  network_dir: CONF_DIR,
  bin_dir: BIN_DIR,
  bin_dirs: BIN_DIR,
  plugin_dirs: BIN_DIR,
};

/** Settings that place CNI elsewhere; an empty value means the runtime's own default, which is ours. */
const elsewhere = ({ key, values }: CniSetting): boolean => {
  const set = values.map((value) => value.replace(/\/{1,20}$/, '')).filter((value) => value !== '');
  return set.length > 0 && !set.includes(WANTED[key] ?? '');
};

function defectOf({ path, state, mountOptions }: CniDirectory): string | null {
  if (state === 'other') return `${path} is no directory`;
  if (state === 'dangling') return `${path} is a link to nothing`;
  return mountOptions.includes('ro') ? `${path} lies on a file system mounted read-only` : null;
}

const defectsOf = ({ directories, settings }: CniDirectories): readonly string[] => [
  ...directories.flatMap((directory) => defectOf(directory) ?? []),
  ...settings
    .filter(elsewhere)
    .map(({ file, key, values }) => `${file} sets ${key} to ${values.slice(0, 3).join(' ')}`),
];

export const directories = defineCheck({
  id: 'cni/directories',
  title: 'The CNI directories are where Calico installs itself',
  why: 'Calico writes its configuration and its plug-in there. A runtime that looks elsewhere never finds it, and every pod waits for a network.',
  sources: [
    pageB(
      'B15',
      'kubernetes-requirements',
      'Calico is installed as a CNI plug-in, in the default directories /etc/cni/net.d and /opt/cni/bin.',
    ),
  ],
  severity: 'required',
  waivable: true,
  rule: ({ install }) =>
    `Fails when one of the two is no directory or lies on a file system mounted read-only, or when containerd, CRI-O, k3s or RKE2 is set to look elsewhere${install === 'operator' ? ' (Installation.spec.cni can follow it there)' : ''}. A directory that is not there yet is a warning: Calico's installer makes it.`,
  disagreement:
    "The page (2024-10-29) names /etc/cni/net.d and /opt/cni/bin. Packaged runtimes differ: Debian's containerd 1.6.20 ships a config.toml with bin_dir = /usr/lib/cni, and k3s with its own flannel keeps both below /var/lib/rancher/k3s (its containerd template sets them unless flannel is off). The page judges; what the runtime's own file says is shown.",
  needs: { cni: cniDirectories },
  breaks: ['every pod on this node'],
  alternatives: ({ install }) =>
    install === 'operator'
      ? ['Installation with cni.confDir and cni.binDir as the runtime has them']
      : [],
  judge: ({ cni }) => {
    const defects = defectsOf(cni);
    if (defects.length > 0) return fail(defects.slice(0, 5).join('; '), EXPECTED);
    const notes = cni.unreadable.map((file) => `${file} may not be read`).slice(0, 3);
    const missing = cni.directories
      .filter(({ state }) => state === 'missing')
      .map(({ path }) => path);
    if (missing.length > 0) {
      return warn(`${missing.join(' and ')} not there yet`, EXPECTED);
    }
    // A runtime whose settings stay hidden may look elsewhere: that is no reason to fail, and none to be silent.
    return notes.length > 0
      ? warn(`both directories are there, but ${notes.join(', ')}`, EXPECTED)
      : pass(`${CONF_DIR} and ${BIN_DIR} are there`);
  },
});
