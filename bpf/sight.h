/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
 * Looks at the known devices' own memory: renamed, moved or gone? Asked for by the daemon.
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

/* Runs in any task that takes a name. The daemon takes its own again when it wants a look: that needs no
 * privilege, unlike running a program on demand, so a daemon that has dropped its own can still ask.
 */
SEC("tp_btf/task_rename")
int on_task_rename(void *ctx)
{
	__u32 look_at = control.look_at;

	if (likely(!look_at))
		return 0;
	for (__u32 i = 0; i < VS_SIGHTINGS_A_LOOK; i++) {
		__u32 index = (look_at - 1) * VS_SIGHTINGS_A_LOOK + i;
		struct vs_device *entry = bpf_map_lookup_elem(&devices, &index);
		struct vs_sighting *sighting = bpf_map_lookup_elem(&sightings, &index);
		struct net_device *dev;

		if (!entry || !sighting)
			break;
		dev = (void *)entry->dev;
		if (entry->dev <= 1)
			continue;
		sighting->registered = reg_state_of(dev) == NETREG_REGISTERED;
		sighting->ifindex = BPF_CORE_READ(dev, ifindex);
		sighting->net = (__u64)BPF_CORE_READ(dev, nd_net.net);
		BPF_CORE_READ_STR_INTO(&sighting->name, dev, name);
	}
	__sync_fetch_and_add(&control.looks, 1);
	return 0;
}
