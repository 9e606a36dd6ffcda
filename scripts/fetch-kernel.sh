#!/usr/bin/env bash
# Fetches the cloud kernels of the named Debian suites into the cache, for test/vm; nothing is installed.
set -euo pipefail
exec 1>&2

# test/vm/cachedKernel.ts follows the same rule.
cache=${VIFSCOPE_CACHE:-${XDG_CACHE_HOME:-/var/cache}/vifscope}/kernels
scripts=$(cd "$(dirname "$0")" && pwd)

export PATH=$PATH:/usr/sbin:/sbin
. "$scripts/debian-suite.sh"
. "$scripts/test-modules.sh"

fetch() { # SUITE
  local suite=$1 needed version packages file command
  for command in modprobe xz zstd; do
    command -v "$command" >/dev/null || fail "$command is missing: apt-get install kmod xz-utils zstd"
  done
  open_suite "$suite"
  mkdir -p "$work/kernel/modules"
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
  unpack $packages
  # From Debian 13 on, the package holds usr/lib.
  [ -e "$work/root/lib" ] || ln -s usr/lib "$work/root/lib"
  # Beside its modules where the two are packages of their own.
  for file in "$work/root/boot/vmlinuz-$version" "$work/root/lib/modules/$version/vmlinuz"; do
    [ ! -f "$file" ] || cp "$file" "$work/kernel/vmlinuz"
  done
  [ -s "$work/kernel/vmlinuz" ] || fail "no kernel found in $(echo "$work"/*.deb): $(find "$work/root" -name 'vmlinu*')"
  # shellcheck disable=SC2086 # one word a module
  "$scripts/collect-modules.sh" "$work/root" "$version" "$work/kernel/modules" $test_modules
  echo "$test_modules" >"$work/kernel/module-list"
  echo "$version" >"$work/kernel/version"
  keep "$work/kernel" "$suite"
}

[ $# -gt 0 ] || fail 'usage: scripts/fetch-kernel.sh SUITE...'
for suite in "$@"; do
  { [ -s "$cache/$suite/version" ] && has_test_modules "$cache/$suite"; } || fetch "$suite"
done
