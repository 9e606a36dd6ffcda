#!/usr/bin/env bash
# Makes a Debian host ready for vifscope: the one place that installs anything. Safe to run again: what is there
# is left alone, and when nothing is missing it needs neither root nor the network.
# All messages go to stderr, so that what is run after it has stdout to itself.
# With --with-compiler, also what rebuilds the BPF objects; with --with-test-tools, what the tests compare with:
# for developers and CI alone.
set -euo pipefail
exec 1>&2

cd "$(dirname "$0")/.."
# src/bench/guest/cache.ts follows the same rule.
cache=${VIFSCOPE_CACHE:-${XDG_CACHE_HOME:-/var/cache}/vifscope}
guest_kernel=$cache/guest-kernel
. scripts/test-modules.sh

say() { printf 'setup: %s\n' "$*"; }
fail() {
  printf 'setup: %s\n' "$*"
  exit 1
}
have() { command -v "$1" >/dev/null; }
# apt-get waits for another apt-get to finish instead of failing.
apt() { DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=300 "$@"; }

export PATH=$PATH:/usr/sbin:/sbin

# One at a time: a second set-up waits here and then finds the work done.
if [ "$(id -u)" -eq 0 ] && have flock; then
  mkdir -p "$cache"
  exec 9>"$cache/lock"
  flock 9
fi

# --- What is missing --------------------------------------------------------------------------------------------

have node || fail 'Node.js 20 or later is missing; install it first'
node -e 'process.exit(Number(process.versions.node.split(".")[0]) >= 20 ? 0 : 1)' ||
  fail "Node.js $(node --version) is too old; version 20 or later is needed"

packages=()
need() { # PACKAGE test...: the package is needed unless the test succeeds
  local package=$1
  shift
  "$@" >/dev/null 2>&1 || packages+=("$package")
}

# The whole list is read: a pipe that its reader closes early fails the writer, and with it the pipeline.
has_libbpf() { ldconfig -p | grep 'libbpf\.so\.1 '; }
# The guest has no libraries: a dynamic busybox won't do.
has_static_busybox() { [ -x /bin/busybox ] && ! ldd /bin/busybox; }
has_root_certificates() { [ -s /etc/ssl/certs/ca-certificates.crt ]; }
guest_kernel_is_there() { [ -s "$guest_kernel/vmlinuz" ] && [ -s "$guest_kernel/version" ] && has_test_modules "$guest_kernel"; }
# Every package of the lock file is there in its version (npm keeps a list), and the native addon loads.
modules_are_there() {
  node --input-type=module -e '
    import { readFileSync } from "node:fs";
    const read = (path) => JSON.parse(readFileSync(path, "utf8")).packages;
    const wanted = Object.entries(read("package-lock.json"));
    const present = read("node_modules/.package-lock.json");
    const there = ([path, { version, optional }]) => path === "" || optional || present[path]?.version === version;
    if (!wanted.every(there)) process.exit(1);
    await import("@2060.io/ffi-napi");'
}

with_test_tools=
for option in "$@"; do
  case $option in
    --with-compiler)
      need clang-14 have clang-14
      need llvm-14 have llvm-strip-14
      need libbpf-dev test -f /usr/include/bpf/bpf_helpers.h
      ;;
    --with-test-tools)
      with_test_tools=1
      need bpftool have bpftool
      need bpftrace have bpftrace
      need chromium have chromium
      need ethtool have ethtool
      need iperf3 have iperf3
      need netsniff-ng have trafgen
      need nftables test -x /usr/sbin/nft
      need openssl have openssl
      need openvpn have openvpn
      need python3 have python3
      need socat have socat
      need sockperf have sockperf
      need systemd have systemd-analyze
      need systemd-container have systemd-nspawn
      ;;
    *) fail "unknown option $option; there are --with-compiler and --with-test-tools" ;;
  esac
done
need libbpf1 has_libbpf
need iproute2 have ip
need util-linux have setpriv
need qemu-system-x86 have qemu-system-x86_64
need busybox-static has_static_busybox
if ! guest_kernel_is_there; then
  need kmod have modprobe
  need xz-utils have xz
  need zstd have zstd
fi
if ! modules_are_there 2>/dev/null; then
  # npm builds the foreign function interface from source.
  need python3 have python3
  need make have make
  need g++ have g++
  need ca-certificates has_root_certificates
fi

# --- Debian packages --------------------------------------------------------------------------------------------

missing=("${packages[@]}")
guest_kernel_is_there || missing+=("the guest's kernel in $guest_kernel")
if [ ${#missing[@]} -gt 0 ]; then
  list=$(printf ', %s' "${missing[@]}")
  list=${list:2}
  have apt-get || fail "this is no Debian host and has no apt-get; missing here: $list"
  [ "$(id -u)" -eq 0 ] || fail "must run as root to install what is missing: $list"
  say "missing: $list"
  apt update
fi

if [ ${#packages[@]} -gt 0 ]; then
  say "installing ${packages[*]}"
  apt install --yes --no-install-recommends "${packages[@]}"
fi

# --- The guest's kernel, unpacked and never installed -------------------------------------------------------------

unpack_guest_kernel() {
  local package version
  # Left by a set-up that was killed.
  rm -rf "$cache"/unpacking.*
  [ "$(dpkg --print-architecture)" = amd64 ] || fail 'the guest of the tap path needs an amd64 host'
  package=$(apt-cache depends linux-image-cloud-amd64 | awk '$1 == "Depends:" && /linux-image-[0-9]/ { print $2; exit }')
  [ -n "$package" ] || fail 'apt knows no linux-image-cloud-amd64; check its sources'
  version=${package#linux-image-}
  say "downloading $package for the guest and unpacking it in $guest_kernel (it is not installed)"
  # Finished in a folder of its own and then moved, so that a half-made one is never taken for whole.
  work=$(mktemp -d "$cache/unpacking.XXXXXX")
  trap 'rm -rf "$work"' EXIT
  mkdir -p "$work/root" "$work/guest-kernel/modules"
  # apt checks the package against Debian's signatures.
  (cd "$work" && apt -o APT::Sandbox::User=root download "$package")
  dpkg-deb --extract "$work"/*.deb "$work/root"
  # From Debian 13 on, the package holds usr/lib.
  [ -e "$work/root/lib" ] || ln -s usr/lib "$work/root/lib"
  cp "$work/root/boot/vmlinuz-$version" "$work/guest-kernel/vmlinuz"
  scripts/collect-modules.sh "$work/root" "$version" "$work/guest-kernel/modules" virtio_pci virtio_net
  # test/vm boots the same kernel to measure on it.
  # shellcheck disable=SC2086 # one word a module
  scripts/collect-modules.sh "$work/root" "$version" "$work/guest-kernel/test-modules" $test_modules
  echo "$test_modules" >"$work/guest-kernel/module-list"
  [ -n "$(ls "$work/guest-kernel/modules")" ] || fail "no virtio modules found in $package"
  echo "$version" >"$work/guest-kernel/version"
  rm -rf "$guest_kernel"
  mv "$work/guest-kernel" "$guest_kernel"
}

guest_kernel_is_there || unpack_guest_kernel
if [ -n "$with_test_tools" ]; then
  scripts/fetch-prometheus.sh bookworm sid || say 'no Prometheus: the tests that need it will be skipped'
  have netperf || scripts/fetch-netperf.sh bookworm || say 'no netperf: the tests that need it will be skipped'
  # One by one: a suite that the archive has no more keeps none of the others away.
  for suite in bullseye bookworm bookworm-backports trixie sid; do
    scripts/fetch-libbpf.sh "$suite" || say "no libbpf of $suite: the tests that need it will be skipped"
  done
fi

# --- Node packages and the build ----------------------------------------------------------------------------------

if ! modules_are_there 2>/dev/null; then
  say 'installing the Node packages of package-lock.json'
  # Where Node brings its own headers, the native addon is built with them and none are downloaded.
  headers=$(dirname "$(dirname "$(readlink -f "$(command -v node)")")")
  if [ -f "$headers/include/node/node_api.h" ]; then export npm_config_nodedir=${npm_config_nodedir:-$headers}; fi
  # `npm ci` refuses a lock file without the optional packages of every platform, and a registry need not have them
  # all. This one installs the same versions, checks the same hashes and writes to neither file.
  npm install --no-save --no-audit --no-fund
fi

say 'compiling'
npm run --silent build
say 'ready'
