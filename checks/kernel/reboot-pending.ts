import { defineCheck, fail, notApplicable, pass, unknown } from '../../src/domain/check.js';
import type { Fix } from '../../src/domain/fix.js';
import { reason } from '../../src/domain/reason.js';
import { bootConfig, type KernelConfig } from '../probes/boot-config.js';
import { lsmod } from '../probes/lsmod.js';
import { moduleFolders } from '../probes/module-folders.js';
import { modulesDep } from '../probes/modules-dep.js';
import { procModules } from '../probes/proc-modules.js';

const RESTART: Fix = {
  way: 'restart',
  summary: 'Restart the node, so that it runs the kernel whose modules are installed.',
  kind: 'disruptive',
  loses: ['Everything that runs on this node stops for as long as the restart takes.'],
  consentWord: 'restart',
  files: [],
  units: [],
  commands: ['/usr/bin/systemctl reboot'],
  undoCommands: [],
  disturbsNetwork: true,
  needsReboot: true,
  byHandOnly: true,
  byHand: 'Drain the node (kubectl drain NODE --ignore-daemonsets), restart it, and uncordon it.',
};

/** By its configuration, or because it lists those that are loaded: a kernel that takes none has no such list. */
const loadsModules = (
  config: KernelConfig | undefined,
  listed: ReadonlySet<string> | undefined,
): boolean => config?.symbols.get('MODULES') === 'y' || listed !== undefined;

/** A kernel that was upgraded under its own feet can load nothing any more. */
export const rebootPending = defineCheck({
  id: 'kernel/reboot-pending',
  title: 'The modules of the running kernel are installed',
  why: 'Tunnels, sets and matches are loaded when Calico first uses them. After an upgrade that removed the modules of the running kernel none of them can be loaded until the node is restarted.',
  sources: [
    {
      page: 'Kubernetes system validators, kernel',
      url: 'https://github.com/kubernetes/system-validators/blob/master/validators/kernel_validator.go',
      date: '2025-10-23',
      says: 'What belongs to the running kernel is looked for under its release, in /boot and in the folder of its modules.',
    },
  ],
  severity: 'recommended',
  waivable: true,
  rule: () =>
    'It passes when /lib/modules has a folder for the running kernel, or when the kernel was built without loadable modules. It warns when the kernel loads modules and there is no such folder.',
  breaks: ['whatever needs a module that is not loaded yet: tunnels, IP sets, matches, IPVS'],
  needs: { modulesDep },
  witnesses: { bootConfig, procModules, lsmod, moduleFolders, modulesDep },
  judge: ({ modulesDep: dep, bootConfig: config, moduleFolders: folders, ...facts }) => {
    const asked = folders?.restartAsked === true;
    if (dep.there) {
      return pass(
        `the modules of the running kernel are installed${asked ? '; the distribution asks for a restart all the same (/run/reboot-required)' : ''}`,
      );
    }
    if (config?.symbols.get('MODULES') === 'n') {
      return notApplicable('the kernel was built without loadable modules (CONFIG_MODULES)');
    }
    const loads = loadsModules(config, facts.procModules ?? facts.lsmod);
    if (!loads) {
      return unknown(
        reason(
          'not-run',
          `${dep.place} is not there, and nothing tells whether the kernel loads modules`,
        ),
        'Give the kernel configuration, or the output of lsmod.',
      );
    }
    const others = folders?.releases.slice(0, 4) ?? [];
    const words = others.length === 0 ? '' : `; installed are those of ${others.join(', ')}`;
    return fail(
      `${dep.place} is not there: the kernel was upgraded without a restart, or the image came without modules${words}`,
      'the modules of the running kernel, or a restart into the kernel whose modules are installed',
    );
  },
  fixes: ({ moduleFolders: folders }) => ((folders?.releases.length ?? 0) > 0 ? [RESTART] : []),
  example: {
    modulesDep: {
      place: '/lib/modules/6.1.0-49-amd64/modules.dep',
      there: false,
      modules: new Set<string>(),
      asked: null,
    },
    procModules: new Set(['nf_tables']),
    moduleFolders: { releases: ['6.1.0-50-amd64'], restartAsked: true },
  },
});
