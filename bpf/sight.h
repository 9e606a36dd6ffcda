/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
 * Looks at the known devices' own memory: renamed, moved or gone? Run by the daemon, attached to nothing.
 * A freed net_device stays readable or faults; either way it no longer says "registered".
 */

static __always_inline __u32 reg_state_of(struct net_device *dev)
{
	struct net_device___byte *as_byte = (void *)dev;
	struct net_device___bitfield *as_bitfield = (void *)dev;

	if (bpf_core_field_exists(as_byte->reg_state))
		return BPF_CORE_READ(as_byte, reg_state);
	return BPF_CORE_READ_BITFIELD_PROBED(as_bitfield, reg_state);
}

/* args: first cache entry, count. */
SEC("raw_tp")
int sight_devices(struct bpf_raw_tracepoint_args *ctx)
{
	__u64 first = ctx->args[0];

	for (__u32 i = 0; i < VS_SIGHTINGS_A_RUN; i++) {
		__u32 index = first + i;
		struct vs_device *entry = bpf_map_lookup_elem(&devices, &index);
		struct vs_sighting *sighting = bpf_map_lookup_elem(&sightings, &index);
		struct net_device *dev;

		if (!entry || !sighting)
			return 0;
		dev = (void *)entry->dev;
		if (entry->dev <= 1)
			continue;
		sighting->registered = reg_state_of(dev) == NETREG_REGISTERED;
		sighting->ifindex = BPF_CORE_READ(dev, ifindex);
		sighting->net = (__u64)BPF_CORE_READ(dev, nd_net.net);
		BPF_CORE_READ_STR_INTO(&sighting->name, dev, name);
	}
	return 0;
}
