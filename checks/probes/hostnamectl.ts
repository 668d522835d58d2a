import { ProbeParseError } from '../../src/domain/errors.js';
import { defineProbe } from '../../src/domain/probe.js';
import { linesOf } from './support/text.js';

/** What hostnamectl says beside the identifiers, which are not kept. Empty when a line is not there. */
export type Hostnamectl = {
  readonly staticHostname: string;
  /** The running kernel's own name; systemd prints the line only where it differs from the static one. */
  readonly transientHostname: string;
  readonly operatingSystem: string;
  /** `cpe:/o:rocky:rocky:8:GA`. */
  readonly cpe: string;
  /** As `uname -r` prints it. */
  readonly kernel: string;
  /** In systemd's words: `x86-64`, `arm64`, `ppc64-le`, `s390x`. */
  readonly architecture: string;
  /** The kind of virtual machine or container in systemd's words: `kvm`, `amazon`, `microsoft`, `lxc`. */
  readonly virtualization: string;
  /** Of the firmware's tables, which systemd prints from 249 on. */
  readonly hardwareVendor: string;
  readonly hardwareModel: string;
};

/** Of two values of these the text is that of two nodes, or of two moments. */
const KEYS: ReadonlySet<string> = new Set([
  'Static hostname',
  'Transient hostname',
  'Operating System',
  'CPE OS Name',
  'Kernel',
  'Architecture',
  'Virtualization',
]);

function parse(stdout: string): Hostnamectl {
  const values = new Map<string, string>();
  for (const line of linesOf(stdout)) {
    const at = line.indexOf(':');
    if (at <= 0 || at >= 40) continue;
    const key = line.slice(0, at).trim();
    const value = line
      .slice(at + 1, at + 400)
      .trim()
      .slice(0, 300);
    if (KEYS.has(key) && (values.get(key) ?? value) !== value)
      throw new ProbeParseError(`it tells two values of "${key}"`);
    values.set(key, value);
  }
  const of = (key: string): string => values.get(key) ?? '';
  const answer = {
    staticHostname: of('Static hostname'),
    transientHostname: of('Transient hostname'),
    operatingSystem: of('Operating System'),
    cpe: of('CPE OS Name'),
    kernel: /^Linux (\S{1,120})$/.exec(of('Kernel'))?.[1] ?? '',
    architecture: of('Architecture'),
    virtualization: of('Virtualization'),
    hardwareVendor: of('Hardware Vendor'),
    hardwareModel: of('Hardware Model'),
  };
  if (answer.kernel === '' && answer.architecture === '' && answer.operatingSystem === '') {
    throw new ProbeParseError('it names no operating system, kernel or architecture');
  }
  return answer;
}

/** Only read when pasted: everything in it is asked for elsewhere, and it starts a service on the node. */
export const hostnamectl = defineProbe<Hostnamectl>({
  id: 'hostnamectl',
  command: 'hostnamectl',
  script: null,
  rootCommands: [],
  timeoutSeconds: 10,
  maxBytes: 65536,
  fields: {
    staticHostname: 'hostname',
    transientHostname: 'hostname',
    operatingSystem: 'plain',
    cpe: 'plain',
    kernel: 'plain',
    architecture: 'plain',
    virtualization: 'plain',
    hardwareVendor: 'plain',
    hardwareModel: 'plain',
  },
  recognises: (stdout) =>
    /^\s{0,20}(?:Static|Transient|Pretty) hostname:/m.test(stdout) &&
    /Operating System:/.test(stdout),
  facts: ({ operatingSystem, kernel }) => ({
    ...(operatingSystem === '' ? {} : { distribution: operatingSystem }),
    ...(kernel === '' ? {} : { kernel }),
  }),
  parse: ({ stdout }) => parse(stdout),
});
