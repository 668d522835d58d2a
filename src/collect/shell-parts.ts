/** Most bytes of standard error that are kept of one probe: its end, where the cause usually stands. */
export const STDERR_LIMIT = 8192;

/** How the collector may become root for the lines that need it. */
export type Become = 'auto' | 'sudo' | 'doas' | 'none';

/** The first line of output when no client gave a nonce. */
export const ANNOUNCEMENT = '@@calico-ready-collector 1 ';

/** One word of sh, whatever the text holds. */
export const quote = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

// What the login left behind must not bend a tool: the locale, the search path, aliases, exported functions
// (bash alone hands them on; dash and ash drop them), and variables that change how tools or the linker behave.
const ENVIRONMENT = `
set +e +u +x +v +f
LC_ALL=C LANGUAGE='' PATH=/usr/sbin:/sbin:/usr/bin:/bin:/usr/local/sbin:/usr/local/bin
export LC_ALL LANGUAGE PATH
umask 077
unset ENV BASH_ENV CDPATH IFS TMOUT GREP_OPTIONS GREP_COLORS LS_COLORS POSIXLY_CORRECT TZ LD_PRELOAD LD_LIBRARY_PATH
unset SYSTEMD_PAGER SYSTEMD_COLORS PAGER KUBECONFIG IFCONFIG MODPROBE_OPTIONS XTABLES_LIBDIR
if [ -n "\${BASH_VERSION:-}" ]; then
for F in $(compgen -A function 2>/dev/null); do case $F in _cr_main) ;; *) unset -f "$F" ;; esac; done
fi
`;

// A nonce of its own when no client gave one. The kernel's uuid needs no process, its dashes are taken by splitting.
const NONCE = `
case \${N:-} in *[!0-9a-f]*) N= ;; esac
if [ "\${#N}" -ne 32 ]; then
B=auto
read -r N 2>/dev/null </proc/sys/kernel/random/uuid || N=$(od -An -N16 -tx1 /dev/urandom 2>/dev/null)
IFS='- ' F=
for V in $N; do F=$F$V; done
unset IFS
N=$F
case $N in *[!0-9a-f]*) N= ;; esac
[ "\${#N}" -eq 32 ] || { echo 'calico-ready: this machine gives no random bytes' >&2; exit 69; }
printf '${ANNOUNCEMENT}%s\\n' "$N"
fi
`;

// Three dialects of timeout: coreutils and BusyBox from 1.34, BusyBox from 1.30, and older with -t. GNU's kills the
// whole process group; for the others setsid makes one, so that a child that outlives its parent dies too.
// Where sudo runs a command as root the login user cannot kill it, so the readers of its pipes get a limit too (G).
// With both sudo and a configured doas, doas is taken when sudo has no rule that works without a password. Both refuse with status 1;
// the line behind it says which command that was.
const TOOLS = `
T='timeout -k 2' K=gnu S='' U=
case $($T 9 timeout --version 2>/dev/null) in
*coreutils*) while read -r V F U F; do [ "$V" != Uid: ] || break; done 2>/dev/null </proc/self/status ;;
*) K=busybox
U=$($T 9 id -u 2>/dev/null) || { T='timeout -s KILL'; U=$($T 9 id -u 2>/dev/null); } ||
{ T='timeout -s KILL -t'; K=old; U=$($T 9 id -u 2>/dev/null); } || { T='' K=none; } ;;
esac
case $U in ''|*[!0-9]*) U=$(id -u 2>/dev/null) ;; esac
case $U in ''|*[!0-9]*) U=- ;; esac
I=
! command -v nice >/dev/null || I='nice -n 3'
[ "$K" = gnu ] || { command -v setsid >/dev/null && S=setsid; }
H=head O=1
if [ "$(printf ab | head -c 1 2>/dev/null | cksum 2>/dev/null)" != '1220704766 1' ]; then
[ "$(printf ab | head -c 1 2>/dev/null)" = a ] || H=
[ "$(printf a | cksum 2>/dev/null)" = '1220704766 1' ] || O=
fi
M=none W='no way to become root is allowed'
if [ "$U" = 0 ]; then M=root
else case \${B:-auto} in
sudo|doas) if command -v "$B" >/dev/null; then M=$B; else W="$B is not installed"; fi ;;
auto) if command -v sudo >/dev/null; then M=sudo; elif command -v doas >/dev/null; then M=doas; else W='neither sudo nor doas is installed'; fi
[ "$M" != sudo ] || [ ! -e /etc/doas.conf ] || ! command -v doas >/dev/null || $T 9 sudo -n -l >/dev/null 2>&1 || M=doas ;;
esac; fi
case $M in
root) R='as_root() { "$@"; }' ;;
sudo|doas) R="as_root() { $M -n -- \\"\\$@\\"; set -- \\$? \\"\\$*\\"; [ \\$1 -ne 1 ] || printf '(status 1 of $M -n -- %.200s)\\\\n' \\"\\$2\\" >&2; return \\$1; }" ;;
*) R="as_root() { echo \\"as_root: \\$1 needs root, and $W\\" >&2; return 126; }" ;;
esac
R="$R
"
`;

// The frames. Times are /proc/uptime: monotonic, and read without a process.
// _cr_kill PID: a process and what it started, for machines without timeout and without process groups.
// _cr_run ID SECONDS BYTES SCRIPT: standard output streams through head, standard error and the exit status come
// back through tail; so a process that floods either neither blocks nor fills the memory.
// _cr_timely ID SECONDS BYTES SCRIPT r|'': straight to the client. Its bytes are bounded there alone.
// _cr_guard SECONDS r|'': the limit of those readers, where root is not the login user.
// A little nicer than the slow probes (A), which decide how long a survey takes; what is asked again is not.
// _cr_light SECONDS BYTES r|'' (ID SECONDS BYTES SCRIPT r|'')…: all of them in one shell, within one limit.
const FUNCTIONS = `
_cr_now() { read -r V F 2>/dev/null </proc/uptime || V=-; }
_cr_kill() {
kill -STOP "$1"
for F in /proc/[0-9]*/stat; do
read -r L <"$F" || continue
set -- "$1" \${L##*) }
[ "$3" != "$1" ] || { F=\${F%/stat}; (_cr_kill "\${F##*/}"); }
done
kill -KILL "$1"
}
_cr_limit() {
J=$1
shift
if [ -n "$T" ]; then
$A $S $T "$J" /bin/sh -c "$@" &
X=$!
wait $X
Y=$?
else
$A $S /bin/sh -c "$@" &
X=$!
{ sleep "$J" & Z=$!; trap 'kill $Z; exit' TERM; wait $Z; if kill -TERM -$X; then sleep 2; kill -KILL -$X; else _cr_kill $X; fi; } >/dev/null 2>&1 &
Z=$!
wait $X
Y=$?
kill $Z 2>/dev/null
fi
[ "$Y" -lt 124 ] || kill -KILL -$X 2>/dev/null
}
_cr_cut() {
if [ -z "$H" ]; then exec $G cat 4>&-
elif [ -z "$Q" ]; then exec $G head -c "$1" 4>&-
else { $G head -c "$1" 4>&- || printf '!x -' >&4; } | $G tail -c "$1" 4>&-
fi
}
_cr_guard() {
G=
case $2$M in rsudo|rdoas) [ -z "$T" ] || G="$T $(($1 + 4))" ;; esac
}
_cr_run() {
A=
_cr_guard "$2" "$5"
_cr_now
printf '\\n@@%s B %s %s\\n' "$N" "$1" "$V"
{ E=$({ { _cr_limit "$2" "$4" </dev/null 2>&4 3>&- 4>&- 7<&-; _cr_now; printf '!%s %s' "$Y" "$V" >&4; } | _cr_cut "$3" >&3 3>&- || printf '!x -' >&4; } 4>&1 | $G tail -c ${String(STDERR_LIMIT + 64)} 3>&-); } 3>&1
_cr_now
Y=\${E##*!}
case $Y in ''|*[!0-9.\\ -]*) Y="x $V" ;; esac
printf '\\n@@%s S %s\\n%s\\n@@%s E %s %s\\n' "$N" "$1" "\${E%!*}" "$N" "$1" "$Y"
}
_cr_timely() {
if [ "$K" != gnu ]; then _cr_run "$@"; return; fi
_cr_now
printf '\\n@@%s B %s %s\\n' "$N" "$1" "$V"
$T "$2" /bin/sh -c "$4" </dev/null 2>/dev/null 7<&-
Y=$?
_cr_now
printf '\\n@@%s S %s\\n\\n@@%s E %s %s %s\\n' "$N" "$1" "$N" "$1" "$Y" "$V"
}
_cr_light() {
A=$I
_cr_guard "$1" "$3"
C=$2 F=$1
shift 3
{ D=" $({ _cr_limit "$F" "$LIGHT" sh "$N" "$@" </dev/null 2>/dev/null 3>&- 7<&- | _cr_cut "$C" >&3 3>&-; } 4>&1) "; } 3>&1
while [ $# -gt 4 ]; do
case $D in *" -$1 "*) ;; *)
case $D in *" +$1 "*) printf '\\n@@%s V %s\\n' "$N" "$1" ;; esac
_cr_run "$1" "$2" "$3" "$4" "$5" ;;
esac
shift 5
done
}
`;

/**
 * The shared shell of light probes: NONCE (ID SECONDS BYTES SCRIPT r|'')…; each script costs one fork and what it
 * starts itself, instead of four programs. It tells on descriptor 4 which probes it began and ended. When it hangs,
 * dies or floods, `_cr_light` voids the frame that stands open and asks the rest one by one, each with its own limits.
 * Standard error comes back through a substitution, which takes its last line ends: one is put back.
 */
const LIGHT = `exec 3>&1
N=$1
shift
while [ $# -gt 4 ]; do
printf ' +%s ' "$1" >&4
read -r V F 2>/dev/null </proc/uptime || V=-
printf '\\n@@%s B %s %s\\n' "$N" "$1" "$V"
E=$(P=$4; set --; { eval "$P"; } 2>&1 >&3 3>&- 4>&-)
Y=$?
[ -z "$E" ] || E="$E
"
read -r V F 2>/dev/null </proc/uptime || V=-
printf '\\n@@%s S %s\\n%.${String(STDERR_LIMIT + 64)}s\\n@@%s E %s %s %s\\n' "$N" "$1" "$E" "$N" "$1" "$Y" "$V"
printf ' -%s ' "$1" >&4
shift 5
done`;

// The checksum covers all frames of probes: what a file, a terminal or a copy bent on the way is not judged.
const RUN = `
_cr_now
F=\${LOGNAME:-\${USER:-}}
case $F in ''|*[!A-Za-z0-9._-]*) F=- ;; esac
printf '\\n@@%s M 1 %s %s %s %s %s %s\\n' "$N" "$U" "$F" "$M" "$K" "$(date +%s 2>/dev/null || echo -)" "$V"
C='- -'
if [ -n "$O" ] && [ -d /dev/fd/. ] && command -v tee >/dev/null; then
{ C=$({ _cr_body 2>/dev/null 8>&- 9>&- | tee /dev/fd/9 2>/dev/null >&8; } 9>&1 | cksum 8>&-); } 8>&1
else _cr_body 2>/dev/null
fi
printf '\\n@@%s Z %s\\n' "$N" "\${C:-- -}"
exit 0
`;

/** Why each of these is meant: $A, $T, $S and $G are several words; scripts are quoted whole; compgen runs under bash alone; not every selection has timely probes. */
export const HEADER = '# shellcheck disable=SC2086,SC2016,SC3044,SC2317\n';

const lines = (text: string): string => text.trim();

/** Everything before the probes' own lines. */
export const BEFORE = [ENVIRONMENT, NONCE, TOOLS, FUNCTIONS, `LIGHT=${quote(LIGHT)}`]
  .map(lines)
  .join('\n');
/** Everything after them. */
export const AFTER = lines(RUN);
