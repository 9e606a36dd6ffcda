/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
 * net_dev_queue, net_dev_start_xmit, net_dev_xmit: from the stack into the driver.
 */

/* GSO: a big skb is queued, freed, and its segments (one of which may get its address) are transmitted.
 * Such a segment is shorter and fits the MTU, so length and fit tell it from the skb that was queued.
 * A VLAN tag that software pushes after queueing adds 4 bytes, which the low bits leave out.
 */
static __always_inline __u8 queue_check(struct sk_buff *skb, struct net_device *dev)
{
	__u32 len = skb->len;

	return (len > dev->mtu + dev->hard_header_len + 4) << 7 | ((len >> 2 ^ len >> 9) & 0x7f);
}

/* A device without a queue, as a veth is by default, transmits at once: there is no wait to measure. The
 * discipline "noqueue" is told by its missing enqueue function, and a device has it on all queues or on none.
 */
static __always_inline bool has_queue(struct net_device *dev)
{
	return dev->_tx->qdisc->enqueue != NULL;
}

SEC("tp_btf/net_dev_queue")
int BPF_PROG(on_net_dev_queue, struct sk_buff *skb)
{
	struct net_device *dev = skb->dev;
	struct vs_device *device;

	/* First what sends most packets on their way: the stack has just read it, so it is in the cache. */
	if (!measures(VS_SEGMENT_QDISC) || !has_queue(dev))
		return 0;
	device = device_of(dev);
	if (device && stamping()) {
		struct vs_set *set = approach((__u64)skb);
		__u64 now_ns = bpf_ktime_get_ns();

		expire(begin(set, skb, shard_on(device, VS_SEGMENT_QDISC), now_ns, queue_check(skb, dev)));
	}
	return 0;
}

static __always_inline struct vs_driver_stack *driver_stack(void)
{
	__u32 cpu = bpf_get_smp_processor_id();

	return bpf_map_lookup_elem(&driver_stacks, &cpu);
}

static __always_inline void enter_driver(struct sk_buff *skb, struct net_device *dev, __u32 shard, __u64 now_ns)
{
	struct vs_driver_stack *stack = driver_stack();
	struct vs_driver_frame *frame;

	if (!stack || stack->depth >= VS_DRIVER_FRAMES)
		return;
	frame = &stack->frames[stack->depth & (VS_DRIVER_FRAMES - 1)];
	frame->skb = (__u64)skb;
	frame->dev = (__u64)dev;
	frame->started_ns = now_ns;
	frame->shard = shard;
	stack->depth += 1;
	count_started(shard);
}

/* The shard that the packet waits in once the driver has it, or none. */
static __always_inline __u32 next_wait(const struct vs_device *device)
{
	if (device->kind == VS_KIND_TUN && measures(VS_SEGMENT_RING))
		return shard_on(device, VS_SEGMENT_RING);
	if (device->kind == VS_KIND_VETH && measures(VS_SEGMENT_BACKLOG) && !device->peer_xdp)
		return device->peer_backlog;
	return VS_SPECIAL_SHARD_NONE;
}

static __always_inline bool end_qdisc(__u64 word, __u32 qdisc, __u8 check, __u64 now_ns)
{
	if (shard_of(word) == qdisc && check_of(word) != check) {
		count_expired(qdisc);
		word = 0;
	}
	return settle(word, qdisc, now_ns, BOTTOM_HALVES_OFF);
}

SEC("tp_btf/net_dev_start_xmit")
int BPF_PROG(on_net_dev_start_xmit, struct sk_buff *skb, struct net_device *dev)
{
	struct vs_device *device = device_of(dev);
	struct vs_set *set;
	__u64 now_ns, queued;
	__u32 wait;

	if (!device || control.phase == VS_PHASE_OFF)
		return 0;
	set = approach((__u64)skb);
	now_ns = bpf_ktime_get_ns();
	wait = stamping() ? next_wait(device) : VS_SPECIAL_SHARD_NONE;
	queued = wait ? begin(set, skb, wait, now_ns, 0) : take((__u64)skb);
	if (measures(VS_SEGMENT_QDISC) && has_queue(dev)) {
		if (end_qdisc(queued, shard_on(device, VS_SEGMENT_QDISC), queue_check(skb, dev), now_ns))
			judge(skb, device->first_shard, VS_SEGMENT_QDISC, (__u64)skb, queued, now_ns);
	} else {
		expire(queued);
	}
	if (stamping() && measures(VS_SEGMENT_DRIVER))
		enter_driver(skb, dev, shard_on(device, VS_SEGMENT_DRIVER), now_ns);
	see(skb, device, VS_POINT_SENT, now_ns);
	return 0;
}

#define NETDEV_TX_OK 0
#define NETDEV_TX_BUSY 0x10

/* The depth at which this transmit was entered, or 0: it is on top unless a nested one never ended. */
static __always_inline __u32 depth_of(struct vs_driver_stack *stack, struct sk_buff *skb, struct net_device *dev)
{
	__u32 depth = stack->depth;

	for (int i = 0; i < VS_DRIVER_FRAMES && depth; i++, depth--) {
		struct vs_driver_frame *frame = &stack->frames[(depth - 1) & (VS_DRIVER_FRAMES - 1)];

		if (frame->skb == (__u64)skb && frame->dev == (__u64)dev)
			return depth;
	}
	return 0;
}

/* The skb may be gone: its address is compared, no field of it is read. */
SEC("tp_btf/net_dev_xmit")
int BPF_PROG(on_net_dev_xmit, struct sk_buff *skb, int rc, struct net_device *dev)
{
	struct vs_driver_stack *stack = driver_stack();
	struct vs_driver_frame *frame;
	__u32 depth;

	/* Back to the queueing discipline: it will be transmitted again. */
	if (rc == NETDEV_TX_BUSY)
		expire(take((__u64)skb));
	if (!stack)
		return 0;
	depth = depth_of(stack, skb, dev);
	if (!depth)
		return 0;
	for (int i = 0; i < VS_DRIVER_FRAMES && stack->depth > depth; i++) {
		stack->depth -= 1;
		count_expired(stack->frames[stack->depth & (VS_DRIVER_FRAMES - 1)].shard);
	}
	stack->depth = depth - 1;
	frame = &stack->frames[(depth - 1) & (VS_DRIVER_FRAMES - 1)];
	if (rc == NETDEV_TX_OK) {
		__u64 now_ns = bpf_ktime_get_ns();

		record(frame->shard, now_ns - frame->started_ns, BOTTOM_HALVES_OFF);
		judge_transmit(frame, now_ns);
	} else if (rc == NETDEV_TX_BUSY) {
		count_expired(frame->shard);
	} else {
		count_dropped(frame->shard);
	}
	return 0;
}
