/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
 * What a packet's wait begins among, noted while tracing: beside the in-flight table, in a table of one way by the same
 * bits of the address. Where two packets fall on one place the earlier one's start is not known in the end.
 */
#ifndef VIFSCOPE_START_H
#define VIFSCOPE_START_H

struct wait_start {
	__u64 key; /* of its stamp */
	__u64 word;
	__u64 spent_ns[VS_TASK_STATE_N]; /* the actor's totals */
	__u32 actor;
	__u32 ahead;
	__u16 cpu;
	__u16 actor_cpu;
	__u32 pad;
};

OWN_ARRAY(starts, struct wait_start); /* as many as in_flight has stamps */

static __always_inline struct wait_start *place_of_start(__u64 key)
{
	__u32 index = (low_half(key) >> 8) & ((VS_WAYS << config.set_bits) - 1);

	return bpf_map_lookup_elem(&starts, &index);
}

/* The start of this very wait, or NULL. */
static __always_inline struct wait_start *start_of(__u64 key, __u64 word)
{
	struct wait_start *start = place_of_start(key);

	return start && start->key == key && start->word == word ? start : NULL;
}

static __always_inline void note(struct wait_start *start, __u64 key, __u64 word, __u32 actor, __u64 now_ns)
{
	struct task_notes *task = known_task(actor);

	start->word = 0;
	start->key = key;
	start->cpu = bpf_get_smp_processor_id();
	start->actor = task ? actor : 0;
	if (task) {
		start->actor_cpu = task->cpu;
		for (__u32 state = 0; state < VS_TASK_STATE_N; state++)
			start->spent_ns[state] = spent_in(task, state, now_ns);
	}
	start->word = word;
}

/* A packet begins to wait in the word's shard, for whoever read last there if it is a ring. */
static __noinline void note_start(__u64 key, __u64 word, __u64 now_ns)
{
	struct wait_start *start = place_of_start(key);
	struct vs_watch *watch = watch_of(shard_of(word));

	if (!start || !watch)
		return;
	start->ahead = packets_in(watch);
	__sync_fetch_and_add(&watch->entered, 1);
	note(start, key, word, watch->actor, now_ns);
}

/* The current task begins to write a packet. */
static __noinline void note_write(__u64 key, __u64 word, __u64 now_ns)
{
	struct wait_start *start = place_of_start(key);
	__u32 writer = know_current(now_ns);

	if (!start)
		return;
	start->ahead = 0;
	note(start, key, word, writer, now_ns);
}

/* The current task reads packets of this ring. */
static __noinline void note_reader(__u32 ring, __u64 now_ns)
{
	struct vs_watch *watch = watch_of(ring);
	__u32 reader = know_current(now_ns);

	if (watch && watch->actor != reader)
		watch->actor = reader;
}

#endif
