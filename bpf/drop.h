/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
 * kfree_skb: a packet that ends before its segment does, with the kernel's reason.
 */

/* Subsystems put their own number spaces above bit 16; they are counted together. */
static __always_inline __u32 reason_index(__u32 reason)
{
	return reason < VS_DROP_REASONS ? reason : VS_DROP_REASONS - 1;
}

static __always_inline void count_drop(__u32 shard, __u32 reason)
{
	struct vs_drops *row = bpf_map_lookup_elem(&drops, &shard);

	if (row)
		__sync_fetch_and_add(&row->counts[reason_index(reason)], 1);
}

/* A drop outside every segment stands in the row of the device's driver segment, whose own end never is
 * a kfree_skb.
 */
SEC("tp_btf/kfree_skb")
int BPF_PROG(on_kfree_skb, struct sk_buff *skb)
{
	__u32 reason = 0;
	struct vs_device *device;
	__u64 word;

	if (control.phase == VS_PHASE_OFF)
		return 0;
	if (bpf_core_type_exists(enum skb_drop_reason))
		reason = ctx[2];
	word = take((__u64)skb);
	if (word) {
		count_dropped(shard_of(word));
		count_drop(shard_of(word), reason);
		return 0;
	}
	device = known_device(skb->dev);
	if (device && device->kind != VS_KIND_IGNORED)
		count_drop(shard_on(device, VS_SEGMENT_DRIVER), reason);
	return 0;
}
