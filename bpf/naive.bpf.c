/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
 * What npm run bench:peers holds vifscope against: the two designs that come to mind first, each of them measuring
 * how long packets take from one end of a veth pair to the other. Not part of what measures.
 */
#include "kernel.h"

#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "vifscope.h"

#include "bucket.h"

/* A hash map from the skb's address to its start, and one histogram a CPU. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 65536);
	__type(key, __u64);
	__type(value, __u64);
} starts SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, VS_HISTOGRAM_COUNTS);
	__type(key, __u32);
	__type(value, __u64);
} waits SEC(".maps");

SEC("tp_btf/net_dev_start_xmit")
int BPF_PROG(hash_net_dev_start_xmit, struct sk_buff *skb)
{
	__u64 key = (__u64)skb, now_ns = bpf_ktime_get_ns();

	bpf_map_update_elem(&starts, &key, &now_ns, 0 /* BPF_ANY */);
	return 0;
}

SEC("tp_btf/netif_receive_skb")
int BPF_PROG(hash_netif_receive_skb, struct sk_buff *skb)
{
	__u64 key = (__u64)skb, now_ns = bpf_ktime_get_ns();
	__u64 *started_ns = bpf_map_lookup_elem(&starts, &key);
	__u64 *count;
	__u32 bucket;

	if (!started_ns)
		return 0;
	bucket = bucket_of(now_ns - *started_ns, VS_SUB_BUCKET_BITS, VS_HISTOGRAM_COUNTS);
	count = bpf_map_lookup_elem(&waits, &bucket);
	if (count)
		*count += 1;
	bpf_map_delete_elem(&starts, &key);
	return 0;
}

/* One event a hook for user space to match. The ring has room for all that a turn sends, so nobody needs to read. */
struct event {
	__u64 time_ns;
	__u64 skb;
	__u32 hook;
	__u32 pad;
};

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 1 << 26);
} ring SEC(".maps");

static __always_inline int tell(void *skb, __u32 hook)
{
	struct event *event = bpf_ringbuf_reserve(&ring, sizeof(*event), 0);

	if (!event)
		return 0;
	event->time_ns = bpf_ktime_get_ns();
	event->skb = (__u64)skb;
	event->hook = hook;
	event->pad = 0;
	bpf_ringbuf_submit(event, BPF_RB_NO_WAKEUP);
	return 0;
}

SEC("tp_btf/net_dev_start_xmit")
int BPF_PROG(ring_net_dev_start_xmit, struct sk_buff *skb)
{
	return tell(skb, 0);
}

SEC("tp_btf/netif_receive_skb")
int BPF_PROG(ring_netif_receive_skb, struct sk_buff *skb)
{
	return tell(skb, 1);
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
