import { parseCidr } from '../../src/domain/cidr.js';
import { ProbeParseError } from '../../src/domain/errors.js';
import { defineProbe } from '../../src/domain/probe.js';
import { linesOf } from './support/text.js';

export type Route = {
  /** `unicast`, or what stands in front: `blackhole`, `unreachable`, `prohibit`, `throw`, `local` … */
  readonly type: string;
  /** A block, or `default`. */
  readonly destination: string;
  /** Empty when none is named. */
  readonly device: string;
  /** `kernel`, `bird`, a number; empty when none is named. */
  readonly protocol: string;
  /** Empty for a network on the link, and for a route with several next hops. */
  readonly gateway: string;
  /** The address that packets leave with; empty when none is named. */
  readonly source: string;
  /** Lower wins; 0 when none is named, as the kernel has it for IPv4. */
  readonly metric: number;
  /** The devices of a route with several next hops. */
  readonly hops: readonly string[];
};

const TYPES: readonly string[] = [
  'unicast',
  'local',
  'broadcast',
  'multicast',
  'anycast',
  'throw',
  'unreachable',
  'prohibit',
  'blackhole',
];

function routeOf(words: readonly string[]): Route {
  const first = words[0] ?? '';
  const typed = TYPES.includes(first);
  const destination = (typed ? words[1] : first) ?? '';
  if (destination !== 'default' && parseCidr(destination) === null) {
    throw new ProbeParseError('a line that does not begin with a destination');
  }
  const after = (key: string): string => {
    const at = words.indexOf(key, typed ? 2 : 1);
    return at === -1 ? '' : (words[at + 1] ?? '').slice(0, 40);
  };
  const metric = after('metric');
  return {
    type: typed ? first : 'unicast',
    destination,
    device: after('dev'),
    protocol: after('proto'),
    gateway: after('via'),
    source: after('src'),
    metric: /^\d{1,10}$/.test(metric) ? Number(metric) : 0,
    hops: [],
  };
}

/** A route may be followed by lines of its next hops, which name only gateways and devices. */
function routesOf(lines: readonly string[]): readonly Route[] {
  const routes: (Route & { hops: string[] })[] = [];
  for (const line of lines) {
    const words = line.trim().split(/\s{1,20}/);
    if (words[0] === 'nexthop') {
      const at = words.indexOf('dev');
      const device = at === -1 ? undefined : words[at + 1];
      if (device !== undefined) routes.at(-1)?.hops.push(device.slice(0, 40));
    } else routes.push({ ...routeOf(words), hops: [] });
  }
  return routes;
}

/** The main routing table, that of IPv6 behind that of IPv4. A node without any route prints nothing. */
export const ipRoute = defineProbe<{ readonly routes: readonly Route[] }>({
  id: 'ip-route',
  command: 'ip route',
  script: 'ip route || exit $?\nip -6 route 2>/dev/null\nexit 0',
  rootCommands: [],
  timeoutSeconds: 10,
  maxBytes: 4 << 20,
  fields: {
    'routes.type': 'plain',
    'routes.destination': 'net-address',
    'routes.device': 'plain',
    'routes.protocol': 'plain',
    'routes.gateway': 'net-address',
    'routes.source': 'net-address',
    'routes.metric': 'plain',
    'routes.hops': 'plain',
  },
  recognises: (stdout) =>
    /^(?:default (?:via \S{2,45} )?dev|[\d.]{7,15}\/\d{1,2} dev) \S{1,15} /.test(
      stdout.slice(0, 200),
    ),
  parse: ({ stdout, exit }) => {
    const routes = routesOf(linesOf(stdout));
    // An empty paste is more likely a slip than a node without routes.
    if (routes.length === 0 && exit === null) throw new ProbeParseError('it names no route');
    return { routes };
  },
});
