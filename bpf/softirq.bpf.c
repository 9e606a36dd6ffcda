/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
 * How long softirqs ran: by vector, and by the thread on top of which they ran, which the kernel counts their time
 * for unless it has CONFIG_IRQ_TIME_ACCOUNTING. Raw tracepoints, since nothing here needs the kernel's types.
 */
#include "kernel.h"

#include <bpf/bpf_helpers.h>

#include "softirq.h"

#define MAPPED(name, entries, struct_type)                \
	struct {                                          \
		__uint(type, BPF_MAP_TYPE_ARRAY);         \
		__uint(map_flags, BPF_F_MMAPABLE);        \
		__uint(max_entries, entries);             \
		__type(key, __u32);                       \
		__type(value, struct_type);               \
	} name SEC(".maps")

/* The loader multiplies the first two by the number of CPUs. */
MAPPED(cpus, 1, struct vs_softirq_cpu);
MAPPED(threads, VS_SOFTIRQ_THREADS, struct vs_softirq_thread);
MAPPED(processes, 1, struct vs_softirq_processes);

static __always_inline struct vs_softirq_cpu *this_cpu(void)
{
	__u32 cpu = bpf_get_smp_processor_id();

	return bpf_map_lookup_elem(&cpus, &cpu);
}

static __always_inline bool is_asked_for(__u32 tgid)
{
	__u32 first = 0;
	struct vs_softirq_processes *asked = bpf_map_lookup_elem(&processes, &first);

	if (!asked)
		return false;
	for (int i = 0; i < VS_SOFTIRQ_PROCESSES && i < asked->count; i++)
		if (asked->tgids[i] == tgid)
			return true;
	return false;
}

/* The thread's place on this CPU, a free one taken for it, or NULL where all that it may have are others'. */
static __always_inline struct vs_softirq_thread *place_of_thread(__u32 tgid, __u32 tid)
{
	__u32 first = bpf_get_smp_processor_id() * VS_SOFTIRQ_THREADS;

	for (__u32 probe = 0; probe < VS_SOFTIRQ_PROBES; probe++) {
		__u32 index = first + ((tid + probe) & (VS_SOFTIRQ_THREADS - 1));
		struct vs_softirq_thread *thread = bpf_map_lookup_elem(&threads, &index);

		if (!thread)
			return NULL;
		if (thread->runs && (thread->tid != tid || thread->tgid != tgid))
			continue;
		thread->tid = tid;
		thread->tgid = tgid;
		return thread;
	}
	return NULL;
}

static __always_inline void count_for_thread(struct vs_softirq_cpu *cpu, __u32 vector, __u64 ns)
{
	__u64 current = bpf_get_current_pid_tgid();
	__u32 tgid = current >> 32;
	struct vs_softirq_thread *thread;

	if (!is_asked_for(tgid))
		return;
	thread = place_of_thread(tgid, current);
	if (!thread) {
		cpu->unplaced_ns += ns;
		return;
	}
	thread->ns[vector] += ns;
	thread->runs += 1;
}

SEC("raw_tp/softirq_entry")
int on_softirq_entry(void *ctx)
{
	struct vs_softirq_cpu *cpu = this_cpu();

	if (cpu)
		cpu->began_ns = bpf_ktime_get_ns();
	return 0;
}

SEC("raw_tp/softirq_exit")
int on_softirq_exit(struct bpf_raw_tracepoint_args *ctx)
{
	__u64 now_ns = bpf_ktime_get_ns();
	struct vs_softirq_cpu *cpu = this_cpu();
	__u32 vector = ctx->args[0];
	__u64 ns;

	/* No beginning: it was under way when this was attached. */
	if (!cpu || !cpu->began_ns || vector >= VS_SOFTIRQ_VECTORS)
		return 0;
	ns = now_ns - cpu->began_ns;
	cpu->began_ns = 0;
	cpu->ns[vector] += ns;
	count_for_thread(cpu, vector, ns);
	return 0;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
