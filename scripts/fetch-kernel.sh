#!/usr/bin/env bash
# Fetches the cloud kernels of the named Debian suites into the cache, for test/vm; nothing is installed.
# apt works in a folder of its own and checks Debian's signatures: the host's own apt state is not touched.
set -euo pipefail
exec 1>&2

# test/vm/cachedKernel.ts follows the same rule.
cache=${VIFSCOPE_CACHE:-${XDG_CACHE_HOME:-/var/cache}/vifscope}/kernels
scripts=$(cd "$(dirname "$0")" && pwd)
keyring=/usr/share/keyrings/debian-archive-keyring.gpg
# Inserted in this order, each after what it depends on.
modules='veth tun sch_netem sch_tbf bridge 8021q vhost_net'

export PATH=$PATH:/usr/sbin:/sbin

say() { printf 'fetch-kernel: %s\n' "$*"; }
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
  local suite=$1 needed version packages file
  mkdir -p "$cache"
  # Left by a run that was killed.
  rm -rf "$cache"/unpacking.*
  # Finished in a folder of its own and then moved, so that a half-made one is never taken for whole.
  work=$(mktemp -d "$cache/unpacking.XXXXXX")
  mkdir -p "$work"/{state/lists/partial,cache/archives/partial,root,kernel/modules}
  : >"$work/status"
  echo "deb [signed-by=$keyring] $archive $suite main" >"$work/sources.list"
  own_apt apt-get update
  needed=$(own_apt apt-cache depends --recurse --no-recommends --no-suggests --no-conflicts --no-breaks \
    --no-replaces --no-enhances linux-image-cloud-amd64)
  version=$(sed -n '/^linux-image-[0-9]/ { s/^linux-image-//p; q }' <<<"$needed")
  [ -n "$version" ] || fail "$suite has no linux-image-cloud-amd64"
  # One package up to Debian 13, afterwards one for the kernel and one for its modules.
  packages=$(grep -Fx "linux-image-$version
linux-binary-$version
linux-modules-$version" <<<"$needed")
  say "downloading the kernel $version of $suite"
  # shellcheck disable=SC2086 # one word a package
  (cd "$work" && own_apt apt-get download $packages)
  for file in "$work"/*.deb; do dpkg-deb --extract "$file" "$work/root"; done
  # From Debian 13 on, the package holds usr/lib.
  [ -e "$work/root/lib" ] || ln -s usr/lib "$work/root/lib"
  # Beside its modules where the two are packages of their own.
  for file in "$work/root/boot/vmlinuz-$version" "$work/root/lib/modules/$version/vmlinuz"; do
    [ ! -f "$file" ] || cp "$file" "$work/kernel/vmlinuz"
  done
  [ -s "$work/kernel/vmlinuz" ] || fail "no kernel found in $(echo "$work"/*.deb): $(find "$work/root" -name 'vmlinu*')"
  # shellcheck disable=SC2086 # one word a module
  "$scripts/collect-modules.sh" "$work/root" "$version" "$work/kernel/modules" $modules
  echo "$version" >"$work/kernel/version"
  rm -rf "${cache:?}/$suite"
  mv "$work/kernel" "$cache/$suite"
  rm -rf "$work"
}

[ $# -gt 0 ] || fail 'usage: scripts/fetch-kernel.sh SUITE...'
work=
trap '[ -z "$work" ] || rm -rf "$work"' EXIT
for suite in "$@"; do
  [ ! -s "$cache/$suite/version" ] || continue
  for command in apt-get dpkg-deb modprobe xz zstd; do
    command -v "$command" >/dev/null || fail "$command is missing: apt-get install apt dpkg kmod xz-utils zstd"
  done
  [ -s "$keyring" ] || fail "$keyring is missing: apt-get install debian-archive-keyring"
  archive=${VIFSCOPE_DEBIAN_ARCHIVE:-$(mirror)}
  [ -n "$archive" ] || fail 'apt has no source of this release; name one in VIFSCOPE_DEBIAN_ARCHIVE'
  fetch "$suite"
done
