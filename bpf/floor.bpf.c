/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
 * What npm run bench:cost holds vifscope against: on each of its hooks a program that does nothing, and one
 * that reads the clock. Not part of what measures.
 */
#include "kernel.h"

#include <bpf/bpf_helpers.h>

/* The reading is thrown away: stored in shared memory it would cost a cache line moved between CPUs, which
 * is not the clock's. The compiler knows nothing of what a helper does, so the call stays.
 */
#define FLOOR(hook)                        \
	SEC("tp_btf/" #hook)               \
	int empty_##hook(void *ctx)        \
	{                                  \
		return 0;                  \
	}                                  \
	SEC("tp_btf/" #hook)               \
	int clock_##hook(void *ctx)        \
	{                                  \
		bpf_ktime_get_ns();        \
		return 0;                  \
	}

FLOOR(net_dev_queue)
FLOOR(net_dev_start_xmit)
FLOOR(net_dev_xmit)
FLOOR(netif_receive_skb_entry)
FLOOR(netif_receive_skb)
FLOOR(napi_gro_receive_entry)
FLOOR(skb_copy_datagram_iovec)
FLOOR(kfree_skb)

char LICENSE[] SEC("license") = "Dual BSD/GPL";
