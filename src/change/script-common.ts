import { JOURNAL } from './valid.js';

/**
 * What all scripts of this folder share. The whole text is one function, called on the last line with a word that a cut
 * transfer loses, so that a part of the text runs nothing (security.md B10). It stays alive when the connection goes
 * (HUP and PIPE ignored), because half a change is worse than one that nobody saw end.
 */
const HEAD = String.raw`# shellcheck disable=SC2317,SC2329 # called by name
main() {
[ "$1" = end ] || return 1
exec </dev/null
set -u
LC_ALL=C LANGUAGE='' PATH=/usr/sbin:/sbin:/usr/bin:/bin:/usr/local/sbin:/usr/local/bin
export LC_ALL LANGUAGE PATH
unset ENV BASH_ENV CDPATH
umask 077
trap '' HUP PIPE
ROOT=${JOURNAL}
case $N in '' | *[!0-9a-f]*) exit 2 ;; esac
case $C in *[!A-Za-z0-9-]*) exit 2 ;; esac

say() { { printf '@@%s %s\n' "$N" "$*"; } 2>/dev/null || :; }
one_line() { printf '%s' "$1" | head -c 300 | tr -c '!-~' ' '; }
finish() {
  unlock
  say result "$1" "${'$'}{C:--}" "$2" "$(one_line "${'$'}{3-}")"
  say end
  [ "$1" != failed ] || exit 1
  exit 0
}
state_of() { S=none; { read -r S <"$1/state"; } 2>/dev/null || :; }
`;

const LOCK = String.raw`
D='' J='' LOCKED='' MADE='' WHY='' BAD='' LATE='' LOST=''
refuse() {
  [ -z "$D" ] || rm -rf "$D"
  unlock
  [ -z "$MADE" ] || rmdir "$ROOT/changes" "$ROOT" 2>/dev/null
  finish failed "$@"
}
try() { WHY=$("$@" 2>&1 >/dev/null); }
try_all() { "$@" >"$J/output" 2>&1 && return 0; WHY=$(head -c 300 "$J/output"); return 1; }
need_root() {
  [ "$(id -u)" = 0 ] || refuse not-root
  for tool in cmp cp mv rm mkdir rmdir ln stat chmod chown head tr grep sort date sync; do
    command -v "$tool" >/dev/null 2>&1 || refuse tool-missing "$tool"
  done
}
born() {
  { read -r line <"/proc/$1/stat"; } 2>/dev/null || return 1
  line=${'$'}{line##*) }
  # shellcheck disable=SC2086 # numbers and one letter
  set -- $line
  printf '%s' "${'$'}{20}"
}
boot() { boot_id=none; { read -r boot_id </proc/sys/kernel/random/boot_id; } 2>/dev/null || :; printf '%s' "$boot_id"; }
alive() {
  read -r pid start boot_then <"$1" || return 0
  [ "$boot_then" = "$(boot)" ] && [ "$(born "$pid")" = "$start" ]
}
lock() {
  try own_lock "$ROOT/lock.$$" || refuse no-journal "$WHY"
  if ! ln "$ROOT/lock.$$" "$ROOT/lock" 2>/dev/null; then
    if [ ! -e "$ROOT/lock" ]; then
      try ln "$ROOT/lock.$$" "$ROOT/lock" || { rm -f "$ROOT/lock.$$"; refuse no-journal "$WHY"; }
    elif alive "$ROOT/lock"; then
      rm -f "$ROOT/lock.$$"
      refuse busy
    else
      mv "$ROOT/lock" "$ROOT/lock.$$.old" 2>/dev/null
      # Somebody else may have taken the dead lock over in between: then this one is alive.
      alive "$ROOT/lock.$$.old" && ln "$ROOT/lock.$$.old" "$ROOT/lock" 2>/dev/null
      ln "$ROOT/lock.$$" "$ROOT/lock" 2>/dev/null || LOST=1
      rm -f "$ROOT/lock.$$.old"
      [ -z "$LOST" ] || { rm -f "$ROOT/lock.$$"; refuse busy; }
    fi
  fi
  LOCKED=1
  rm -f "$ROOT/lock.$$"
}
own_lock() { printf '%s %s %s\n' "$$" "$(born $$)" "$(boot)" >"$1"; }
unlock() { [ -z "$LOCKED" ] || rm -f "$ROOT/lock"; LOCKED=''; }
`;

/** The shared journal words and the way back, which a failing apply and an undo take alike. */
const BACK = String.raw`
flush() { sync -f "$1" 2>/dev/null || sync; }
write_state() { printf '%s\n' "$1" >"$J/state.new" && mv -f "$J/state.new" "$J/state"; }
set_state() { try write_state "$1" && flush "$ROOT"; }
step() {
  { printf '%s %s\n' "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$*" >>"$J/log"; } 2>/dev/null || :
  say step "$*"
}
same() { [ -f "$2" ] && [ ! -L "$2" ] && cmp -s "$1" "$2" 2>/dev/null; }
meta_of() { stat -c '%a %u %g %Y' "$1"; }
context_of() {
  context=$(stat -c %C "$1" 2>/dev/null) || context=-
  case $context in *:*) printf '%s' "$context" ;; *) printf '%s' - ;; esac
}
parent_of() { dir=${'$'}{1%/*}; dir=${'$'}{dir:-/}; }
temp_of() { parent_of "$2"; tmp="${'$'}{dir%/}/.calico-ready.$C.$1"; }
put_back() {
  temp_of "$1" "$8"
  rm -f "$tmp"
  if [ "$2" = absent ]; then
    [ ! -e "$8" ] || { try rm -f "$8" && flush "$dir"; }
    return
  fi
  same "$J/$1.before" "$8" && [ "$(meta_of "$8")" = "$3 $4 $5 $6" ] && return 0
  [ -d "$dir" ] || try mkdir -p "$dir" || return 1
  try cp -a "$J/$1.before" "$tmp" || { rm -f "$tmp"; return 1; }
  [ "$7" = - ] || [ "$(context_of "$tmp")" = "$7" ] || chcon "$7" "$tmp" 2>/dev/null || :
  try mv -f "$tmp" "$8" || { rm -f "$tmp"; return 1; }
  flush "$dir" || return 1
  WHY='it does not look as before'
  same "$J/$1.before" "$8" && [ "$(meta_of "$8")" = "$3 $4 $5 $6" ]
}
files_back() {
  while read -r n before mode uid gid mtime context path <&3; do
    [ "$n" -le "$1" ] || continue
    if put_back "$n" "$before" "$mode" "$uid" "$gid" "$mtime" "$context" "$path"; then
      step "put back $path"
    else
      BAD="$BAD $path: $WHY."
    fi
  done 3<"$J/files"
  sort -r "$J/dirs" >"$J/dirs.back" || return
  while read -r path <&3; do
    [ ! -d "$path" ] || rmdir "$path" 2>/dev/null || step "left $path, which is not empty"
  done 3<"$J/dirs.back"
}
enabled_now() { enabled_is=$(systemctl is-enabled "$1" 2>/dev/null) || :; printf '%s' "${'$'}{enabled_is:-missing}"; }
active_now() {
  active_is=$(systemctl is-active "$1" 2>/dev/null) || :
  case $active_is in
    active | activating | reloading | refreshing) printf active ;;
    inactive | failed | deactivating | maintenance) printf inactive ;;
    *) printf unclear ;;
  esac
}
unit_back() {
  now=$(enabled_now "$1") starts=''
  [ "$2" = "$(active_now "$1")" ] || starts=$2
  # A masked unit cannot be started, and mask and disable do not undo one another.
  if [ "$now" != "$3" ] || [ "$starts" = active ]; then
    case $now in
      masked) try_all systemctl unmask "$1" ;;
      masked-runtime) try_all systemctl unmask --runtime "$1" ;;
    esac
    now=$(enabled_now "$1")
  fi
  case $3:$now in
    "$now:$3") ;;
    enabled:*) try_all systemctl enable "$1" ;;
    enabled-runtime:*) try_all systemctl enable --runtime "$1" ;;
    disabled:*) try_all systemctl disable "$1" ;;
  esac
  case $starts in
    active) try_all systemctl start "$1" ;;
    inactive) try_all systemctl stop "$1" ;;
  esac
  case $3:$(enabled_now "$1") in
    masked:masked | masked-runtime:masked-runtime) ;;
    masked:*) try_all systemctl mask "$1" ;;
    masked-runtime:*) try_all systemctl mask --runtime "$1" ;;
  esac
  [ "$(active_now "$1")" = "$2" ] && [ "$(enabled_now "$1")" = "$3" ]
}
units_back() {
  while read -r unit active enabled <&3; do
    if unit_back "$unit" "$active" "$enabled"; then
      step "put back $unit: $active, $enabled"
    else
      BAD="$BAD $unit is not $active and $enabled as before: $WHY."
    fi
  done 3<"$J/units"
}
commands_back() {
  while IFS= read -r line <&3; do
    if try_all /bin/sh -c "$line"; then
      step "ran $line"
    else
      step "failed $line"
      LATE="$LATE $line: $WHY."
    fi
  done 3<"$J/undo-commands"
}
`;

const TAIL = `}
main end
`;

/** Frames the body of a script: everything before `body` defines functions, everything in it runs. */
export const frame = (body: string): string => `${HEAD}${LOCK}${BACK}${body}${TAIL}`;
/** The same without the functions that change anything. */
export const frameReading = (body: string): string => `${HEAD}unlock() { :; }\n${body}${TAIL}`;
