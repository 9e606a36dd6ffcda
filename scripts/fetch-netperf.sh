#!/usr/bin/env bash
# Fetches netperf of the named Debian suite into the cache, for the tests; nothing is installed. It is non-free, so
# that few hosts have a source for it.
set -euo pipefail
exec 1>&2

# test/bench/tools/cachedNetperf.ts follows the same rule.
cache=${VIFSCOPE_CACHE:-${XDG_CACHE_HOME:-/var/cache}/vifscope}/netperf
. "$(dirname "$0")/debian-suite.sh"

fetch() { # SUITE
  local suite=$1 program
  open_suite "$suite" non-free
  mkdir "$work/release"
  say "downloading netperf of $suite"
  unpack netperf
  for program in netperf netserver; do
    cp "$work/root/usr/bin/$program" "$work/release/$program"
    "$work/release/$program" -V >"$work/output" 2>&1 ||
      fail "$program of $suite does not run here: $(head -n 1 "$work/output")"
  done
  keep "$work/release" "$suite"
}

[ $# -eq 1 ] || fail 'usage: scripts/fetch-netperf.sh SUITE'
[ -x "$cache/$1/netserver" ] || fetch "$1"
