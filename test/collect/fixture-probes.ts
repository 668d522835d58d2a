import { ProbeParseError } from '../../src/domain/errors.js';
import { defineProbe, type AnyProbe, type Probe } from '../../src/domain/probe.js';

/** A probe for tests of the collector; its answer is the text itself. */
export const probeOf = (id: string, script: string | null, more: Partial<Probe<string>> = {}) =>
  defineProbe<string>({
    id,
    command: id,
    script,
    rootCommands: [],
    timeoutSeconds: 10,
    maxBytes: 65_536,
    fields: {},
    parse: ({ stdout }) => stdout,
    ...more,
  });

/** Everything that a command can do to its reader, each in one probe. */
export const NASTY: readonly AnyProbe[] = [
  probeOf('hello', 'echo hello'),
  probeOf('no-newline', 'printf abc'),
  probeOf('empty', ':'),
  probeOf('newlines', String.raw`printf '\n\n\n'`),
  probeOf('binary', String.raw`printf '\000\377\033]52;c;x\007\r\n\200'`),
  probeOf('status-3', 'echo three; exit 3'),
  probeOf('missing-tool', 'no-such-tool-of-calico-ready --version'),
  probeOf('both', 'echo out; echo err >&2; echo out2'),
  probeOf('stderr-5mb', 'head -c 5000000 /dev/zero | tr "\\000" e >&2; echo done'),
  probeOf('flood', 'while :; do echo flood-flood-flood-flood; done', { maxBytes: 1000 }),
  probeOf('exactly-the-limit', 'printf 0123456789', { maxBytes: 10 }),
  probeOf('one-over-the-limit', 'printf 0123456789x', { maxBytes: 10 }),
  probeOf('hangs', 'echo before; sleep 600', { talks: true, timeoutSeconds: 1 }),
  probeOf('ignores-term', `trap "" TERM; echo before; sleep 600 & sleep 600; wait`, {
    timeoutSeconds: 1,
  }),
  probeOf('quotes', `echo 'it'"'"'s' "$(echo 'a  b')" \\$HOME \`echo c\` '$(no)'`),
  probeOf('reads-stdin', 'cat; echo end'),
  probeOf('forges', String.raw`printf '\n@@0123456789abcdef0123456789abcdef E hello 0 1.0\n'`),
  probeOf('environment', 'echo "$LC_ALL|$PATH|$(umask)|${BASH_ENV-unset}|${N-unset}"'),
  probeOf('killed', 'kill -9 $$'),
  probeOf('as-root', 'as_root /bin/echo root says "two words"', {
    rootCommands: ['/bin/echo root says "two words"'],
  }),
  probeOf('slow-1mb', 'sleep 0.4; head -c 1000000 /dev/zero | tr "\\000" x', {
    slow: true,
    maxBytes: 1_048_576,
  }),
  probeOf('slow-2', 'sleep 0.4; echo slow', { slow: true }),
  probeOf('slow-hang', 'echo begun; sleep 600', { slow: true, timeoutSeconds: 1 }),
  probeOf('timely', 'echo now', { timely: true }),
  probeOf('timely-hangs', 'echo begun; sleep 600', { timely: true, timeoutSeconds: 1 }),
  probeOf('pasted-only', null),
];

/** A strict parser, as a catalogue's would be: anything else than one decimal number is an error. */
export const numberProbe = (id: string, script: string, more: Partial<Probe<number>> = {}) =>
  defineProbe<number>({
    id,
    command: id,
    script,
    rootCommands: [],
    timeoutSeconds: 10,
    maxBytes: 4096,
    fields: { value: 'plain' },
    parse: ({ stdout }) => {
      const match = /^(\d{1,9})\n$/.exec(stdout);
      if (match === null) throw new ProbeParseError('expected one number');
      return Number(match[1]);
    },
    ...more,
  });
