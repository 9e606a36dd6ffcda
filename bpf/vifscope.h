/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
 * The whole contract between the BPF programs and the daemon: every type here lies in mapped memory.
 * The daemon's layouts are generated from the compiled object's BTF, so no number is written twice.
 */
#ifndef VIFSCOPE_H
#define VIFSCOPE_H

/* Segments in the order in which a device's shards lie: shard = first_shard + segment - 1.
 * A device of kind OTHER has the first two, a veth the first three, a tun or tap all.
 */
enum vs_segment {
	VS_SEGMENT_INVALID = 0,
	VS_SEGMENT_QDISC,
	VS_SEGMENT_DRIVER,
	VS_SEGMENT_BACKLOG,
	VS_SEGMENT_RING,
	VS_SEGMENT_INJECT,
	VS_SEGMENT_N,
};

enum vs_kind {
	VS_KIND_IGNORED = 0,
	VS_KIND_VETH,
	VS_KIND_TUN, /* tap and tun: one driver, the same hooks */
	VS_KIND_OTHER,
	VS_KIND_N,
};

/* DRAINING: no packet is stamped any more, ends still match. */
enum vs_phase {
	VS_PHASE_OFF = 0,
	VS_PHASE_MEASURING,
	VS_PHASE_DRAINING,
	VS_PHASE_N,
};

enum vs_announcement_state {
	VS_ANNOUNCEMENT_STATE_FREE = 0,
	VS_ANNOUNCEMENT_STATE_WRITING,
	VS_ANNOUNCEMENT_STATE_READY,
};

enum vs_limit {
	VS_IFNAMSIZ = 16,
	VS_WAYS = 4,
	VS_DEVICE_PROBES = 16,
	VS_DRIVER_FRAMES = 8,
	VS_ANNOUNCEMENT_BITS = 8, /* log2 of their number */
	VS_DROP_REASONS = 256,
	VS_SIGHTINGS_A_LOOK = 64,
	/* HdrHistogram's index: 2 significant digits, 1 ns to 68 s. A host with many CPUs has fewer: vs_config. */
	VS_HISTOGRAM_COUNTS = 3840,
	VS_SUB_BUCKET_BITS = 8,
	VS_LATENCY_BITS = 36, /* longer ones are counted in the last bucket */
	VS_TASK_BITS = 10, /* log2 of the tasks that are remembered while tracing */
	VS_COMM_BYTES = 16,
	VS_ADDRESS_BYTES = 16,
	VS_UNKNOWN_CPU = 0xffff,
};

/* Shards that belong to no device. */
enum vs_special_shard {
	VS_SPECIAL_SHARD_NONE = 0,
	/* Written to by user space, device not yet known: see tun.h. */
	VS_SPECIAL_SHARD_PENDING_INJECT,
	VS_SPECIAL_SHARD_N, /* the first that a device can have */
};

/* Where on a device a packet is seen. */
enum vs_point {
	VS_POINT_INVALID = 0,
	VS_POINT_SENT,
	VS_POINT_TO_USER,
	VS_POINT_FROM_USER,
	VS_POINT_RECEIVED,
	VS_POINT_N,
};

/* What a task does, as the scheduler has it. */
enum vs_task_state {
	VS_TASK_STATE_RUNNING = 0,
	VS_TASK_STATE_RUNNABLE, /* it waits for a CPU */
	VS_TASK_STATE_SLEEPING,
	VS_TASK_STATE_STOPPED, /* by a signal or a debugger */
	VS_TASK_STATE_N,
};

/* What is known of an outlier, as bits. */
enum vs_outlier_flag {
	VS_OUTLIER_FLAG_START = 1, /* ahead, start_cpu: the wait's beginning was noted */
	VS_OUTLIER_FLAG_TASK = 2, /* spent_ns, task_start_cpu: the same task was known then */
	VS_OUTLIER_FLAG_IN_KSOFTIRQD = 4, /* the wait ended in ksoftirqd */
	VS_OUTLIER_FLAG_WAS_STOPPED = 8, /* the task was last woken not from sleep, but from a stop */
};

#define VS_HIGHEST_NS 68000000000ULL

union vs_enums {
	enum vs_segment segment;
	enum vs_kind kind;
	enum vs_phase phase;
	enum vs_announcement_state announcement_state;
	enum vs_limit limit;
	enum vs_special_shard special_shard;
	enum vs_point point;
	enum vs_task_state task_state;
	enum vs_outlier_flag outlier_flag;
};

/* What the ring holds: a sampled packet at one point of its way. */
struct vs_event {
	__u64 time_ns;
	__u64 content; /* fingerprint.h */
	__u32 process; /* that reads or writes it, as ps numbers processes; 0: not known */
	__u16 device; /* its first shard */
	__u8 point;
	__u8 pad;
};

/* A packet that has waited for longer than its segment's threshold, and what tells why. Only while tracing.
 * Times are of CLOCK_MONOTONIC, 0 where there is none.
 */
struct vs_outlier {
	__u64 end_ns;
	__u64 wait_ns;
	__u64 content; /* 0: none */
	/* Of the task in whose context the wait ended: last woken, last got a CPU; and how long it was in each state
	 * of enum vs_task_state during the wait.
	 */
	__u64 woken_ns;
	__u64 scheduled_ns;
	__u64 spent_ns[VS_TASK_STATE_N];
	/* Of the ksoftirqd of the CPU that the wait ended on. */
	__u64 ksoftirqd_woken_ns;
	__u64 ksoftirqd_scheduled_ns;
	__u32 ksoftirqd_state;
	__u32 task;
	__u32 length;
	__u32 ahead; /* packets that waited in the segment when this one began to */
	__u32 queue_length; /* the device's tx_queue_len */
	__u16 device; /* its first shard */
	__u16 start_cpu;
	__u16 end_cpu;
	__u16 task_start_cpu; /* where the task ran last when the wait began */
	__u16 source_port; /* network byte order */
	__u16 destination_port;
	__u8 segment;
	__u8 flags;
	__u8 family; /* 4, 6; 0: no IP packet */
	__u8 protocol;
	__u8 source[VS_ADDRESS_BYTES];
	__u8 destination[VS_ADDRESS_BYTES];
	char comm[VS_COMM_BYTES];
};

/* Read-only to the programs: the verifier prunes what the host doesn't need. */
struct vs_config {
	__u32 cpus;
	__u32 shards;
	__u32 set_bits; /* log2 of the in-flight sets */
	__u32 device_bits; /* log2 of the device cache's entries */
	__u32 segments; /* bit a segment: both its hooks are attached */
	__u32 sub_bucket_bits; /* log2 of a histogram's linear buckets */
	__u32 histogram_counts; /* that it has with so many */
	__u32 tracing; /* outliers are told of; where not, the verifier takes out all that is for them */
	/* No storage: keep in the object's BTF what no array holds. */
	union vs_enums enums[0];
	struct vs_event events[0];
	struct vs_outlier outliers[0];
};

struct vs_control {
	__u32 phase;
	/* 0, or 1 + the block of VS_SIGHTINGS_A_LOOK cache entries that the daemon wants looked at. */
	__u32 look_at;
	/* Packets are sampled whose content's upper half is no greater; 0: none. */
	__u32 sample_up_to;
	__u32 pad[13];
	/* Written by the programs, so on a line of its own. */
	__u32 announced;
	__u32 looks; /* so far */
	__u64 unlearned_hook_runs;
	__u32 events_lost; /* for want of room in the ring */
	__u32 events_without_content; /* of packets that have no fingerprint */
	__u32 outliers_lost; /* for want of room in the ring */
	__u32 pad_end;
};

/* One packet between two hooks. key: the skb's (or, for inject, the task's) address; 0 free, 1 locked.
 * word: 40 bits of start time in ns, 16 of shard, 8 of check.
 */
struct vs_stamp {
	__u64 key;
	__u64 word;
};

/* One cache line. */
struct vs_set {
	struct vs_stamp ways[VS_WAYS];
};

/* One cache line a CPU and shard. */
struct vs_tally {
	__u64 sum_ns;
	__u64 max_ns;
	__u64 min_complement_ns; /* ~minimum, so that zeroed memory means "none" */
	__u32 started;
	__u32 dropped;
	__u32 expired;
	__u32 evicted;
	__u32 unmatched;
	__u32 pad[5];
};

/* Of one shard while tracing. */
struct vs_watch {
	__u64 threshold_ns; /* written by the daemon; 0: none */
	/* Of a device's first shard: outliers that may still be told of, as the daemon allows, and those that were not. */
	__s32 budget;
	__u32 turned_away;
	/* Packets that began to wait, and those that do no longer. */
	__u32 entered;
	__u32 left;
	__u32 actor; /* of a ring: the task that read it last */
	__u32 pad;
};

/* So large at the most: the array's entries have config.histogram_counts. */
struct vs_histogram {
	__u32 counts[VS_HISTOGRAM_COUNTS];
};

struct vs_drops {
	__u32 counts[VS_DROP_REASONS];
};

/* The device cache: written by the daemon, `dev` last. dev: 0 never used, 1 removed. */
struct vs_device {
	__u64 dev;
	__u64 net;
	__u32 ifindex;
	__u16 first_shard;
	__u16 peer_backlog; /* veth: the shard that a packet sent here waits in */
	__u8 kind;
	__u8 gro; /* the last match came by napi_gro_receive_entry */
	__u8 xdp; /* native XDP receives here */
	__u8 peer_xdp; /* veth: and there, so that no packet sent here can be recognised on arrival */
	__u32 peer_entry; /* veth: the peer's place in this cache, if peer_backlog is set */
};

struct vs_announcement {
	__u32 state;
	__u32 ifindex;
	__u64 dev;
	__u64 net;
	__u64 peer_dev;
	__u64 peer_net;
	__u32 netns_inum;
	__u32 peer_netns_inum;
	__u32 peer_ifindex;
	__u32 hardware_type; /* ARPHRD_* */
	char name[VS_IFNAMSIZ];
	char peer_name[VS_IFNAMSIZ];
	char link_kind[VS_IFNAMSIZ];
};

/* What a look at a known device's own memory finds. */
struct vs_sighting {
	__u32 registered;
	__u32 ifindex;
	__u64 net;
	char name[VS_IFNAMSIZ];
};

struct vs_driver_frame {
	__u64 skb;
	__u64 dev;
	__u64 started_ns;
	__u64 shard;
};

/* One a CPU: transmits nest, and each ends on the CPU it began on. */
struct vs_driver_stack {
	__u32 depth;
	__u32 pad;
	struct vs_driver_frame frames[VS_DRIVER_FRAMES];
};

#endif
