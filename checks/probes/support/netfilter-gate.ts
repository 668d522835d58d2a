/**
 * Shell function `loaded NAME`: whether the kernel has that module in use now, so that asking for its rules loads
 * nothing. Without /proc/modules the kernel takes no modules at all. Status 2: it is not in use, so it holds no rules.
 */
export const LOADED = `loaded() {
[ ! -d "/sys/module/$1" ] || return 0
[ -e /proc/modules ] || return 0
while read -r A _; do [ "$A" != "$1" ] || return 0; done </proc/modules
read -r A </proc/sys/kernel/osrelease
[ ! -r "/lib/modules/$A/modules.builtin" ] || ! grep -q "/$1.ko" "/lib/modules/$A/modules.builtin" || return 0
return 2
}`;

/**
 * Shell function `filtered SED FUNCTION`: runs the function through `sed` and has the function's exit status, which a
 * pipe would hide.
 */
export const FILTERED = `filtered() {
{ E=$({ { "$2" 6>&-; echo $? >&5; } | sed "$1" >&6; } 5>&1); } 6>&1
return "\${E:-1}"
}`;

/** Root's command that names the tables of nf_tables and loads nothing more. */
export const NFT_TABLES = '/usr/sbin/nft list tables';
