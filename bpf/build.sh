#!/usr/bin/env bash
# Rebuilds the precompiled objects; with --check, only says whether the committed ones are what the sources give.
# The compiler is pinned: another one gives other bytes.
set -euo pipefail
cd "$(dirname "$0")/.."

compile() { # NAME FOLDER
	clang-14 -O2 -g -target bpf -mcpu=v3 -D__TARGET_ARCH_x86 -Wall -Werror -Wno-unused-function \
		-fdebug-prefix-map="$PWD=." -fno-ident -c "bpf/$1.bpf.c" -o "$2/$1.bpf.o"
	llvm-strip-14 -g "$2/$1.bpf.o"
}

case ${1:-} in
'') folder=bpf ;;
--check)
	folder=$(mktemp -d)
	trap 'rm -rf "$folder"' EXIT
	;;
*)
	echo 'usage: bpf/build.sh [--check]' >&2
	exit 2
	;;
esac

stale=0
for source in bpf/*.bpf.c; do
	name=$(basename "$source" .bpf.c)
	compile "$name" "$folder"
	if ! cmp -s "$folder/$name.bpf.o" "bpf/$name.bpf.o"; then
		echo "bpf/$name.bpf.o is not what its sources give; run bpf/build.sh and commit it" >&2
		stale=1
	fi
done
exit "$stale"
