/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
 * Tallies and histograms: one shard a device and segment, one copy a CPU.
 *
 * Most hooks run with bottom halves off, so only they themselves write their CPU's copy and a plain add
 * is enough. The read side of tun runs in process context and can be preempted between load and store:
 * there, and for the rare outcomes that any context may count, the add is atomic.
 */
#ifndef VIFSCOPE_HISTOGRAM_H
#define VIFSCOPE_HISTOGRAM_H

enum context { BOTTOM_HALVES_OFF, PREEMPTIBLE };

static __always_inline __u32 shard_index(__u32 shard)
{
	return bpf_get_smp_processor_id() * config.shards + shard;
}

static __always_inline struct vs_tally *tally_of(__u32 shard)
{
	__u32 index = shard_index(shard);

	return bpf_map_lookup_elem(&tallies, &index);
}

/* A new maximum is rare, so the exact way costs nothing; a loser retries with what it saw. */
static __noinline void raise_slowly(__u64 *maximum, __u64 value)
{
	__u64 seen = *maximum;

	for (int attempt = 0; attempt < 4 && value > seen; attempt++) {
		__u64 found = raise_from(maximum, seen, value);

		if (found == seen)
			return;
		seen = found;
	}
}

static __always_inline void raise(__u64 *maximum, __u64 value)
{
	if (unlikely(value > *maximum))
		raise_slowly(maximum, value);
}

static __always_inline void record(__u32 shard, __u64 latency_ns, enum context context)
{
	__u32 index = shard_index(shard);
	struct vs_tally *tally = bpf_map_lookup_elem(&tallies, &index);
	struct vs_histogram *histogram = bpf_map_lookup_elem(&histograms, &index);
	__u32 *count;

	if (!tally || !histogram)
		return;
	count = &histogram->counts[bucket_of(latency_ns, config.sub_bucket_bits, config.histogram_counts)];
	if (context == PREEMPTIBLE) {
		__sync_fetch_and_add(count, 1);
		__sync_fetch_and_add(&tally->sum_ns, latency_ns);
	} else {
		*count += 1;
		tally->sum_ns += latency_ns;
	}
	raise(&tally->max_ns, latency_ns);
	raise(&tally->min_complement_ns, ~latency_ns);
}

static __always_inline void count_started(__u32 shard)
{
	struct vs_tally *tally = tally_of(shard);

	if (tally)
		tally->started += 1;
}

#define COUNT_OUTCOME(outcome, also)                              \
	static __noinline void count_##outcome(__u32 shard)       \
	{                                                         \
		struct vs_tally *tally = tally_of(shard);         \
                                                                  \
		if (tally)                                        \
			__sync_fetch_and_add(&tally->outcome, 1); \
		also;                                             \
	}

COUNT_OUTCOME(dropped, leave_queue(shard))
COUNT_OUTCOME(expired, leave_queue(shard))
COUNT_OUTCOME(evicted, leave_queue(shard))
COUNT_OUTCOME(unmatched, )

#endif
