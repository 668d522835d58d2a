import { defineCheck, fail, pass, unknown, type Verdict } from '../../src/domain/check.js';
import type { Fix } from '../../src/domain/fix.js';
import type { Intent } from '../../src/domain/intent.js';
import { reason } from '../../src/domain/reason.js';
import { listeningSockets, type ListeningSockets } from '../probes/listening-sockets.js';
import type { UnitStates } from '../probes/support/systemctl.js';
import { systemdUnits } from '../probes/systemd-units.js';
import { holdersOf, isCalico, namesOf, NAMES_NEED_ROOT } from './holders.js';
import { portsTable } from './texts.js';

type Facts = { readonly sockets?: ListeningSockets; readonly units?: UnitStates };

const DAEMONS = ['frr.service', 'bird.service', 'bird6.service', 'gobgpd.service'] as const;
const EXPECTED = 'TCP 179 is free, or held by the BIRD of Calico';

const running = ({ units }: Facts): readonly string[] =>
  DAEMONS.filter((name) => units?.get(name)?.running === true);

// The BIRD of Calico bears the name of any BIRD; a unit of the host tells them apart.
function judgeHolders(facts: Facts, names: readonly string[]): Verdict {
  const strangers = names.filter((name) => !isCalico(name));
  const hostBird = running(facts).filter((unit) => unit.startsWith('bird'));
  if (strangers.length > 0) return fail(`TCP 179 is held by ${strangers.join(', ')}`, EXPECTED);
  if (hostBird.length > 0)
    return fail(`TCP 179 is held by the BIRD of ${hostBird.join(', ')}`, EXPECTED);
  if (names.some((name) => name.startsWith('bird')) && facts.units?.has('bird.service') !== true)
    return unknown(
      reason('not-run', 'TCP 179 is held by a BIRD, and systemd was not asked about bird.service'),
      'Run systemctl status bird on the node.',
    );
  return pass(`TCP 179 is held by ${names.join(', ')}, as Calico does`);
}

function judge(facts: Facts): Verdict {
  const { sockets } = facts;
  const daemons = running(facts);
  if (sockets === undefined) {
    return unknown(
      reason(
        'not-run',
        daemons.length === 0
          ? 'nobody told who listens'
          : `${daemons.join(', ')} runs, but nobody told who listens`,
      ),
      NAMES_NEED_ROOT,
    );
  }
  const holders = holdersOf(sockets, 'tcp', 179);
  if (holders.length === 0) return pass('nobody listens on TCP 179');
  const names = namesOf(holders);
  return names.length === 0
    ? unknown(reason('denied', 'TCP 179 is taken, and by whom cannot be seen'), NAMES_NEED_ROOT)
    : judgeHolders(facts, names);
}

const fixes = (facts: Facts): readonly Fix[] => [
  {
    way: 'stop',
    summary: `Stop the other BGP daemon${running(facts).length === 0 ? '' : `: ${running(facts).join(', ')}`}.`,
    kind: 'disruptive',
    consentWord: 'stop',
    loses: ['The routes that this daemon learns and announces are gone.'],
    files: [],
    units: running(facts).map((unit) => ({ unit, active: false, enabled: false })),
    commands: [],
    undoCommands: [],
    disturbsNetwork: true,
    needsReboot: false,
    byHandOnly: true,
    byHand:
      'Stop the daemon, or let it peer with the BIRD of Calico on another port: spec.listenPort of BGPConfiguration moves that of Calico. VXLAN without BGP needs no port 179.',
  },
];

const skip = ({ bgp, network }: Intent): string | null =>
  bgp && network === 'calico' ? null : 'this intent does not use BGP of Calico';

export const bgpPortOwner = defineCheck({
  id: 'firewall/bgp-port-owner',
  title: 'No other BGP daemon holds TCP 179',
  why: 'BIRD in calico-node listens on TCP 179. Where FRR, another BIRD, GoBGP or the speaker of a load balancer has it, BIRD says "bind: Address in use", and no session of Calico comes up from the other side.',
  sources: [
    portsTable('Calico networking with BGP needs TCP 179 on all hosts, in both directions.'),
    {
      page: 'projectcalico/calico issue 7893',
      url: 'https://github.com/projectcalico/calico/issues/7893',
      date: '2026-08-22',
      says: 'Another BGP daemon on the node holds port 179; BGPConfiguration.listenPort moves that of Calico.',
    },
  ],
  severity: 'recommended',
  waivable: true,
  skip,
  rule: () =>
    'A process that is not of Calico on TCP 179 is a warning, because spec.listenPort may have been moved. BIRD passes unless bird.service of the host runs. A holder whose name cannot be seen is unknown.',
  needs: {},
  witnesses: { sockets: listeningSockets, units: systemdUnits },
  breaks: ['BGP'],
  alternatives: () => ['encapsulation: vxlan with bgp: false'],
  judge,
  fixes,
  example: {
    units: new Map([
      [
        'frr.service',
        { installed: true, running: true, enabled: true, words: 'active (running), enabled' },
      ],
    ]),
  },
});
