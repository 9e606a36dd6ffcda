#!/usr/bin/env bash
# Fetches Prometheus and promtool of the named Debian suites into the cache, for the tests; nothing is installed.
# apt works in a folder of its own and checks Debian's signatures: the host's own apt state is not touched.
set -euo pipefail
exec 1>&2

# test/grafana/support/prometheusServer.ts follows the same rule.
cache=${VIFSCOPE_CACHE:-${XDG_CACHE_HOME:-/var/cache}/vifscope}/prometheus
keyring=/usr/share/keyrings/debian-archive-keyring.gpg

say() { printf 'fetch-prometheus: %s\n' "$*"; }
fail() {
  say "$*"
  exit 1
}

# The archive that this host takes its own release from.
mirror() {
  local codename
  codename=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
  # shellcheck disable=SC2016 # the placeholders are apt's
  apt-get indextargets --format '$(RELEASE) $(REPO_URI)' 'Created-By: Packages' |
    awk -v release="$codename" '$1 == release { print $2; exit }'
}

own_apt() { # COMMAND ARGUMENT...
  local command=$1
  shift
  "$command" -q -o Dir::State="$work/state" -o Dir::State::status="$work/status" -o Dir::Cache="$work/cache" \
    -o Dir::Etc::sourcelist="$work/sources.list" -o Dir::Etc::sourceparts=/dev/null \
    -o Dir::Etc::preferences=/dev/null -o Dir::Etc::preferencesparts=/dev/null \
    -o APT::Architecture=amd64 -o APT::Architectures=amd64 -o APT::Sandbox::User=root -o Acquire::Languages=none \
    -o APT::Get::AllowUnauthenticated=false -o Acquire::AllowInsecureRepositories=false \
    -o Acquire::AllowWeakRepositories=false "$@"
}

fetch() { # SUITE
  local suite=$1 available packages file program
  mkdir -p "$cache"
  # Left by a run that was killed.
  rm -rf "$cache"/unpacking.*
  # Finished in a folder of its own and then moved, so that a half-made one is never taken for whole.
  work=$(mktemp -d "$cache/unpacking.XXXXXX")
  mkdir -p "$work"/{state/lists/partial,cache/archives/partial,root,release}
  : >"$work/status"
  echo "deb [signed-by=$keyring] $archive $suite main" >"$work/sources.list"
  own_apt apt-get update
  # promtool is a package of its own from 3.x on.
  available=$(own_apt apt-cache pkgnames prom)
  packages=$(grep -Fx 'prometheus
promtool' <<<"$available") || fail "$suite has no prometheus"
  say "downloading ${packages//$'\n'/ and } of $suite"
  # shellcheck disable=SC2086 # one word a package
  (cd "$work" && own_apt apt-get download $packages)
  for file in "$work"/*.deb; do dpkg-deb --extract "$file" "$work/root"; done
  for program in prometheus promtool; do
    cp "$work/root/usr/bin/$program" "$work/release/$program"
    "$work/release/$program" --version >"$work/output" 2>&1 ||
      fail "$program of $suite does not run here: $(head -n 1 "$work/output")"
  done
  dpkg-deb --field "$(echo "$work"/prometheus_*.deb)" Version >"$work/release/version"
  rm -rf "${cache:?}/$suite"
  mv "$work/release" "$cache/$suite"
  rm -rf "$work"
}

[ $# -gt 0 ] || fail 'usage: scripts/fetch-prometheus.sh SUITE...'
work=
trap '[ -z "$work" ] || rm -rf "$work"' EXIT
for suite in "$@"; do
  [ ! -s "$cache/$suite/version" ] || continue
  for command in apt-get dpkg-deb; do
    command -v "$command" >/dev/null || fail "$command is missing: apt-get install apt dpkg"
  done
  [ -s "$keyring" ] || fail "$keyring is missing: apt-get install debian-archive-keyring"
  archive=${VIFSCOPE_DEBIAN_ARCHIVE:-$(mirror)}
  [ -n "$archive" ] || fail 'apt has no source of this release; name one in VIFSCOPE_DEBIAN_ARCHIVE'
  fetch "$suite"
done
