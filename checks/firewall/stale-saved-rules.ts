import { defineCheck, fail, pass, type Verdict } from '../../src/domain/check.js';
import type { Fix } from '../../src/domain/fix.js';
import { savedFirewallRules, type SavedRules } from '../probes/saved-firewall-rules.js';

type Facts = { readonly saved: SavedRules };

const stale = ({ files }: SavedRules): readonly (readonly [string, number])[] =>
  [...files].filter(([, lines]) => lines > 0);

function judge({ saved }: Facts): Verdict {
  const found = stale(saved);
  if (found.length > 0) {
    return fail(
      found
        .map(([path, lines]) => `${path} holds ${String(lines)} lines of Calico or kube-proxy`)
        .join('; '),
      'no saved rules or sets of Calico (cali…) or kube-proxy (KUBE-…)',
    );
  }
  return saved.files.size === 0
    ? pass('there are no files of saved rules')
    : pass(`no rules of Calico or kube-proxy in ${[...saved.files.keys()].join(', ')}`);
}

// Only the lines that begin a rule, a chain or a set, so that a comment which speaks of Calico stays.
const clean = (path: string): string =>
  `/bin/sed -i.before-calico-ready -e '/^[-:].*KUBE-/d' -e '/^[-:].*cali/d' -e '/^create cali/d' -e '/^add cali/d' ${path}`;

const fixes = ({ saved }: Facts): readonly Fix[] => {
  const paths = stale(saved).map(([path]) => path);
  return [
    {
      way: 'clean',
      summary: `Take the rules and sets of Calico and kube-proxy out of ${paths.join(', ')}.`,
      kind: 'safe',
      loses: [],
      files: [],
      units: [],
      commands: paths.map(clean),
      undoCommands: paths.map((path) => `/bin/mv ${path}.before-calico-ready ${path}`),
      disturbsNetwork: false,
      needsReboot: false,
      byHandOnly: true,
      byHand: `Run, as root: ${paths.map(clean).join('; ')}. Then disable the service that restores the files, or save them only while Calico and kube-proxy are not running.`,
    },
  ];
};

export const staleSavedRules = defineCheck({
  id: 'firewall/stale-saved-rules',
  title: 'No saved rules of Calico or kube-proxy come back at boot',
  why: 'Rules of iptables that were saved while Calico ran come back at boot as they were then, with addresses of pods long gone. Saved IP sets of Calico are worse: made by an ipset newer than the one in calico-node they cannot be read there, and Felix stops with "Kernel and userspace incompatible".',
  sources: [
    {
      page: 'projectcalico/calico issue 10676',
      url: 'https://github.com/projectcalico/calico/issues/10676',
      date: '2026-08-22',
      says: 'Sets whose revision the ipset inside calico-node does not know stop Felix; 3.30.6, 3.31.3 and 3.32.0 make such sets anew.',
    },
    {
      page: 'projectcalico/calico issue 8372',
      url: 'https://github.com/projectcalico/calico/issues/8372',
      date: '2026-08-22',
      says: 'An ipset on the host that is newer than the one of calico-node made the sets of Calico unreadable for it.',
    },
  ],
  severity: 'recommended',
  waivable: true,
  rule: ({ calico }) =>
    `A saved file that names cali or KUBE- is a warning, whichever service would restore it. ${
      ['3.31', '3.32'].includes(calico)
        ? 'This release makes sets anew that it cannot read (from 3.31.3 on).'
        : 'Releases before 3.30.6 stop at sets that they cannot read.'
    }`,
  needs: { saved: savedFirewallRules },
  breaks: [
    'network policy after a reboot',
    'the start of Felix where saved IP sets are newer than its ipset',
  ],
  judge,
  fixes,
  example: { saved: { files: new Map([['/etc/iptables/rules.v4', 15]]), nftables: [] } },
});
