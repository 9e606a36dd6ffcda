#!/usr/bin/env bash
# Fetches libbpf of the named Debian suites into the cache, each with what it needs and the loader that Node is to be
# run by for it: FOLDER/ld-linux-x86-64.so.2 --library-path FOLDER node …. For the tests; nothing is installed.
set -euo pipefail
exec 1>&2

# test/libbpf/cachedLibrary.ts follows the same rule.
cache=${VIFSCOPE_CACHE:-${XDG_CACHE_HOME:-/var/cache}/vifscope}/libbpf
loader=ld-linux-x86-64.so.2
. "$(dirname "$0")/debian-suite.sh"

# Of a list of PACKAGE=VERSION, what the library needs and Node does not bring: the C library only where the suite's is
# newer than this host's, since Node and its addons may need this host's.
needed() { # LIST
  local here there
  here=$(getconf GNU_LIBC_VERSION) || fail 'this host has no GNU C library'
  there=$(sed -n 's/^libc6=//p' <<<"$1")
  grep -E '^(libbpf|libelf|zlib1g|libzstd)' <<<"$1"
  ! dpkg --compare-versions "${there%%-*}" gt "${here#glibc }" || echo "libc6=$there"
}

fetch() { # SUITE
  local suite=$1 available name list packages soname folder
  open_suite "$suite"
  folder=$work/libraries
  mkdir "$folder"
  available=$(own_apt apt-cache pkgnames libbpf)
  name=$(grep -x 'libbpf[0-9]' <<<"$available") || fail "$suite has no libbpf"
  # apt takes nothing from backports unless the suite is named.
  list=$(own_apt apt-get install --simulate --no-install-recommends --target-release "$suite" "$name" |
    sed -n 's/^Inst \([^ ]*\) (\([^ ]*\) .*/\1=\2/p')
  packages=$(needed "$list")
  say "downloading ${packages//$'\n'/, } of $suite"
  # shellcheck disable=SC2086 # one word a package
  unpack $packages
  # In lib up to Debian 12 for some; links among them stay good in one folder.
  find "$work/root" -regex '.*/lib/x86_64-linux-gnu/[^/]*\.so[^/]*' -exec cp --no-dereference {} "$folder" \;
  [ -e "$folder/$loader" ] || ln -s "/lib64/$loader" "$folder/$loader"
  soname=libbpf.so.${name#libbpf}
  "$folder/$loader" --library-path "$folder" --list "$folder/$soname" >"$work/output" 2>&1 ||
    fail "libbpf of $suite can't be loaded here: $(tail -n 1 "$work/output")"
  "$folder/$loader" --library-path "$folder" "$(command -v node)" --version >"$work/output" 2>&1 ||
    fail "Node does not run with the libraries of $suite: $(tail -n 1 "$work/output")"
  sed -n "s/^$name=//p" <<<"$list" >"$folder/version"
  keep "$folder" "$suite"
}

[ $# -gt 0 ] || fail 'usage: scripts/fetch-libbpf.sh SUITE...'
for suite in "$@"; do
  [ -s "$cache/$suite/version" ] || fetch "$suite"
done
