#!/usr/bin/env bash
# collect-modules.sh ROOT VERSION TARGET MODULE...: copies modules of an unpacked kernel package and what they
# depend on, unpacked and numbered in the order in which they must be inserted.
set -euo pipefail
export PATH=$PATH:/usr/sbin:/sbin

root=$1 version=$2 target=$3 number=0
shift 3
mkdir -p "$target"
[ -s "$root/lib/modules/$version/modules.dep" ] || depmod --basedir "$root" "$version"
for module in "$@"; do
  modprobe --config /dev/null --dirname "$root" --set-version "$version" --show-depends "$module"
done | awk '$1 == "insmod" && !seen[$2]++ { print $2 }' | while read -r file; do
  name=$(basename "$file")
  name=$(printf '%s/%02d-%s' "$target" "$number" "${name%%.*}.ko")
  case $file in
    *.xz) xz --decompress --stdout "$file" >"$name" ;;
    *.zst) zstd --quiet --decompress --stdout "$file" >"$name" ;;
    *) cp "$file" "$name" ;;
  esac
  number=$((number + 1))
done
