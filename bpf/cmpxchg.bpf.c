/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
 * Loaded and never run: does this kernel's verifier know the atomic compare-and-exchange?
 */
#include "kernel.h"

#include <bpf/bpf_helpers.h>

SEC("socket")
int cmpxchg(void *ctx)
{
	__u64 word = 0;

	return (int)__sync_val_compare_and_swap(&word, 0, 1);
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
