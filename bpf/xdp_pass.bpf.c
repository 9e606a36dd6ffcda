/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
 * For tests alone: an XDP program that lets every packet pass.
 */
#include "kernel.h"

#include <bpf/bpf_helpers.h>

#define XDP_PASS 2

SEC("xdp")
int pass(void *ctx)
{
	return XDP_PASS;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
