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

function routeOf(line: string): Route | null {
  const words = line.trim().split(/\s{1,20}/);
  const first = words[0] ?? '';
  // The next hops of a route with several of them, which name only gateways and devices.
  if (first === 'nexthop') return null;
  const typed = TYPES.includes(first);
  const destination = (typed ? words[1] : first) ?? '';
  if (destination !== 'default' && parseCidr(destination) === null) {
    throw new ProbeParseError('a line that does not begin with a destination');
  }
  const after = (key: string): string => {
    const at = words.indexOf(key, typed ? 2 : 1);
    return at === -1 ? '' : (words[at + 1] ?? '').slice(0, 40);
  };
  return {
    type: typed ? first : 'unicast',
    destination,
    device: after('dev'),
    protocol: after('proto'),
  };
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
  },
  recognises: (stdout) => /^default (?:via \S{2,45} )?dev \S{1,15}/m.test(stdout.slice(0, 4000)),
  parse: ({ stdout, exit }) => {
    const routes = linesOf(stdout).flatMap((line) => routeOf(line) ?? []);
    // An empty paste is more likely a slip than a node without routes.
    if (routes.length === 0 && exit === null) throw new ProbeParseError('it names no route');
    return { routes };
  },
});
