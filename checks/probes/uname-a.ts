import { ProbeParseError } from '../../src/domain/errors.js';
import { defineProbe } from '../../src/domain/probe.js';
import { onlyLine } from './support/text.js';

export type Uname = {
  readonly hostname: string;
  /** As `uname -r` prints it. */
  readonly release: string;
  /** As `uname -m` prints it; null when no word of the line is a machine's name. */
  readonly machine: string | null;
};

const MACHINE =
  /^(?:x86_64|amd64|i[3-6]86|aarch64(?:_be)?|arm64|armv\d[a-z]{0,4}|ppc(?:64)?(?:le)?|s390x?|riscv(?:32|64)|mips(?:64)?(?:el)?|loongarch(?:32|64)|sparc(?:64)?|alpha|parisc(?:64)?|ia64|m68k|sh4[a-z]{0,2})$/;
const START = /^Linux (\S{1,255}) (\d{1,5}\.\d{1,5}\S{0,100}) (.{3,500})$/;

/** Processor and platform names may follow the machine and hold spaces, so the machine is the first word that is one. */
function parse(stdout: string): Uname {
  const match = START.exec(onlyLine(stdout).replace(/[ \t]{1,8}/g, ' '));
  if (match === null) throw new ProbeParseError('that is not a line of uname -a on Linux');
  const [, hostname = '', release = '', rest = ''] = match;
  return { hostname, release, machine: rest.split(' ').find((word) => MACHINE.test(word)) ?? null };
}

/** Kernel release and processor in one line; all that an operator often has at hand. */
export const unameA = defineProbe<Uname>({
  id: 'uname-a',
  command: 'uname -a',
  script: 'uname -a',
  rootCommands: [],
  timeoutSeconds: 5,
  maxBytes: 4096,
  namesNode: true,
  fields: { hostname: 'hostname', release: 'plain', machine: 'plain' },
  recognises: (stdout) => START.test(stdout.slice(0, 1024).trim()),
  facts: ({ release, machine }) => ({
    kernel: release,
    ...(machine === null ? {} : { architecture: machine }),
  }),
  parse: ({ stdout }) => parse(stdout),
});
