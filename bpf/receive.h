/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
 * netif_receive_skb_entry, netif_receive_skb, napi_gro_receive_entry: from the driver into the stack.
 */

SEC("tp_btf/netif_receive_skb_entry")
int BPF_PROG(on_netif_receive_skb_entry, struct sk_buff *skb)
{
	struct vs_device *device = device_of(skb->dev);
	__u64 now_ns;

	if (!device || device->kind != VS_KIND_TUN || control.phase == VS_PHASE_OFF)
		return 0;
	now_ns = bpf_ktime_get_ns();
	if (measures(VS_SEGMENT_INJECT))
		end_inject(shard_on(device, VS_SEGMENT_INJECT), now_ns);
	if (stamping() && measures(VS_SEGMENT_BACKLOG))
		expire(begin(skb, shard_on(device, VS_SEGMENT_BACKLOG), now_ns, 0));
	return 0;
}

static __always_inline bool ends_backlog(const struct vs_device *device)
{
	return device->kind != VS_KIND_OTHER && measures(VS_SEGMENT_BACKLOG) && control.phase != VS_PHASE_OFF;
}

SEC("tp_btf/netif_receive_skb")
int BPF_PROG(on_netif_receive_skb, struct sk_buff *skb)
{
	struct vs_device *device = device_of(skb->dev);
	__u32 backlog;
	__u64 word;

	if (!device || !ends_backlog(device))
		return 0;
	backlog = shard_on(device, VS_SEGMENT_BACKLOG);
	word = take((__u64)skb);
	if (!word && device->gro)
		return 0; /* napi_gro_receive_entry has ended it */
	if (device->kind == VS_KIND_VETH && has_native_xdp(skb->dev)) {
		expire(word); /* XDP builds a new skb: an equal address is chance */
		count_unmatched(backlog);
		return 0;
	}
	if (settle(word, backlog, bpf_ktime_get_ns(), BOTTOM_HALVES_OFF) && device->gro)
		device->gro = 0;
	return 0;
}

/* With GRO most skbs of a flow merge here and never reach netif_receive_skb. */
SEC("tp_btf/napi_gro_receive_entry")
int BPF_PROG(on_napi_gro_receive_entry, struct sk_buff *skb)
{
	struct vs_device *device = device_of(skb->dev);
	__u32 backlog;
	__u64 word;

	if (!device || device->kind != VS_KIND_VETH || !ends_backlog(device))
		return 0;
	backlog = shard_on(device, VS_SEGMENT_BACKLOG);
	word = take((__u64)skb);
	if (!device->gro)
		device->gro = 1;
	if (has_native_xdp(skb->dev)) {
		expire(word);
		count_unmatched(backlog);
		return 0;
	}
	settle(word, backlog, bpf_ktime_get_ns(), BOTTOM_HALVES_OFF);
	return 0;
}
