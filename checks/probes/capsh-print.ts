import { ProbeParseError } from '../../src/domain/errors.js';
import { defineProbe } from '../../src/domain/probe.js';
import { linesOf } from './support/text.js';

export type Capsh = {
  /** Who ran it; null when the output does not say. */
  readonly uid: number | null;
  /** Whether CAP_SYS_ADMIN is in the bounding set; null when that line is missing. */
  readonly bounding: boolean | null;
  /** Whether the process itself may have it; null when that line is missing. */
  readonly current: boolean | null;
};

const NAME = 'cap_sys_admin';

/** `=ep`, `=eip`, `= cap_chown,cap_sys_admin+ep`, `=ep cap_sys_admin-ep`: cap_to_text(3), the clauses in order. */
function currentHas(text: string): boolean {
  let permitted = false;
  for (const clause of text.split(' ').filter(Boolean)) {
    const at = clause.search(/[=+-]/);
    if (at < 0) continue;
    const names = clause.slice(0, at).split(',');
    const concerns = at === 0 || names.includes(NAME) || names.includes('all');
    if (!concerns) continue;
    // Several may follow one another: `cap_sys_admin+i-ep`.
    for (const [, sign, flags = ''] of clause.slice(at, at + 40).matchAll(/([=+-])([eip]{0,3})/g)) {
      if (sign === '=') permitted = flags.includes('p');
      else if (flags.includes('p')) permitted = sign === '+';
    }
  }
  return permitted;
}

const LINE = /^(Current IAB|Current|Bounding set|uid)\s{0,4}[:=](.{0,8000})$/;

/** The bounding set's line, and `!cap_sys_admin` of the newer IAB line, which says that it was dropped from there. */
function boundingHas(set: string | undefined, iab = ''): boolean | null {
  if (iab.split(',').some((item) => item.trim() === `!${NAME}`)) return false;
  return set?.trim().split(',').includes(NAME) ?? null;
}

function valuesOf(stdout: string): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (const line of linesOf(stdout)) {
    const [, key, value = ''] = LINE.exec(line) ?? [];
    if (key === undefined) continue;
    // Two shells, and nobody knows whose the answer is.
    if ((values.get(key) ?? value) !== value) throw new ProbeParseError(`it tells two of "${key}"`);
    values.set(key, value);
  }
  return values;
}

function parse(stdout: string): Capsh {
  const values = valuesOf(stdout);
  const current = values.get('Current');
  const bounding = values.get('Bounding set');
  if (current === undefined && bounding === undefined) {
    throw new ProbeParseError('it has neither a "Current" nor a "Bounding set" line');
  }
  const uid = /^\d{1,10}/.exec(values.get('uid') ?? '')?.[0];
  return {
    uid: uid === undefined ? null : Number(uid),
    bounding: boundingHas(bounding, values.get('Current IAB')),
    current: current === undefined ? null : currentHas(current),
  };
}

const COMMAND = '/sbin/capsh --print';
const OTHER = '/usr/sbin/capsh --print';

// Where the bounding set of process 1 can be read it decides, and root need not be asked for the same.
const SCRIPT = `B=''
while read -r K _; do [ "$K" != CapBnd: ] || B=1; done 2>/dev/null </proc/1/status
[ -z "$B" ] || as_root() { "$@"; }
if [ -x /sbin/capsh ]; then as_root ${COMMAND}
elif [ -x /usr/sbin/capsh ]; then as_root ${OTHER}
else echo 'capsh is not installed' >&2; exit 127
fi`;

/** The capabilities of a root shell. What an unprivileged shell has says nothing of what Calico gets. */
export const capshPrint = defineProbe<Capsh>({
  id: 'capsh-print',
  command: 'capsh --print',
  script: SCRIPT,
  rootCommands: [COMMAND, OTHER],
  timeoutSeconds: 10,
  maxBytes: 65536,
  fields: { uid: 'plain', bounding: 'plain', current: 'plain' },
  recognises: (stdout) => /^Bounding set =/m.test(stdout) || /^Current: =/.test(stdout),
  parse: ({ stdout }) => parse(stdout),
});
