/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
 * Tells the daemon, while tracing, of packets that have waited for longer than their segment's threshold.
 */
#ifndef VIFSCOPE_OUTLIER_H
#define VIFSCOPE_OUTLIER_H

/* A wait that is over. */
struct ended_wait {
	__u64 key; /* of its stamp */
	__u64 word;
	__u64 end_ns;
	__u32 first_shard; /* of its device */
	__u32 segment;
};

/* Where on the way a packet is when it has waited in this segment. */
static __always_inline enum vs_point point_after(__u32 segment)
{
	switch (segment) {
	case VS_SEGMENT_QDISC:
		return VS_POINT_SENT;
	case VS_SEGMENT_BACKLOG:
		return VS_POINT_RECEIVED;
	case VS_SEGMENT_RING:
		return VS_POINT_TO_USER;
	default:
		return VS_POINT_FROM_USER;
	}
}

static __always_inline void add_ports(struct vs_outlier *outlier, struct cursor *cursor)
{
	__be16 ports[2];

	if ((outlier->protocol != PROTOCOL_TCP && outlier->protocol != PROTOCOL_UDP) ||
	    !read_at(cursor, ports, sizeof(ports)))
		return;
	outlier->source_port = ports[0];
	outlier->destination_port = ports[1];
}

static __always_inline void add_ipv4_flow(struct vs_outlier *outlier, struct cursor *cursor)
{
	struct ipv4_header ip;

	if (!read_at(cursor, &ip, sizeof(ip)))
		return;
	outlier->family = 4;
	outlier->protocol = ip.protocol;
	__builtin_memcpy(outlier->source, &ip.source, sizeof(ip.source));
	__builtin_memcpy(outlier->destination, &ip.destination, sizeof(ip.destination));
	if (__builtin_bswap16(ip.fragment) & IPV4_FRAGMENT)
		return;
	cursor->at += (ip.version_words & 15) * 4;
	add_ports(outlier, cursor);
}

/* Of a packet with extension headers the first one stands as its protocol. */
static __always_inline void add_ipv6_flow(struct vs_outlier *outlier, struct cursor *cursor)
{
	struct ipv6_header ip;

	if (!read_at(cursor, &ip, sizeof(ip)))
		return;
	outlier->family = 6;
	outlier->protocol = ip.next;
	__builtin_memcpy(outlier->source, ip.source, sizeof(ip.source));
	__builtin_memcpy(outlier->destination, ip.destination, sizeof(ip.destination));
	cursor->at += sizeof(ip);
	add_ports(outlier, cursor);
}

static __always_inline void add_packet(struct vs_outlier *outlier, struct sk_buff *skb, enum vs_point point)
{
	struct cursor cursor;
	__u16 ethertype = find_packet(skb, point, &cursor);

	outlier->length = skb->len;
	outlier->queue_length = skb->dev->tx_queue_len;
	if (ethertype == ETHERTYPE_IPV4)
		add_ipv4_flow(outlier, &cursor);
	else if (ethertype == ETHERTYPE_IPV6)
		add_ipv6_flow(outlier, &cursor);
	outlier->content = content_of(skb, point);
}

static __always_inline void add_start(struct vs_outlier *outlier, const struct wait_start *start)
{
	outlier->flags |= VS_OUTLIER_FLAG_START;
	outlier->ahead = start->ahead;
	outlier->start_cpu = start->cpu;
}

/* What the current task did: if it is the one that the packet was waiting for, during the wait. */
static __always_inline void add_task(struct vs_outlier *outlier, const struct wait_start *start, __u64 end_ns)
{
	struct task_notes *task = known_task(outlier->task);

	if (!task)
		return;
	outlier->woken_ns = task->woken_ns;
	outlier->scheduled_ns = task->scheduled_ns;
	if (task->woken_from == VS_TASK_STATE_STOPPED)
		outlier->flags |= VS_OUTLIER_FLAG_WAS_STOPPED;
	if (!start || start->actor != outlier->task)
		return;
	outlier->flags |= VS_OUTLIER_FLAG_TASK;
	outlier->task_start_cpu = start->actor_cpu;
	for (__u32 state = 0; state < VS_TASK_STATE_N; state++)
		outlier->spent_ns[state] = spent_in(task, state, end_ns) - start->spent_ns[state];
}

static __always_inline void add_ksoftirqd(struct vs_outlier *outlier)
{
	struct task_notes *task = softirq_task_here();

	if (!task || !task->task)
		return;
	outlier->ksoftirqd_woken_ns = task->woken_ns;
	outlier->ksoftirqd_scheduled_ns = task->scheduled_ns;
	outlier->ksoftirqd_state = task->state;
	if (task->task == outlier->task)
		outlier->flags |= VS_OUTLIER_FLAG_IN_KSOFTIRQD;
}

static __noinline void report(struct sk_buff *skb, const struct ended_wait *wait)
{
	struct vs_outlier *outlier = bpf_ringbuf_reserve(&outliers, sizeof(*outlier), 0);
	struct wait_start *start;

	if (!outlier) {
		__sync_fetch_and_add(&control.outliers_lost, 1);
		return;
	}
	__builtin_memset(outlier, 0, sizeof(*outlier));
	outlier->end_ns = wait->end_ns;
	outlier->wait_ns = age_ns(wait->word, wait->end_ns);
	outlier->device = wait->first_shard;
	outlier->segment = wait->segment;
	outlier->start_cpu = VS_UNKNOWN_CPU;
	outlier->task_start_cpu = VS_UNKNOWN_CPU;
	outlier->end_cpu = bpf_get_smp_processor_id();
	outlier->task = bpf_get_current_pid_tgid();
	bpf_get_current_comm(outlier->comm, sizeof(outlier->comm));
	start = start_of(wait->key, wait->word);
	if (start)
		add_start(outlier, start);
	add_task(outlier, start, wait->end_ns);
	add_ksoftirqd(outlier);
	if (skb)
		add_packet(outlier, skb, point_after(wait->segment));
	bpf_ringbuf_submit(outlier, BPF_RB_NO_WAKEUP);
}

/* Whether a wait is to be told of; takes one of what its device may tell. */
static __always_inline bool is_told(const struct ended_wait *wait)
{
	struct vs_watch *watch = watch_of(wait->first_shard + wait->segment - 1);

	if (!watch || !watch->threshold_ns || age_ns(wait->word, wait->end_ns) <= watch->threshold_ns)
		return false;
	watch = watch_of(wait->first_shard);
	if (!watch)
		return false;
	if (watch->budget <= 0) {
		__sync_fetch_and_add(&watch->turned_away, 1);
		return false;
	}
	__sync_fetch_and_add(&watch->budget, -1);
	return true;
}

/* The packet has waited in this segment since what its stamp says. Where nobody traces, all of it is taken out: so first
 * the question, then the rest.
 */
static __always_inline void judge(struct sk_buff *skb, __u32 first_shard, enum vs_segment segment, __u64 key, __u64 word,
				  __u64 end_ns)
{
	if (config.tracing) {
		struct ended_wait wait = {
			.key = key,
			.word = word,
			.end_ns = end_ns,
			.first_shard = first_shard,
			.segment = segment,
		};

		leave_queue(first_shard + segment - 1);
		if (is_told(&wait))
			report(skb, &wait);
	}
}

/* The driver has had the packet, which may be gone. */
static __always_inline void judge_transmit(const struct vs_driver_frame *frame, __u64 end_ns)
{
	if (config.tracing) {
		__u32 first_shard = frame->shard - (VS_SEGMENT_DRIVER - 1);
		__u64 word = stamp_word(frame->shard, frame->started_ns, 0);

		judge(NULL, first_shard, VS_SEGMENT_DRIVER, 0, word, end_ns);
	}
}

#endif
