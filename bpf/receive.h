/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
 * netif_receive_skb_entry, netif_receive_skb, napi_gro_receive_entry: from the driver into the stack.
 */

SEC("tp_btf/netif_receive_skb_entry")
int BPF_PROG(on_netif_receive_skb_entry, struct sk_buff *skb)
{
	struct vs_device *device = device_of(skb->dev);
	__u64 now_ns, written_ns;

	if (!device || device->kind != VS_KIND_TUN || control.phase == VS_PHASE_OFF)
		return 0;
	now_ns = bpf_ktime_get_ns();
	written_ns = now_ns;
	if (measures(VS_SEGMENT_INJECT))
		written_ns = end_inject(skb, device, now_ns);
	see(skb, device, VS_POINT_FROM_USER, written_ns);
	if (stamping() && measures(VS_SEGMENT_BACKLOG))
		expire(begin(set_of((__u64)skb), skb, shard_on(device, VS_SEGMENT_BACKLOG), now_ns, 0));
	return 0;
}

static __always_inline bool ends_backlog(const struct vs_device *device)
{
	return device->kind != VS_KIND_OTHER && measures(VS_SEGMENT_BACKLOG) && control.phase != VS_PHASE_OFF;
}

/* Native XDP builds new skbs: an address that is equal is so by chance. From the first packet that shows it,
 * the peer's packets are not stamped for here any more, and each arrival counts as unmatched.
 */
static __always_inline bool rebuilds_skbs(struct vs_device *device, struct net_device *dev)
{
	bool xdp = device->kind == VS_KIND_VETH && dev->xdp_state[XDP_MODE_NATIVE].prog != NULL;

	if (xdp != device->xdp) {
		struct vs_device *peer = bpf_map_lookup_elem(&devices, &device->peer_entry);

		device->xdp = xdp;
		if (peer && device->peer_backlog)
			peer->peer_xdp = xdp;
	}
	return xdp;
}

static __always_inline void end_backlog(struct sk_buff *skb, struct vs_device *device, __u64 word, bool rebuilt,
					__u64 now_ns)
{
	__u32 backlog = shard_on(device, VS_SEGMENT_BACKLOG);

	if (rebuilt) {
		expire(word);
		word = 0;
	}
	if (settle(word, backlog, now_ns, BOTTOM_HALVES_OFF))
		judge(skb, device->first_shard, VS_SEGMENT_BACKLOG, (__u64)skb, word, now_ns);
}

SEC("tp_btf/netif_receive_skb")
int BPF_PROG(on_netif_receive_skb, struct sk_buff *skb)
{
	struct vs_device *device = device_of(skb->dev);
	__u64 word, now_ns;
	bool rebuilt;

	if (!device || !ends_backlog(device))
		return 0;
	now_ns = bpf_ktime_get_ns(); /* first, so that the wait has little of our own work in it */
	rebuilt = rebuilds_skbs(device, skb->dev);
	word = take((__u64)skb);
	if (device->gro) {
		if (!word)
			return 0; /* napi_gro_receive_entry has ended it */
		device->gro = 0;
	}
	end_backlog(skb, device, word, rebuilt, now_ns);
	see(skb, device, VS_POINT_RECEIVED, now_ns);
	return 0;
}

/* With GRO most skbs of a flow merge here and never reach netif_receive_skb. With IFF_NAPI what user space writes to
 * a tun or tap comes in here and not by netif_receive_skb_entry: at once, so that there is no backlog to wait in.
 */
SEC("tp_btf/napi_gro_receive_entry")
int BPF_PROG(on_napi_gro_receive_entry, struct sk_buff *skb)
{
	struct vs_device *device = device_of(skb->dev);
	__u64 now_ns;

	if (!device || !ends_backlog(device))
		return 0;
	now_ns = bpf_ktime_get_ns();
	if (!device->gro)
		device->gro = 1;
	if (device->kind == VS_KIND_TUN) {
		__u64 written_ns = now_ns;

		if (measures(VS_SEGMENT_INJECT))
			written_ns = end_inject(skb, device, now_ns);
		see(skb, device, VS_POINT_FROM_USER, written_ns);
		see(skb, device, VS_POINT_RECEIVED, now_ns);
		return 0;
	}
	end_backlog(skb, device, take((__u64)skb), rebuilds_skbs(device, skb->dev), now_ns);
	see(skb, device, VS_POINT_RECEIVED, now_ns);
	return 0;
}
