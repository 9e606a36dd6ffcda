/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
 * What is kept of each shard while tracing: its threshold, and how many packets wait in it.
 */
#ifndef VIFSCOPE_WATCH_H
#define VIFSCOPE_WATCH_H

static __always_inline struct vs_watch *watch_of(__u32 shard)
{
	return bpf_map_lookup_elem(&watches, &shard);
}

/* Other CPUs may count at the same time: a queue that is just empty can look less than that. */
static __always_inline __u32 packets_in(const struct vs_watch *watch)
{
	__s32 waiting = watch->entered - watch->left;

	return waiting < 0 ? 0 : waiting;
}

static __always_inline void leave_queue(__u32 shard)
{
	struct vs_watch *watch;

	if (!config.tracing)
		return;
	watch = watch_of(shard);
	if (watch)
		__sync_fetch_and_add(&watch->left, 1);
}

#endif
