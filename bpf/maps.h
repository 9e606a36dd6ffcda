/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
 * The mapped memory. Arrays alone: their lookups are inlined by the verifier, so no hook calls a helper
 * for its data. The sizes here are the smallest; the loader sets those of the host.
 */
#ifndef VIFSCOPE_MAPS_H
#define VIFSCOPE_MAPS_H

#define MAPPED_ARRAY(name, entries, struct_type)         \
	struct {                                         \
		__uint(type, BPF_MAP_TYPE_ARRAY);        \
		__uint(map_flags, BPF_F_MMAPABLE);       \
		__uint(max_entries, entries);            \
		__type(key, __u32);                      \
		__type(value, struct_type);              \
	} name SEC(".maps")

/* For the programs alone. */
#define OWN_ARRAY(name, struct_type)              \
	struct {                                  \
		__uint(type, BPF_MAP_TYPE_ARRAY); \
		__uint(max_entries, 1);           \
		__type(key, __u32);               \
		__type(value, struct_type);       \
	} name SEC(".maps")

const volatile struct vs_config config = {};
struct vs_control control = {};

MAPPED_ARRAY(in_flight, 1, struct vs_set);
MAPPED_ARRAY(tallies, 1, struct vs_tally); /* by cpu * shards + shard: no two CPUs write one line */
MAPPED_ARRAY(histograms, 1, struct vs_histogram); /* likewise */
MAPPED_ARRAY(drops, 1, struct vs_drops); /* by shard */
MAPPED_ARRAY(devices, 1, struct vs_device); /* by hash of the net_device's address */
MAPPED_ARRAY(sightings, 1, struct vs_sighting); /* like devices */
MAPPED_ARRAY(announcements, 1 << VS_ANNOUNCEMENT_BITS, struct vs_announcement); /* by the same hash */
/* The smallest ring: the loader gives it room where journeys are asked for. */
struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096);
} events SEC(".maps");

MAPPED_ARRAY(driver_stacks, 1, struct vs_driver_stack); /* by cpu */

/* For tracing, with those of start.h and task.h; of one entry each where nobody traces. */
MAPPED_ARRAY(watches, 1, struct vs_watch); /* by shard */
struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096);
} outliers SEC(".maps");

#endif
