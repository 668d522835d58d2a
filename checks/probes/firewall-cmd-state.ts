import { ProbeParseError } from '../../src/domain/errors.js';
import { defineProbe } from '../../src/domain/probe.js';

const WORDS: Readonly<Record<string, boolean>> = {
  running: true,
  failed: true,
  'not running': false,
  // The words of every other firewall-cmd.
  'FirewallD is not running': false,
};

/**
 * Pasted only; live, `firewall-cmd --list-all-zones` says the same, and a firewall-cmd costs up to 0.4 s.
 * 251: it runs, but could not load its rules; 252: it does not run; 253: it runs and refuses to say (firewalld's errors.py).
 * A refusal is left unknown, because older releases also refuse before they look.
 */
export const firewallCmdState = defineProbe<{ readonly running: boolean }>({
  id: 'firewall-cmd-state',
  command: 'firewall-cmd --state',
  script: null,
  rootCommands: [],
  timeoutSeconds: 15,
  maxBytes: 8192,
  fields: { running: 'plain' },
  goodExits: [251, 252, 253],
  recognises: (stdout) => /^(?:not )?running\s{0,4}$/.test(stdout.slice(0, 40)),
  parse: ({ stdout, stderr, exit }) => {
    if (exit === 253) throw new ProbeParseError('firewalld refuses to answer this user');
    if (exit === 252) return { running: false };
    const lines = [...stdout.split('\n'), ...stderr.split('\n')];
    const said = new Set(lines.flatMap((line) => WORDS[line.trim()] ?? []));
    if (said.size > 1) throw new ProbeParseError('it says running and not running');
    const [running = exit === 251 ? true : undefined] = said;
    if (running === undefined) throw new ProbeParseError('neither running nor not running');
    return { running };
  },
});
