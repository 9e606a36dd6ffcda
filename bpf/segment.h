/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
 * The verbs of the hooks: begin and end a segment of a packet on a device.
 */
#ifndef VIFSCOPE_SEGMENT_H
#define VIFSCOPE_SEGMENT_H

static __always_inline bool measures(enum vs_segment segment)
{
	return config.segments & (1U << segment);
}

static __always_inline bool stamping(void)
{
	return control.phase == VS_PHASE_MEASURING;
}

static __always_inline __u32 shard_on(const struct vs_device *device, enum vs_segment segment)
{
	return device->first_shard + segment - 1;
}

/* Starts the wait of `shard` for this skb. Returns the word of the wait that it ends, or 0. */
static __always_inline __u64 begin(struct vs_set *set, struct sk_buff *skb, __u32 shard, __u64 now_ns, __u8 check)
{
	/* First the stamp: its locked claim would wait for the counter's store to reach the cache. */
	__u64 word = stamp_word(shard, now_ns, check);
	__u64 ended = put(set, (__u64)skb, word, now_ns);

	count_started(shard);
	if (config.tracing)
		note_start((__u64)skb, word, now_ns);
	return ended;
}

static __always_inline void expire(__u64 word)
{
	if (word)
		count_expired(shard_of(word));
}

/* Judges the stamp that an end found: a sample only if it is of the segment and device expected here. Where it is, the
 * caller tells the tracer, by judge(): one question a hook, whether anybody traces.
 */
static __always_inline bool settle(__u64 word, __u32 expected, __u64 now_ns, enum context context)
{
	if (shard_of(word) == expected) {
		record(expected, age_ns(word, now_ns), context);
		return true;
	}
	expire(word);
	/* While draining, packets pass that were not stamped on purpose. */
	if (stamping())
		count_unmatched(expected);
	return false;
}

#endif
