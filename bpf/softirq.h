/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
 * What bpf/softirq.bpf.c and src/bench/cpu share. No two CPUs write one line, so nothing is atomic.
 */
#ifndef VIFSCOPE_SOFTIRQ_H
#define VIFSCOPE_SOFTIRQ_H

enum vs_softirq_limit {
	VS_SOFTIRQ_VECTORS = 16, /* ten so far; the kernel has a bit for each of 32 */
	VS_SOFTIRQ_PROCESSES = 64,
	VS_SOFTIRQ_THREADS = 256, /* of those processes, by CPU; a power of two */
	VS_SOFTIRQ_PROBES = 8,
};

/* By CPU. */
struct vs_softirq_cpu {
	__u64 began_ns; /* 0: none is running that was seen to begin */
	__u64 unplaced_ns; /* on threads that were asked for and found no place */
	__u64 ns[VS_SOFTIRQ_VECTORS];
} __attribute__((aligned(128)));

/* By CPU and place: what ran on top of this thread. */
struct vs_softirq_thread {
	__u64 runs; /* 0: free */
	__u32 tid;
	__u32 tgid;
	__u64 ns[VS_SOFTIRQ_VECTORS];
};

/* Whose threads are told apart; 0 is the idle thread of every CPU. */
struct vs_softirq_processes {
	__u32 count;
	__u32 tgids[VS_SOFTIRQ_PROCESSES];
	/* No storage: keeps the names in the object's BTF. */
	enum vs_softirq_limit limits[0];
};

#endif
