#!/usr/bin/env bash
# Rebuilds the precompiled objects; with --check, only says whether the committed ones are what the sources give.
# The compiler is pinned: another one gives other bytes.
set -euo pipefail
cd "$(dirname "$0")/.."

# OBJECT SOURCE [DEFINE]
objects='floor floor
naive naive
parts parts
arrival arrival
softirq softirq
cmpxchg cmpxchg
xdp_pass xdp_pass
vifscope vifscope
vifscope-no-cmpxchg vifscope -DVS_NO_COMPARE_EXCHANGE'

compile() { # FOLDER OBJECT SOURCE [DEFINE]
	local folder=$1 object=$2 source=$3
	shift 3
	clang-14 -O2 -g -target bpf -mcpu=v3 -D__TARGET_ARCH_x86 -Wall -Werror -Wno-unused-function \
		-fdebug-prefix-map="$PWD=." -fno-ident "$@" -c "bpf/$source.bpf.c" -o "$folder/$object.bpf.o"
	llvm-strip-14 -g "$folder/$object.bpf.o"
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
while read -r object source defines; do
	# shellcheck disable=SC2086 # no define is no word
	compile "$folder" "$object" "$source" $defines
	if ! cmp -s "$folder/$object.bpf.o" "bpf/$object.bpf.o"; then
		echo "bpf/$object.bpf.o is not what its sources give; run bpf/build.sh and commit it" >&2
		stale=1
	fi
done <<<"$objects"
exit "$stale"
