#!/usr/bin/env bash
# Installs vifscope and its service on this host, from a checkout that is set up (scripts/setup.sh), or removes it.
# Safe to run again, which is also how a new version is put in place. Nothing is started.
# All messages go to stderr.
set -euo pipefail
exec 1>&2

usage='usage: scripts/install.sh [--prefix DIR] [--root DIR] [--with-inject] [--uninstall]
  --prefix DIR    where DIR/bin and DIR/lib/vifscope go; /usr/local if not given
  --root DIR      install into the system whose root is DIR
  --with-inject   let the first stage have CAP_SYS_ADMIN, for the segment inject of tap and tun
  --uninstall     remove what was installed; the configuration, logs and the group stay'

cd "$(dirname "$0")/.."
prefix=/usr/local
root=
with_inject=no
action=install

say() { printf 'install: %s\n' "$*"; }
fail() {
  say "$*"
  exit 1
}
refuse() {
  say "$*"
  say "$usage"
  exit 2
}

while [ $# -gt 0 ]; do
  case $1 in
    --prefix | --root)
      case ${2:-} in
        /*) ;;
        *) refuse "$1 needs a directory that starts with /" ;;
      esac
      declare "${1#--}=${2%/}"
      shift
      ;;
    --with-inject) with_inject=yes ;;
    --uninstall) action=uninstall ;;
    --help) say "$usage" && exit ;;
    *) refuse "unknown option $1" ;;
  esac
  shift
done

# Places in the installed system; $root stands before them here.
library=$prefix/lib/vifscope
command=$prefix/bin/vifscope
# Found by systemd wherever the prefix is, and apart from /etc, where `systemctl edit` writes.
units=/usr/local/lib/systemd/system
unit=$units/vifscope.service
drop_in=$unit.d/inject.conf
group=/usr/local/lib/sysusers.d/vifscope.conf
modules=/usr/local/lib/modules-load.d/vifscope.conf
config=/etc/vifscope/vifscope.yaml

is_running_system() { [ -z "$root" ] && [ -d /run/systemd/system ]; }
reload_units() { if is_running_system; then systemctl daemon-reload; fi; }

# --- Removal ------------------------------------------------------------------------------------------------------

uninstall() {
  if is_running_system && [ -e "$unit" ]; then systemctl disable --now --quiet vifscope.service; fi
  rm -rf "$root$library"
  rm -f "$root$command" "$root$drop_in" "$root$modules" "$root$unit" "$root$group"
  rmdir --ignore-fail-on-non-empty "$root$unit.d" 2>/dev/null || true
  reload_units
  say "removed; what stays: $config, /var/log/private/vifscope, the group vifscope-readers"
}

# --- Installation -------------------------------------------------------------------------------------------------

require() {
  local node=$1
  [ -n "$node" ] || fail 'Node.js is missing; install version 20 or later first'
  case $(readlink -f "$node") in
    # The service sees neither (ProtectHome=, PrivateTmp=).
    /home/* | /root/* | /tmp/*)
      fail "$node is in a home or temporary directory, which the service can't see; install Node.js for the whole system"
      ;;
  esac
  [ -e dist/daemon/main.js ] || fail "$PWD is not built; run scripts/setup.sh first"
  [ -e node_modules/@2060.io/ffi-napi/build/Release/ffi_bindings.node ] ||
    fail "node_modules has no native addon; run scripts/setup.sh first"
}

# What the service needs, in the checkout's own layout.
copy_library() {
  local to=$1 names modules
  # The lock file knows which modules only development needs.
  names=$(node -p '
    const { existsSync } = require("node:fs");
    Object.entries(require("./package-lock.json").packages)
      .filter(([path, { dev, optional }]) => path && !dev && (!optional || existsSync(path)))
      .map(([path]) => path)
      .filter((path) => path.lastIndexOf("node_modules") === 0) // the others are inside of these
      .join("\n")')
  mapfile -t modules <<<"$names"
  mkdir -p "$to"
  cp -R --parents --no-preserve=ownership package.json bpf/*.o docs dist/src dist/daemon "${modules[@]}" "$to"
  chmod -R u=rwX,go=rX "$to"
}

install_all() {
  local node new=$root$library.new
  node=$(command -v node || true)
  require "$node"
  # The old one stays whole until the new one is.
  rm -rf "$new"
  copy_library "$new"
  rm -rf "$root$library"
  mv "$new" "$root$library"
  install -D -m 755 /dev/stdin "$root$command" <<SCRIPT
#!/bin/sh
exec $node $library/dist/src/cli/main.js "\$@"
SCRIPT
  sed "s#/usr/local/bin/vifscope#$command#; s#/usr/local/lib/vifscope#$library#" systemd/vifscope.service |
    install -D -m 644 /dev/stdin "$root$unit"
  install -D -m 644 systemd/sysusers.conf "$root$group"
  if [ "$with_inject" = yes ]; then
    install -D -m 644 systemd/inject.conf "$root$drop_in"
    install -D -m 644 systemd/modules.conf "$root$modules"
    if is_running_system && ! modprobe tun; then say 'the module tun is not to be had here: inject stays unmeasured'; fi
  else
    rm -f "$root$drop_in" "$root$modules"
  fi
  if [ ! -e "$root$config" ]; then install -D -m 644 systemd/vifscope.yaml "$root$config"; fi
  systemd-sysusers --root="${root:-/}" "$root$group"
  reload_units
  say "installed in $root$prefix, configured by $config"
  say 'start it:        systemctl enable --now vifscope     (a running one: systemctl restart vifscope)'
  say 'let USER ask it: usermod -aG vifscope-readers USER; USER then logs in anew and runs vifscope snapshot'
}

[ "$(id -u)" -eq 0 ] || fail 'must run as root'
command -v systemd-sysusers >/dev/null || fail 'systemd is missing on this host'
if [ "$action" = uninstall ]; then uninstall; else install_all; fi
