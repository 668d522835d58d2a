import { defineProbe } from '../../src/domain/probe.js';
import { UNITS } from '../requirements/units.js';
import { parseShow, SHOWN, UNIT_FIELDS, type UnitStates } from './support/systemctl.js';

const ASK = `systemctl show -p ${SHOWN}`;

/**
 * What systemd says of every unit that a check asks for. Where systemd does not run there is no answer. systemd takes
 * about 3 ms to look for a unit that it does not have, so those with neither a file in its search path nor a running
 * control group are not asked for; the script says of them what systemd would.
 */
export const systemdUnits = defineProbe<UnitStates>({
  id: 'systemd-units',
  command: `${ASK} UNIT`,
  script: `path=$(systemctl show -p UnitPath) || exit $?
path=\${path#UnitPath=}
set --
for unit in ${UNITS.join(' ')}; do
  there=
  for folder in $path /sys/fs/cgroup/system.slice /sys/fs/cgroup/systemd/system.slice; do
    if [ -e "$folder/$unit" ] || [ -L "$folder/$unit" ]; then there=1; break; fi
  done
  if [ -n "$there" ] || [ -z "$path" ]; then set -- "$@" "$unit"
  else printf 'Id=%s\\nNames=%s\\nLoadState=not-found\\nActiveState=inactive\\nSubState=dead\\nUnitFileState=\\n\\n' "$unit" "$unit"
  fi
done
[ $# -eq 0 ] || ${ASK} "$@"`,
  rootCommands: [],
  timeoutSeconds: 10,
  maxBytes: 65536,
  talks: true,
  fields: UNIT_FIELDS,
  parse: ({ stdout }) => parseShow(stdout),
});
