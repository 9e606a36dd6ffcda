# Sourced by the fetch scripts: packages of any Debian suite, fetched and unpacked in a folder of their own. apt checks
# Debian's signatures; nothing is installed, and the host's own apt state is not touched.
# In: $cache, the folder for what is fetched. Out: $work, a folder that is removed at the end, and the functions.
# shellcheck shell=bash

keyring=/usr/share/keyrings/debian-archive-keyring.gpg
work=
trap '[ -z "$work" ] || rm -rf "$work"' EXIT

say() { printf '%s: %s\n' "$(basename "$0" .sh)" "$*"; }
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

# Makes $work with apt's lists of the suite, for backports also of the release that they are for. What is made there
# is to be finished and then moved, so that a half-made one is never taken for whole.
open_suite() { # SUITE [COMPONENT]
  local archive command suite
  for command in apt-get dpkg-deb; do
    command -v "$command" >/dev/null || fail "$command is missing: apt-get install apt dpkg"
  done
  [ -s "$keyring" ] || fail "$keyring is missing: apt-get install debian-archive-keyring"
  archive=${VIFSCOPE_DEBIAN_ARCHIVE:-$(mirror)}
  [ -n "$archive" ] || fail 'apt has no source of this release; name one in VIFSCOPE_DEBIAN_ARCHIVE'
  mkdir -p "$cache"
  # Left by a run that was killed.
  rm -rf "$cache"/unpacking.*
  work=$(mktemp -d "$cache/unpacking.XXXXXX")
  mkdir -p "$work"/{state/lists/partial,cache/archives/partial,root}
  : >"$work/status"
  for suite in "$1" "${1%-backports}"; do
    echo "deb [signed-by=$keyring] $archive $suite ${2:-main}"
  done | uniq >"$work/sources.list"
  own_apt apt-get update
}

# Downloads packages and unpacks them in $work/root.
unpack() { # PACKAGE[=VERSION]...
  local file
  (cd "$work" && own_apt apt-get download "$@")
  for file in "$work"/*.deb; do dpkg-deb --extract "$file" "$work/root"; done
}

# Puts a finished folder in place.
keep() { # FOLDER SUITE
  rm -rf "${cache:?}/$2"
  mv "$1" "$cache/$2"
  rm -rf "$work"
}
