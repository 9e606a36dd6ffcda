/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
 * Tells the daemon of sampled packets: one record a hook, from which it puts journeys together. Which packets are
 * sampled is decided by their content, so every device samples the same ones.
 */
#ifndef VIFSCOPE_JOURNEY_H
#define VIFSCOPE_JOURNEY_H

#include "fingerprint.h"

/* Sets the cursor to the packet's network header and returns its type, 0 where it can't be read. Before the stack has
 * taken a packet in, its network header is where its data begins, and may be a VLAN tag.
 */
static __always_inline __u16 find_packet(struct sk_buff *skb, enum vs_point point, struct cursor *cursor)
{
	bool is_sent = point == VS_POINT_SENT || point == VS_POINT_TO_USER;
	__u64 head = (__u64)skb->head;
	__u16 ethertype = __builtin_bswap16(skb->protocol);

	cursor->at = is_sent ? head + skb->network_header : (__u64)skb->data;
	cursor->end = head + skb->tail;
	if (ethertype == ETHERTYPE_VLAN || ethertype == ETHERTYPE_SERVICE_VLAN) {
		__be16 inner;

		if (!is_sent)
			cursor->at += VLAN_TAG_BYTES;
		/* The type stands in front of the network header, whatever tags are there. */
		if (bpf_probe_read_kernel(&inner, sizeof(inner), (void *)(cursor->at - sizeof(inner))))
			return 0;
		ethertype = __builtin_bswap16(inner);
	}
	return ethertype;
}

static __always_inline __u64 content_of(struct sk_buff *skb, enum vs_point point)
{
	struct cursor cursor;
	__u16 ethertype = find_packet(skb, point, &cursor);

	return finished(fingerprint(&cursor, ethertype));
}

/* include/linux/sched.h, PF_KTHREAD: the same from 5.10 to 7.2. */
enum { KERNEL_THREAD = 0x00200000 };

/* The process that reads or writes, or 0: a kernel thread may do it for any (vhost before 6.4, ksoftirqd). */
static __always_inline __u32 process_at(enum vs_point point)
{
	struct task_struct *task = (void *)bpf_get_current_task();

	if (point != VS_POINT_TO_USER && point != VS_POINT_FROM_USER)
		return 0;
	return BPF_CORE_READ(task, flags) & KERNEL_THREAD ? 0 : bpf_get_current_pid_tgid() >> 32;
}

static __noinline void tell(struct sk_buff *skb, __u32 device, enum vs_point point, __u64 time_ns)
{
	__u64 content = content_of(skb, point);
	struct vs_event *event;

	if (content == NO_FINGERPRINT) {
		__sync_fetch_and_add(&control.events_without_content, 1);
		return;
	}
	if ((__u32)(content >> 32) > control.sample_up_to)
		return;
	event = bpf_ringbuf_reserve(&events, sizeof(*event), 0);
	if (!event) {
		__sync_fetch_and_add(&control.events_lost, 1);
		return;
	}
	event->time_ns = time_ns;
	event->content = content;
	event->device = device;
	event->point = point;
	event->process = process_at(point);
	/* The daemon looks by itself, so nobody is to be woken. */
	bpf_ringbuf_submit(event, BPF_RB_NO_WAKEUP);
}

static __always_inline void see(struct sk_buff *skb, const struct vs_device *device, enum vs_point point, __u64 time_ns)
{
	if (unlikely(control.sample_up_to))
		tell(skb, device->first_shard, point, time_ns);
}

#endif
