/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
 * What npm run bench:parts times: the verbs of the hooks, again and again, one after the other. The kernel runs
 * no program of a BTF tracepoint on demand, so the verbs are called from programs that it does run. Not part of what
 * measures.
 */
#include "kernel.h"

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "vifscope.h"

#include "maps.h"
#include "address.h"
#include "ownership.h"
#include "watch.h"
#include "bucket.h"
#include "histogram.h"
#include "in_flight.h"
#include "device.h"
#include "task.h"
#include "start.h"

struct order {
	__u32 packets; /* in flight at a time */
	__u32 shards; /* recorded in turn */
	__u32 sink; /* what the compiler is not to leave out */
};

/* Called with { times, packets, shards }; returns the ns that it took. */
#define PART(name)                                                                        \
	SEC("raw_tp")                                                                     \
	int part_##name(struct bpf_raw_tracepoint_args *ctx)                              \
	{                                                                                 \
		struct order order = { .packets = ctx->args[1], .shards = ctx->args[2] }; \
		__u64 started_ns = bpf_ktime_get_ns();                                    \
                                                                                          \
		bpf_loop(ctx->args[0], name, &order, 0);                                  \
		return bpf_ktime_get_ns() - started_ns;                                   \
	}

static long nothing(__u32 time, struct order *order)
{
	return 0;
}
PART(nothing)

static long clock(__u32 time, struct order *order)
{
	bpf_ktime_get_ns();
	return 0;
}
PART(clock)

static long bucket(__u32 time, struct order *order)
{
	order->sink += bucket_of((__u64)time * 40503, config.sub_bucket_bits, config.histogram_counts);
	return 0;
}
PART(bucket)

static __always_inline __u32 shard_at(__u32 time, const struct order *order)
{
	return VS_SPECIAL_SHARD_N + (order->shards ? time % order->shards : 0);
}

static long start(__u32 time, struct order *order)
{
	count_started(shard_at(time, order));
	return 0;
}
PART(start)

static long sample(__u32 time, struct order *order)
{
	record(shard_at(time, order), 400 + (time & 0xff), BOTTOM_HALVES_OFF);
	return 0;
}
PART(sample)

/* Like skbs: so far apart, and the same ones again and again. */
static __always_inline __u64 key_at(__u32 number, const struct order *order)
{
	__u32 keys = 2 * order->packets;

	return 1ULL << 40 | (__u64)(keys ? number % keys : 0) << 8;
}

/* One packet comes for each that leaves; so many are always there. */
static long stamp(__u32 time, struct order *order)
{
	__u64 key = key_at(time, order), now_ns = 1000 + time;

	put(approach(key), key, stamp_word(VS_SPECIAL_SHARD_N, now_ns, 0), now_ns);
	order->sink += take(key_at(time + order->packets, order));
	return 0;
}
PART(stamp)

char LICENSE[] SEC("license") = "Dual BSD/GPL";
