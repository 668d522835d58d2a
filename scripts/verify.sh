#!/bin/sh
# Verifies a readiness bundle with nothing but sh, tar, gzip, ssh-keygen (8.1 or newer) and sha256sum or shasum.
# usage: verify.sh BUNDLE.tar.gz ALLOWED_SIGNERS WHO      ends 0 when everything is right, 4 when anything is wrong
set -eu
[ $# -eq 3 ] || { echo "usage: verify.sh BUNDLE.tar.gz ALLOWED_SIGNERS WHO" >&2; exit 3; }
bundle=$1 signers=$2 who=$3
umask 077
LC_ALL=C
export LC_ALL
fail() { echo "FAIL: $1" >&2; exit 4; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# 1. Before anything is unpacked: plain files (and folders) only, safe relative names, one root, nothing twice.
gzip -t "$bundle" 2>/dev/null || fail "it is not a gzip file, or it is damaged"
tar -tzf "$bundle" > "$work/names" 2>/dev/null || fail "it is not a tar archive"
tar -tvzf "$bundle" 2>/dev/null | cut -c1 | grep -qv '^[-d]$' && fail "it holds something other than plain files"
sed -e 's#^\./##' -e '/^$/d' -e '/\/$/d' "$work/names" > "$work/files"
[ -s "$work/files" ] || fail "it is empty"
grep -Evq '^[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9_][A-Za-z0-9._-]*)+$' "$work/files" && fail "it holds an unsafe name"
sed -n -e 's#^\./##' -e 's#/$##p' "$work/names" > "$work/folders"
grep -Evq '^(\.|[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9_][A-Za-z0-9._-]*)*)?$' "$work/folders" && fail "it holds an unsafe name"
[ "$(cut -d/ -f1 "$work/files" | sort -u | wc -l)" -eq 1 ] || fail "it has more than one root"
[ -z "$(sort "$work/files" | uniq -d)" ] || fail "it holds a file twice"
root=$(head -n 1 "$work/files" | cut -d/ -f1)

# 2. The signature over the list of files.
mkdir "$work/unpacked"
tar -xzf "$bundle" -C "$work/unpacked" 2>/dev/null || fail "it cannot be unpacked"
cd "$work/unpacked/$root"
[ -f SHA256SUMS ] || fail "it has no list of files"
[ -f SHA256SUMS.sig ] || fail "it is not signed"
[ "$(grep -c 'BEGIN SSH SIGNATURE' SHA256SUMS.sig)" -eq 1 ] || fail "its signature file holds more than one signature"
case $signers in /*) ;; *) signers=$OLDPWD/$signers ;; esac
ssh-keygen -Y verify -f "$signers" -I "$who" -n calico-ready-bundle -s SHA256SUMS.sig < SHA256SUMS || fail "the signature is not by $who"

# 3. Every listed file matches, and nothing is there that is not listed.
if command -v sha256sum > /dev/null; then sha256sum -c SHA256SUMS; else shasum -a 256 -c SHA256SUMS; fi > "$work/log" 2>&1 || {
  grep -v ': OK$' "$work/log" >&2
  fail "a file was changed or is missing"
}
cut -c67- SHA256SUMS | sort > "$work/listed"
find . -type f ! -name SHA256SUMS ! -name 'SHA256SUMS.sig*' | cut -c3- | sort | diff "$work/listed" - >&2 || fail "a file is not covered by the signature"
echo "OK: $(wc -l < SHA256SUMS) files, signed by $who"
