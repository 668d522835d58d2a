import type { FileChange, Fix, UnitChange } from '../domain/fix.js';
import { printing, shellWord } from './quote.js';
import { frame } from './script-common.js';
import type { Change } from './types.js';
import { mustBeChange, unitName } from './valid.js';

/** Looks before it touches: everything here refuses, and a refusal leaves the node as it was. */
const LOOK = String.raw`
expect_file() {
  if [ -L "$5" ]; then refuse not-regular "$5"; fi
  if [ "$2" = absent ]; then
    [ ! -e "$5" ] || refuse changed-since-shown "$5"
  else
    [ -e "$5" ] || refuse changed-since-shown "$5"
    [ -f "$5" ] || refuse not-regular "$5"
    "before_$1" 2>/dev/null | cmp -s - "$5" || refuse changed-since-shown "$5"
  fi
  parent_of "$5"
  while [ ! -e "$dir" ] && [ ! -L "$dir" ]; do parent_of "$dir"; done
  [ -d "$dir" ] || refuse not-directory "$dir"
  [ -w "$dir" ] || refuse read-only "$dir"
}
expect_unit() {
  command -v systemctl >/dev/null 2>&1 || refuse tool-missing systemctl
  now=$(enabled_now "$1")
  case $now in
    enabled | enabled-runtime | disabled | static | masked | masked-runtime) ;;
    linked | linked-runtime | indirect | generated | alias | transient) ;;
    *) refuse unit-missing "$1" ;;
  esac
  [ "$(active_now "$1")" != unclear ] || refuse unit-unclear "$1"
  case $2$3:$now in
    yes*:masked* | *yes:masked*) refuse unit-masked "$1" ;;
    *yes:enabled | *no:enabled | *yes:disabled | *no:disabled | *no:enabled-runtime) ;;
    *yes:* | *no:generated | *no:alias | *no:transient) refuse unit-fixed "$1" ;;
  esac
}
`;

/** Writes the whole way back before the first change. A full disk or a read-only one ends here. */
const RECORD = String.raw`
open_journal() {
  [ ! -L "$ROOT" ] || refuse no-journal "$ROOT is a symbolic link"
  if [ ! -d "$ROOT" ]; then
    try mkdir -m 0700 "$ROOT" || refuse no-journal "$WHY"
    MADE=1
  fi
  [ "$(stat -c '%u %a' "$ROOT")" = '0 700' ] || try chmod 0700 "$ROOT" || refuse no-journal "$WHY"
  [ "$(stat -c %u "$ROOT")" = 0 ] || refuse no-journal "$ROOT does not belong to root"
  lock
  [ -d "$ROOT/changes" ] || try mkdir -m 0700 "$ROOT/changes" || refuse no-journal "$WHY"
}
look_at_journal() {
  rm -rf "$ROOT"/changes/.new-*
  [ ! -e "$ROOT/changes/$C" ] || refuse id-taken
  order=0
  for other in "$ROOT"/changes/*; do
    [ -d "$other" ] || continue
    state_of "$other"
    case $S in prepared | broken | undoing) refuse interrupted "${'$'}{other##*/}" ;; esac
    read -r count <"$other/order" || count=0
    [ "$count" -le "$order" ] || order=$count
  done
}
missing_dirs() {
  [ ! -d "$1" ] || return 0
  parent_of "$1"
  missing_dirs "$dir"
  printf '%s\n' "$1"
}
record_file() {
  parent_of "$5"
  missing_dirs "$dir" >>"$D/dirs" || return 1
  meta='- - - -' context=-
  if [ "$2" = text ]; then
    cp -a "$5" "$D/$1.before" && "before_$1" | cmp -s - "$D/$1.before" || return 1
    meta=$(meta_of "$5") && context=$(context_of "$5") || return 1
  fi
  if [ "$3" = text ]; then
    "after_$1" >"$D/$1.after" && "after_$1" | cmp -s - "$D/$1.after" || return 1
  fi
  printf '%s %s %s %s %s\n' "$1" "$2" "$meta" "$context" "$5" >>"$D/files" &&
    printf '%s\n' "$5" >>"$D/touches"
}
record_unit() {
  printf '%s %s %s\n' "$1" "$(active_now "$1")" "$(enabled_now "$1")" >>"$D/units" &&
    printf '%s\n' "$1" >>"$D/touches"
}
record() {
  mkdir -m 0700 "$D" || return 1
  for list in files dirs units touches undo-commands log; do : >"$D/$list" || return 1; done
  printf '%s\n' "$((order + 1))" >"$D/order" &&
    printf 'id=%s\ncheck=%s\nway=%s\nversion=%s\ntime=%s\n' "$C" "$CHECK" "$WAY" "$V" "$T" >"$D/meta" &&
    undo_commands >"$D/undo-commands" && each_file record_all_of && each_unit record_all_of_unit &&
    printf 'prepared\n' >"$D/state"
}
record_all_of() { [ -n "$FULL" ] || record_file "$@" || FULL=1; }
record_all_of_unit() { [ -n "$FULL" ] || record_unit "$@" || FULL=1; }
prepare() {
  D=$ROOT/changes/.new-$C FULL=''
  WHY=$(record 2>&1 && [ -z "$FULL" ]) || refuse no-journal "$WHY"
  flush "$ROOT" || refuse no-journal 'its files could not be synced'
  try mv "$D" "$ROOT/changes/$C" || refuse no-journal "$WHY"
  J=$ROOT/changes/$C D=''
  flush "$ROOT" || broke 'the journal could not be synced'
  step prepared
}
`;

const DO = String.raw`
broke() {
  trap '' INT TERM
  step "failed: $1"
  files_back "$PLACED"
  [ -z "$UNITS" ] || units_back
  [ -z "$RAN" ] || commands_back
  # Reloading what never came to load the change may fail as the change did; that leaves nothing behind.
  [ "$RAN" != some ] || BAD="$BAD$LATE"
  if [ -n "$BAD" ]; then
    set_state broken
    finish failed not-put-back "$1:$BAD"
  fi
  set_state restored || finish failed put-back-unmarked "$1"
  finish failed put-back "$1"
}
stopped() { if [ -n "$J" ]; then broke 'it was stopped by a signal'; else refuse stopped; fi; }
still_before() {
  if [ "$1" = absent ]; then [ ! -e "$3" ] && [ ! -L "$3" ]; else same "$J/$2.before" "$3"; fi
}
fill() { cat "$J/$1.after" >"$2"; }
place_file() {
  still_before "$2" "$1" "$5" || broke "$5 was changed by somebody else"
  temp_of "$1" "$5"
  PLACED=$1
  if [ "$3" = absent ]; then
    try rm -f "$5" || broke "$5: $WHY"
    flush "$dir" || broke "$5 could not be synced"
    step "removed $5"
    return
  fi
  [ -d "$dir" ] || (umask 022 && mkdir -p "$dir") 2>"$J/output" || broke "$dir: $(head -c 300 "$J/output")"
  if [ "$2" = text ]; then try cp -a "$5" "$tmp" || broke "$5: $WHY"; fi
  try fill "$1" "$tmp" || broke "$5: $WHY"
  [ "$4" = - ] || try chmod "$4" "$tmp" || broke "$5: $WHY"
  try mv -f "$tmp" "$5" || broke "$5: $WHY"
  if [ "$2" = absent ] && command -v restorecon >/dev/null 2>&1; then restorecon "$5" 2>/dev/null || :; fi
  flush "$dir" || broke "$5 could not be synced"
  same "$J/$1.after" "$5" || broke "$5 does not hold what was written"
  step "wrote $5"
}
set_unit() {
  UNITS=1
  now=$(enabled_now "$1")
  case $3:$now in
    yes:enabled) ;;
    yes:*) try_all systemctl enable "$1" || broke "systemctl enable $1: $WHY" ;;
    no:enabled) try_all systemctl disable "$1" || broke "systemctl disable $1: $WHY" ;;
    no:enabled-runtime) try_all systemctl disable --runtime "$1" || broke "systemctl disable $1: $WHY" ;;
  esac
  case $2:$(active_now "$1") in
    yes:inactive) try_all systemctl start "$1" || broke "systemctl start $1: $WHY" ;;
    no:active) try_all systemctl stop "$1" || broke "systemctl stop $1: $WHY" ;;
  esac
  active=$(active_now "$1") now=$(enabled_now "$1")
  case $2:$active in yes:active | no:inactive) ;; *) broke "$1 is $active after the change" ;; esac
  case $3:$now in yes:enabled) ;; yes:* | no:enabled | no:enabled-runtime) broke "$1 is $now after the change" ;; esac
  step "$1 is now $active, $now"
}
run_command() {
  [ -n "$RAN" ] || RAN=begun
  try_all /bin/sh -c "$1" || broke "$1: $WHY"
  RAN=some
  step "ran $1"
}
`;

const RUN = String.raw`
PLACED=0 UNITS='' RAN=''
[ -n "$C" ] || exit 2
trap stopped INT TERM
say begin apply "$C"
need_root
each_file expect_file
each_unit expect_unit
open_journal
look_at_journal
prepare
each_file place_file
each_unit set_unit
each_command run_command
set_state applied || broke "the journal: $WHY"
step applied
finish applied complete
`;

const define = (name: string, lines: readonly string[]): string =>
  `${name}() {\n${(lines.length === 0 ? [':'] : lines).map((line) => `  ${line}\n`).join('')}}\n`;

function contents(file: FileChange, index: number): string {
  const number = String(index + 1);
  const before = file.expected === null ? '' : define(`before_${number}`, printing(file.expected));
  const after = file.content === null ? '' : define(`after_${number}`, printing(file.content));
  return before + after;
}

function fileLine(file: FileChange, index: number): string {
  const kind = (text: string | null): string => (text === null ? 'absent' : 'text');
  const mode = file.mode ?? (file.expected === null ? '0644' : '-');
  const path = shellWord(file.path);
  return `"$1" ${String(index + 1)} ${kind(file.expected)} ${kind(file.content)} ${mode} ${path}`;
}

const yes = (wanted: boolean): string => (wanted ? 'yes' : 'no');
const unitLine = (unit: UnitChange): string =>
  `"$1" ${shellWord(unitName(unit.unit))} ${yes(unit.active)} ${yes(unit.enabled)}`;

const data = (check: string, fix: Fix): string =>
  [
    `CHECK=${shellWord(check)} WAY=${shellWord(fix.way)}\n`,
    ...fix.files.map(contents),
    define('each_file', fix.files.map(fileLine)),
    define('each_unit', fix.units.map(unitLine)),
    define(
      'each_command',
      fix.commands.map((command) => `"$1" ${shellWord(command)}`),
    ),
    define(
      'undo_commands',
      fix.undoCommands.map((command) => `printf '%s\\n' ${shellWord(command)}`),
    ),
  ].join('');

/**
 * The sh text that applies a change. Equal changes give equal bytes; what varies stands in the prelude line that goes
 * in front. Throws InputError when the fix holds what the script cannot carry out exactly.
 */
export function composeApply(change: Change): string {
  mustBeChange(change);
  return frame(`${data(change.check, change.fix)}${LOOK}${RECORD}${DO}${RUN}`);
}
