import { frame, frameReading } from './script-common.js';

const UNDO = String.raw`
open_state() { case $1 in prepared | applied | broken | undoing) return 0 ;; *) return 1 ;; esac; }
order_of() { O=0; { read -r O <"$1/order"; } 2>/dev/null || :; }
pick_newest() {
  best=0
  for other in "$ROOT"/changes/*; do
    [ -d "$other" ] || continue
    state_of "$other"
    order_of "$other"
    if open_state "$S" && [ "$O" -gt "$best" ]; then best=$O C=${'$'}{other##*/}; fi
  done
}
look_for_later() {
  order_of "$J"
  mine=$O
  for other in "$ROOT"/changes/*; do
    [ -d "$other" ] || continue
    state_of "$other"
    order_of "$other"
    if open_state "$S" && [ "$O" -gt "$mine" ] && grep -q -x -F -f "$J/touches" "$other/touches"; then
      finish failed later "${'$'}{other##*/}"
    fi
  done
}
look_at_files() {
  while read -r n before mode uid gid mtime context path <&3; do
    if [ -L "$path" ]; then finish failed edited "$path"; fi
    [ -e "$path" ] || continue
    same "$J/$n.after" "$path" || same "$J/$n.before" "$path" || finish failed edited "$path"
  done 3<"$J/files"
}
stopped() { finish failed undo-stopped; }

say begin undo "${'$'}{C:-newest}"
need_root
[ -d "$ROOT/changes" ] || finish failed nothing
trap stopped INT TERM
lock
[ -n "$C" ] || pick_newest
[ -n "$C" ] || finish failed nothing
J=$ROOT/changes/$C
[ -d "$J" ] || finish failed no-such-change
state_of "$J"
case $S in undone | restored) finish undone already ;; esac
open_state "$S" || finish failed garbled "$J"
for list in files dirs units touches undo-commands; do
  [ -f "$J/$list" ] || finish failed garbled "$J/$list"
done
look_for_later
look_at_files
set_state undoing || finish failed no-journal "$WHY"
files_back 1000
units_back
[ -z "$BAD" ] || finish failed undo-incomplete "$BAD"
commands_back
[ -z "$LATE" ] || finish failed undo-command "$LATE"
set_state undone || finish failed undo-incomplete "$WHY"
step undone
finish undone complete
`;

const LIST = String.raw`
value_of() {
  value=''
  while IFS='=' read -r key rest; do [ "$key" != "$1" ] || value=$rest; done <"$J/meta"
  one_line "$value"
}
say begin list
[ "$(id -u)" = 0 ] || finish failed not-root
count=0
for J in "$ROOT"/changes/*; do
  [ -d "$J" ] || continue
  count=$((count + 1))
  state_of "$J"
  O=0
  { read -r O <"$J/order"; } 2>/dev/null || :
  say change "$(one_line "${'$'}{J##*/}")" "$(one_line "$O")" "$(one_line "$S")" "$(value_of time)" "$(value_of check)" "$(value_of way)"
done 2>/dev/null
say total "$count"
say end
exit 0
`;

/**
 * The sh text that undoes the change named in the prelude, or the newest one that is still in force. It works from the
 * node's journal alone, and may be run again after it was interrupted.
 */
export const composeUndo = (): string => frame(UNDO);

/** The sh text that prints the journal. It changes nothing and takes no lock. */
export const composeJournalList = (): string => frameReading(LIST);
