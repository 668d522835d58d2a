import { defineProbe } from '../../src/domain/probe.js';
import { SCRIPTED, UNITS } from '../requirements/units.js';
import { parseScripts, WITHOUT_SYSTEMD } from './support/init-scripts.js';
import { parseShow, SHOWN, UNIT_FIELDS, type UnitStates } from './support/systemctl.js';

const ASK = `systemctl show -p ${SHOWN}`;

// sd_booted(3): /run/systemd/system tells whether systemd is the init system. A container that sees the processes of a
// host does not see that folder; the name of process 1 does.
const OTHER_INIT = `p=''
[ -d /run/systemd/system ] || read -r p 2>/dev/null </proc/1/comm
if [ -n "$p" ] && [ "$p" != systemd ]; then
  echo '${WITHOUT_SYSTEMD}'
  for unit in ${SCRIPTED.join(' ')}; do
    n=\${unit%.service} there='' boot=hand up=unseen
    for f in "/etc/init.d/$n" "/etc/sv/$n"; do [ ! -e "$f" ] || there=1; done
    for f in "/etc/runlevels/boot/$n" "/etc/runlevels/default/$n" /etc/rc[2345S].d/S[0-9][0-9]"$n" "/var/service/$n"; do
      if [ -e "$f" ] || [ -L "$f" ]; then there=1 boot=boot; fi
    done
    [ -n "$there" ] || continue
    if [ -d /run/openrc/started ]; then
      up=stopped
      if [ -e "/run/openrc/started/$n" ] || [ -L "/run/openrc/started/$n" ]; then up=started; fi
    fi
    printf 'script %s %s %s\\n' "$unit" "$up" "$boot"
  done
  echo end
  exit 0
fi`;

// The load path of systemd.unit(5), of releases with and without /usr merged, and of all times. Only what builds systemd
// elsewhere, as NixOS does, or the kernel's command line changes it; asking for it costs systemd 8 ms.
const LOAD_PATH = [
  '/etc/systemd/system.control',
  '/run/systemd/system.control',
  '/run/systemd/transient',
  '/run/systemd/generator.early',
  '/etc/systemd/system',
  '/etc/systemd/system.attached',
  '/run/systemd/system',
  '/run/systemd/system.attached',
  '/run/systemd/generator',
  '/usr/local/lib/systemd/system',
  '/usr/lib/systemd/system',
  '/lib/systemd/system',
  '/run/systemd/generator.late',
].join(' ');

const UNIT_PATH = `path='' line=''
read -r line 2>/dev/null </proc/cmdline
case $line in *SYSTEMD_UNIT_PATH=*) ;; *)
  if [ -x /usr/lib/systemd/systemd ] || [ -x /lib/systemd/systemd ]; then path='${LOAD_PATH}'; fi ;;
esac
if [ -z "$path" ]; then
  path=$(systemctl show -p UnitPath) || exit $?
  path=\${path#UnitPath=}
fi`;

/** Where a link to a unit makes it start, besides what its package brings. */
const LINK_FOLDERS = [
  '/etc/systemd/system',
  '/run/systemd/system',
  '/etc/systemd/system.control',
  '/run/systemd/system.control',
  '/etc/systemd/system.attached',
  '/run/systemd/system.attached',
].join(' ');

// systemd takes 5 ms to load a unit that it has not in memory, and shows of a pattern only those in memory. What it has
// not in memory is not active. A unit that could be enabled, and is named nowhere in those folders, is disabled
// (unit_file_lookup_state in systemd's src/shared/install.c).
const ASK_SYSTEMD = `links=$(set --
for folder in ${LINK_FOLDERS}; do [ ! -d "$folder" ] || set -- "$@" "$folder"; done
[ $# -gt 0 ] && ls -lR "$@" 2>/dev/null) || links=''
files='' quiet=''
set --
for unit in ${UNITS.join(' ')}; do
  there=''
  for folder in $path /sys/fs/cgroup/system.slice /sys/fs/cgroup/systemd/system.slice; do
    if [ -e "$folder/$unit" ] || [ -L "$folder/$unit" ]; then there=$folder; break; fi
  done
  if [ -z "$there" ] && [ -n "$path" ]; then
    printf 'Id=%s\\nNames=%s\\nLoadState=not-found\\nActiveState=inactive\\nSubState=dead\\nUnitFileState=\\n\\n' "$unit" "$unit"
    continue
  fi
  case $there in /usr/lib/*|/lib/*|/usr/local/lib/*)
    case $links in ''|*"$unit"*) ;; *)
      if [ -f "$there/$unit" ] && [ ! -L "$there/$unit" ]; then files="$files $there/$unit"; continue; fi ;;
    esac ;;
  esac
  set -- "$@" "$unit"
done
# shellcheck disable=SC2086
[ -z "$files" ] || links=$(grep -lE '^(WantedBy|RequiredBy|UpheldBy|Alias)=[^[:space:]]' /dev/null $files)
for file in $files; do
  unit=\${file##*/}
  case "
$links
" in *"
$file
"*) quiet="$quiet $unit"; set -- "$@" "\${unit%?}[\${unit#"\${unit%?}"}]" ;;
  *) set -- "$@" "$unit" ;;
  esac
done
if [ $# -eq 0 ]; then systemctl show -p UnitPath >/dev/null; exit; fi
out=$(${ASK} "$@") || exit $?
printf '%s\\n\\n' "$out"
for unit in $quiet; do
  case "$out
" in *"Id=$unit
"*) ;;
  *) printf 'Id=%s\\nNames=%s\\nLoadState=loaded\\nActiveState=inactive\\nSubState=dead\\nUnitFileState=disabled\\n\\n' "$unit" "$unit" ;;
  esac
done`;

/**
 * What systemd says of every unit that a check asks for. Where another init system runs there are no units; services of
 * the same names that OpenRC, runit or scripts of SysV init start are told in their place. systemd takes
 * about 3 ms to look for a unit that it does not have, so those with neither a file in its search path nor a running
 * control group are not asked for; the script says of them what systemd would.
 */
export const systemdUnits = defineProbe<UnitStates>({
  id: 'systemd-units',
  command: `${ASK} UNIT`,
  script: `${OTHER_INIT}
${UNIT_PATH}
${ASK_SYSTEMD}`,
  rootCommands: [],
  timeoutSeconds: 10,
  maxBytes: 65536,
  talks: true,
  fields: UNIT_FIELDS,
  parse: ({ stdout, exit }) =>
    stdout.startsWith(WITHOUT_SYSTEMD) ? parseScripts(stdout) : parseShow(stdout, exit),
});
