import { defineCheck, fail, pass, unknown, type Verdict } from '../../src/domain/check.js';
import { reason } from '../../src/domain/reason.js';
import { cniDirectories, type CniDirectories } from '../probes/cni-directories.js';
import { hostFiles, type HostFiles } from '../probes/host-files.js';
import { mountOf, mounts, type Mounts } from '../probes/mounts.js';
import { pageB } from '../requirements/sources.js';

type Facts = {
  readonly cni?: CniDirectories;
  readonly mounted?: Mounts;
  readonly files?: HostFiles;
};

const BIN_DIR = '/opt/cni/bin';
const STATE_DIR = '/var/lib/calico';
const LOCK = '/run/xtables.lock';
const EXPECTED = `${BIN_DIR} on a file system without noexec, ${STATE_DIR} on a writable one, ${LOCK} a file or not there`;

function defectsOf({ cni, mounted, files }: Facts): readonly string[] {
  const bin = cni?.directories.find(({ path }) => path === BIN_DIR);
  const state = mounted === undefined ? undefined : mountOf(mounted, STATE_DIR);
  return [
    ...(bin?.mountOptions.includes('noexec') === true
      ? [`${BIN_DIR} lies on a file system mounted noexec`]
      : []),
    ...(state?.options.has('ro') === true
      ? [`${STATE_DIR} lies on ${state.point}, which is mounted read-only`]
      : []),
    ...(files?.get(LOCK) === 'directory' ? [`${LOCK} is a directory`] : []),
  ];
}

function judge(facts: Facts): Verdict {
  const defects = defectsOf(facts);
  if (defects.length > 0) return fail(defects.join('; '), EXPECTED);
  const bin = facts.cni?.directories.find(({ path }) => path === BIN_DIR);
  if (bin === undefined || bin.mountOptions.length === 0) {
    return unknown(
      reason('not-run', `nobody looked how ${BIN_DIR} is mounted`),
      `Look with: findmnt -T ${BIN_DIR} -no OPTIONS`,
    );
  }
  return pass(`${BIN_DIR} is mounted without noexec`);
}

/** Also the place for /run/xtables.lock: like the directories it is a path of the host that calico-node mounts. */
export const noexecCni = defineCheck({
  id: 'platform/noexec-cni',
  title: "Calico's files on the host can be run and written",
  why: 'The container runtime runs the plug-in in /opt/cni/bin: mounted noexec it ends in "permission denied" for every pod. calico-node keeps its name in /var/lib/calico, and mounts /run/xtables.lock as a file, so that a directory of that name keeps its container from starting.',
  sources: [
    pageB(
      'B15',
      'kubernetes-requirements',
      'Calico is installed as a CNI plug-in in /opt/cni/bin, from where the runtime runs it.',
    ),
    {
      page: 'execve(2)',
      url: 'https://man7.org/linux/man-pages/man2/execve.2.html',
      date: '2026-08-22',
      says: 'A program on a file system that is mounted noexec is refused with EACCES.',
    },
    {
      page: "Calico's manifest",
      url: 'https://github.com/projectcalico/calico/blob/v3.32.1/manifests/calico.yaml',
      date: '2026-06-24',
      says: 'calico-node mounts /run/xtables.lock with type FileOrCreate and /var/lib/calico for writing.',
    },
  ],
  severity: 'required',
  waivable: true,
  rule: () =>
    'Fails when /opt/cni/bin lies on a file system mounted noexec, /var/lib/calico on one mounted read-only, or /run/xtables.lock is a directory. Passes when /opt/cni/bin was seen without noexec and nothing of the others was found.',
  breaks: ['every pod on this node'],
  needs: {},
  witnesses: { cni: cniDirectories, mounted: mounts, files: hostFiles },
  judge,
  fixes: (facts) =>
    facts.files?.get(LOCK) !== 'directory'
      ? []
      : [
          {
            way: 'lock-file',
            summary: `Remove the empty directory ${LOCK}.`,
            kind: 'safe',
            loses: [],
            files: [],
            units: [],
            commands: [`/bin/rmdir ${LOCK}`],
            undoCommands: [`/bin/mkdir ${LOCK}`],
            disturbsNetwork: false,
            needsReboot: false,
            byHandOnly: true,
            byHand: `Stop the container that mounts ${LOCK} as a directory, then run rmdir ${LOCK}.`,
          },
        ],
  example: { files: new Map([[LOCK, 'directory'] as const]) },
});
