/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
 * A filter of the benchmark's receiving socket: it lets every packet pass, and counts how long after its scheduled
 * time it has come here. In the kernel, so that how often the receiver looks makes no difference.
 */
#include "kernel.h"

#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#include "vifscope.h"

#include "bucket.h"

struct __sk_buff {
	__u32 len;
};

/* Where src/bench/packet.ts begins: a UDP socket sees the UDP header, a raw one that of IP before ICMP's, too. */
enum { BEHIND_UDP = 8, BEHIND_IP_AND_ICMP = 20 + 8 };

struct load_packet {
	__be32 magic;
	__be32 sequence;
	__u64 scheduled_ns; /* big endian */
	__be32 flow;
} __attribute__((packed));

#define BY_CPU(name, struct_type)                 \
	struct {                                  \
		__uint(type, BPF_MAP_TYPE_ARRAY); \
		__uint(map_flags, BPF_F_MMAPABLE); \
		__uint(max_entries, 1);           \
		__type(key, __u32);               \
		__type(value, struct_type);       \
	} name SEC(".maps")

BY_CPU(tallies, struct vs_tally);
BY_CPU(histograms, struct vs_histogram);
/* The flow that counts, in network order. */
BY_CPU(flow, __be32);

static __always_inline bool is_counted(const struct load_packet *packet)
{
	__u32 first = 0;
	__be32 *wanted = bpf_map_lookup_elem(&flow, &first);

	return wanted && packet->flow == *wanted;
}

static __always_inline void count(__u64 scheduled_ns, __u64 now_ns)
{
	__u32 cpu = bpf_get_smp_processor_id();
	struct vs_tally *tally = bpf_map_lookup_elem(&tallies, &cpu);
	struct vs_histogram *histogram = bpf_map_lookup_elem(&histograms, &cpu);
	__u64 latency_ns = now_ns - scheduled_ns;

	if (!tally || !histogram)
		return;
	if (now_ns < scheduled_ns) {
		/* Nothing leaves before its time: the clocks are not the same. */
		tally->unmatched += 1;
		return;
	}
	histogram->counts[bucket_of(latency_ns, VS_SUB_BUCKET_BITS, VS_HISTOGRAM_COUNTS)] += 1;
	tally->started += 1;
	tally->sum_ns += latency_ns;
	if (latency_ns > tally->max_ns)
		tally->max_ns = latency_ns;
	if (~latency_ns > tally->min_complement_ns)
		tally->min_complement_ns = ~latency_ns;
}

static __always_inline void arrive(struct __sk_buff *skb, __u32 offset)
{
	struct load_packet packet;
	__u64 now_ns = bpf_ktime_get_ns();

	if (!bpf_skb_load_bytes(skb, offset, &packet, sizeof(packet)) && is_counted(&packet))
		count(bpf_be64_to_cpu(packet.scheduled_ns), now_ns);
}

SEC("socket")
int on_arrival(struct __sk_buff *skb)
{
	arrive(skb, BEHIND_UDP);
	return skb->len;
}

SEC("socket")
int on_echo_arrival(struct __sk_buff *skb)
{
	arrive(skb, BEHIND_IP_AND_ICMP);
	return skb->len;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
