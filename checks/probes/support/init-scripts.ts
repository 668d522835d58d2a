import { ProbeParseError } from '../../../src/domain/errors.js';
import { UNITS } from '../../requirements/units.js';
import { ABSENT, type UnitState, type UnitStates } from './systemctl.js';

/** The first line of an answer of a node that another init system than systemd has started. */
export const WITHOUT_SYSTEMD = 'no systemd';

const LINE = /^script (\S{1,60}) (started|stopped|unseen) (boot|hand)$/;
const WORDS = {
  started: 'started',
  stopped: 'stopped',
  unseen: 'an init script',
  boot: 'in a runlevel',
  hand: 'in no runlevel',
} as const;
const RUNNING = { started: true, stopped: false, unseen: null } as const;
type Word = keyof typeof WORDS;

function scriptOf(line: string): readonly [string, UnitState] {
  const [, unit, up, boot] = LINE.exec(line) ?? [];
  if (unit === undefined) throw new ProbeParseError('a line that is no script');
  return [
    unit,
    {
      installed: true,
      running: RUNNING[up as keyof typeof RUNNING],
      enabled: boot === 'boot',
      words: `${WORDS[up as Word]}, ${WORDS[boot as Word]} (no systemd)`,
    },
  ];
}

/**
 * Services of OpenRC, runit or SysV init in the form of units. What has no script of its name is not installed, save
 * NetworkManager, of which nothing is said.
 */
export function parseScripts(stdout: string): UnitStates {
  const lines = stdout.split('\n').filter((line) => line !== '');
  if (lines.shift() !== WITHOUT_SYSTEMD || lines.pop() !== 'end')
    throw new ProbeParseError('it does not end with "end"');
  const absent = UNITS.filter((unit) => unit !== 'NetworkManager.service');
  return new Map([...absent.map((unit) => [unit, ABSENT] as const), ...lines.map(scriptOf)]);
}
