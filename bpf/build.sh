#!/usr/bin/env bash
# Rebuilds the precompiled object. The compiler is pinned: another one gives other bytes.
set -euo pipefail
cd "$(dirname "$0")/.."
out=${1:-bpf/vifscope.bpf.o}
clang-14 -O2 -g -target bpf -mcpu=v3 -D__TARGET_ARCH_x86 -Wall -Werror -Wno-unused-function \
	-fdebug-prefix-map="$PWD=." -fno-ident -c bpf/vifscope.bpf.c -o "$out"
llvm-strip-14 -g "$out"
