/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
 * Which device is this? A direct-mapped cache keyed by the net_device's address and checked against ifindex
 * and namespace; the daemon fills it. A device that it doesn't hold is announced, once, with all that names it.
 */
#ifndef VIFSCOPE_DEVICE_H
#define VIFSCOPE_DEVICE_H

#define NETDEV_ALIGN 32
#define XDP_MODE_NATIVE 1

static __always_inline void *private_area(struct net_device *dev)
{
	__u64 size;

	if (bpf_core_field_exists(dev->priv))
		size = bpf_core_field_offset(dev->priv);
	else
		size = (bpf_core_type_size(struct net_device) + NETDEV_ALIGN - 1) & ~(NETDEV_ALIGN - 1ULL);
	return (void *)dev + size;
}

/* veth_priv.peer is the first field of struct veth_priv in every kernel since 3.x; the type itself is in
 * module BTF, which takes CAP_SYS_ADMIN to read.
 */
static __always_inline void describe_peer(struct vs_announcement *a, __u64 address)
{
	struct net_device *dev = (void *)address, *peer = NULL;
	struct net *net;

	if (bpf_probe_read_kernel(&peer, sizeof(peer), private_area(dev)) || !peer)
		return;
	net = BPF_CORE_READ(peer, nd_net.net);
	a->peer_dev = (__u64)peer;
	a->peer_net = (__u64)net;
	a->peer_ifindex = BPF_CORE_READ(peer, ifindex);
	a->peer_netns_inum = BPF_CORE_READ(net, ns.inum);
	BPF_CORE_READ_STR_INTO(&a->peer_name, peer, name);
}

static __always_inline bool is_veth(const char *kind)
{
	return kind[0] == 'v' && kind[1] == 'e' && kind[2] == 't' && kind[3] == 'h' && !kind[4];
}

static __noinline void announce(__u64 address)
{
	struct net_device *dev = (void *)address;
	__u32 index = place_of(address, VS_ANNOUNCEMENT_BITS);
	struct vs_announcement *a = bpf_map_lookup_elem(&announcements, &index);
	struct net *net;

	__sync_fetch_and_add(&control.unlearned_hook_runs, 1);
	if (!a || a->state != VS_ANNOUNCEMENT_STATE_FREE ||
	    !claim_state(&a->state, VS_ANNOUNCEMENT_STATE_FREE, VS_ANNOUNCEMENT_STATE_WRITING))
		return;
	net = BPF_CORE_READ(dev, nd_net.net);
	a->dev = address;
	a->net = (__u64)net;
	a->ifindex = BPF_CORE_READ(dev, ifindex);
	a->netns_inum = BPF_CORE_READ(net, ns.inum);
	a->hardware_type = BPF_CORE_READ(dev, type);
	a->peer_dev = 0;
	BPF_CORE_READ_STR_INTO(&a->name, dev, name);
	a->link_kind[0] = 0;
	bpf_probe_read_kernel_str(a->link_kind, sizeof(a->link_kind), BPF_CORE_READ(dev, rtnl_link_ops, kind));
	if (is_veth(a->link_kind))
		describe_peer(a, address);
	hand_over_state(&a->state, VS_ANNOUNCEMENT_STATE_WRITING, VS_ANNOUNCEMENT_STATE_READY);
	__sync_fetch_and_add(&control.announced, 1);
}

static __noinline struct vs_device *probe_on(__u64 address, __u32 first)
{
	for (int i = 0; i < VS_DEVICE_PROBES; i++) {
		__u32 index = (first + i) & ((1U << config.device_bits) - 1);
		struct vs_device *entry = bpf_map_lookup_elem(&devices, &index);

		if (!entry || !entry->dev)
			return NULL;
		if (entry->dev == address)
			return entry;
	}
	return NULL;
}

/* The cache's entry for the device, or NULL; never announces, so any pointer may be asked for. */
static __always_inline struct vs_device *known_device(struct net_device *dev)
{
	__u32 index = place_of((__u64)dev, config.device_bits);
	struct vs_device *entry = bpf_map_lookup_elem(&devices, &index);

	if (unlikely(!entry || entry->dev != (__u64)dev))
		entry = probe_on((__u64)dev, index);
	if (unlikely(!entry))
		return NULL;
	return entry->ifindex == dev->ifindex && entry->net == (__u64)dev->nd_net.net ? entry : NULL;
}

/* The device to measure, or NULL: ignored, or not yet known and therefore announced. */
static __always_inline struct vs_device *device_of(struct net_device *dev)
{
	struct vs_device *entry = known_device(dev);

	if (unlikely(!entry)) {
		announce((__u64)dev);
		return NULL;
	}
	return entry->kind == VS_KIND_IGNORED ? NULL : entry;
}

#endif
