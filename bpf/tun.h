/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
 * skb_copy_datagram_iovec, tun_get_user, tun_sendmsg: between user space and a tap or tun.
 */

/* Fires in the reader's context, and for every socket read too: there skb->dev is no device. */
SEC("tp_btf/skb_copy_datagram_iovec")
int BPF_PROG(on_skb_copy_datagram_iovec, struct sk_buff *skb)
{
	struct vs_device *device = known_device(skb->dev);
	__u64 word;

	if (!device || device->kind != VS_KIND_TUN || !measures(VS_SEGMENT_RING))
		return 0;
	word = take((__u64)skb);
	/* Without a stamp it is the second copy of a packet with a VLAN tag, or older than the measurement. */
	if (word) {
		__u64 now_ns = bpf_ktime_get_ns();

		if (settle(word, shard_on(device, VS_SEGMENT_RING), now_ns, PREEMPTIBLE))
			judge(skb, device->first_shard, VS_SEGMENT_RING, (__u64)skb, word, now_ns);
		if (config.tracing)
			note_reader(shard_on(device, VS_SEGMENT_RING), now_ns);
		see(skb, device, VS_POINT_TO_USER, now_ns);
	}
	return 0;
}

/* A write to tun names its device only when the packet is received, in the same task. So the stamp is keyed
 * by the task and belongs to the pending shard until then: the device counts it as started when it is learnt.
 * A batch from vhost is one tun_sendmsg and many packets, so its stamp stays for all of them, and after them until
 * the task's next write. Nothing else makes a task receive packets of a tun or tap, but for a redirect of tc into it.
 */
enum inject_check { ONE_PACKET, BATCH };

static __always_inline void begin_inject(enum inject_check check)
{
	__u64 task, now_ns, word;

	if (!measures(VS_SEGMENT_INJECT))
		return;
	task = bpf_get_current_task();
	if (!stamping()) {
		/* Ends still match: what this task's last write has left is not for the packets of this one. */
		take(task);
		return;
	}
	now_ns = bpf_ktime_get_ns();
	word = stamp_word(VS_SPECIAL_SHARD_PENDING_INJECT, now_ns, check);
	put(set_of(task), task, word, now_ns);
	if (config.tracing)
		note_write(task, word, now_ns);
}

/* The stamp of this task's write, or 0. */
static __always_inline __u64 pending_inject(__u64 now_ns)
{
	__u64 task = bpf_get_current_task();
	__u64 word = take(task);

	if (check_of(word) == BATCH)
		put(set_of(task), task, word, now_ns);
	return word;
}

/* When the write began; where it wasn't seen, now. */
static __always_inline __u64 end_inject(struct sk_buff *skb, const struct vs_device *device, __u64 now_ns)
{
	__u32 shard = shard_on(device, VS_SEGMENT_INJECT);
	__u64 word = pending_inject(now_ns);
	__u64 residence_ns;

	if (!word) {
		if (stamping())
			count_unmatched(shard);
		return now_ns;
	}
	residence_ns = age_ns(word, now_ns);
	count_started(shard);
	record(shard, residence_ns, BOTTOM_HALVES_OFF);
	if (config.tracing)
		judge(skb, device->first_shard, VS_SEGMENT_INJECT, bpf_get_current_task(), word, now_ns);
	return now_ns - residence_ns;
}

SEC("fentry/tun_get_user")
int BPF_PROG(fentry_tun_get_user)
{
	begin_inject(ONE_PACKET);
	return 0;
}

SEC("kprobe/tun_get_user")
int kprobe_tun_get_user(void *ctx)
{
	begin_inject(ONE_PACKET);
	return 0;
}

SEC("fentry/tun_sendmsg")
int BPF_PROG(fentry_tun_sendmsg)
{
	begin_inject(BATCH);
	return 0;
}

SEC("kprobe/tun_sendmsg")
int kprobe_tun_sendmsg(void *ctx)
{
	begin_inject(BATCH);
	return 0;
}
