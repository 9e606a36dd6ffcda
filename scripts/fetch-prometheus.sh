#!/usr/bin/env bash
# Fetches Prometheus and promtool of the named Debian suites into the cache, for the tests; nothing is installed.
set -euo pipefail
exec 1>&2

# test/grafana/support/prometheusServer.ts follows the same rule.
cache=${VIFSCOPE_CACHE:-${XDG_CACHE_HOME:-/var/cache}/vifscope}/prometheus
. "$(dirname "$0")/debian-suite.sh"

fetch() { # SUITE
  local suite=$1 available packages program
  open_suite "$suite"
  mkdir "$work/release"
  # promtool is a package of its own from 3.x on.
  available=$(own_apt apt-cache pkgnames prom)
  packages=$(grep -Fx 'prometheus
promtool' <<<"$available") || fail "$suite has no prometheus"
  say "downloading ${packages//$'\n'/ and } of $suite"
  # shellcheck disable=SC2086 # one word a package
  unpack $packages
  for program in prometheus promtool; do
    cp "$work/root/usr/bin/$program" "$work/release/$program"
    "$work/release/$program" --version >"$work/output" 2>&1 ||
      fail "$program of $suite does not run here: $(head -n 1 "$work/output")"
  done
  dpkg-deb --field "$(echo "$work"/prometheus_*.deb)" Version >"$work/release/version"
  keep "$work/release" "$suite"
}

[ $# -gt 0 ] || fail 'usage: scripts/fetch-prometheus.sh SUITE...'
for suite in "$@"; do
  [ -s "$cache/$suite/version" ] || fetch "$suite"
done
