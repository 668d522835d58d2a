import { parseCidr } from '../../src/domain/cidr.js';
import { ProbeParseError } from '../../src/domain/errors.js';
import { defineProbe } from '../../src/domain/probe.js';
import { linesOf } from './support/text.js';

/** One address of the node. */
export type NodeAddress = {
  readonly device: string;
  /** With its prefix length and the host's own bits: `10.0.0.5/24`. */
  readonly address: string;
};
export type IpAddr = {
  readonly devices: readonly string[];
  readonly addresses: readonly NodeAddress[];
};

const HEAD = /^\d{1,9}: ([^\s:@]{1,15})(?:@\S{1,20})?:? /;
const ADDRESS = /\sinet6? ([0-9a-fA-F:.]{2,45})(?: peer ([0-9a-fA-F:.]{2,45}))?(?:\/(\d{1,3}))?\s/;

/** Of a point-to-point address only our own end counts, whose prefix length is not said. */
function addressOf(line: string): string | null {
  const [, own, peer, length] = ADDRESS.exec(`${line} `) ?? [];
  if (own === undefined) return null;
  const text = peer !== undefined || length === undefined ? own : `${own}/${length}`;
  if (parseCidr(text) === null) throw new ProbeParseError('an address that is none');
  return text;
}

function parse(stdout: string): IpAddr {
  const devices = new Set<string>();
  const addresses: NodeAddress[] = [];
  let device: string | null = null;
  for (const line of linesOf(stdout)) {
    device = HEAD.exec(line)?.[1] ?? device;
    if (device === null) throw new ProbeParseError('it does not begin with an interface');
    devices.add(device);
    const address = addressOf(line);
    if (address !== null) addresses.push({ device, address });
  }
  if (devices.size === 0) throw new ProbeParseError('it names no interface');
  return { devices: [...devices], addresses };
}

/** `ip addr`, and the one-line form of `ip -o addr`. */
export const ipAddr = defineProbe<IpAddr>({
  id: 'ip-addr',
  command: 'ip addr',
  script: 'ip addr || ip -o addr',
  rootCommands: [],
  timeoutSeconds: 10,
  maxBytes: 4 << 20,
  fields: { devices: 'plain', 'addresses.device': 'plain', 'addresses.address': 'net-address' },
  recognises: (stdout) => /^1: lo(?:: <|\s+inet )/m.test(stdout.slice(0, 2000)),
  parse: ({ stdout }) => parse(stdout),
});
