/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
 * Who of several CPUs owns a word of shared memory? Two answers, one a compiled object: by compare-and-exchange,
 * and, with VS_NO_COMPARE_EXCHANGE, by atomic additions alone, for kernels before 5.12.
 */
#ifndef VIFSCOPE_OWNERSHIP_H
#define VIFSCOPE_OWNERSHIP_H

#ifndef VS_NO_COMPARE_EXCHANGE

/* True for the one caller that finds the expected value and puts the successor in its place. */
static __always_inline bool claim_word(__u64 *at, __u64 expected, __u64 successor)
{
	return __sync_val_compare_and_swap(at, expected, successor) == expected;
}

static __always_inline bool claim_state(__u32 *at, __u32 expected, __u32 successor)
{
	return __sync_val_compare_and_swap(at, expected, successor) == expected;
}

/* By the owner alone: what it has written until now is seen with the new state. */
static __always_inline void hand_over_state(__u32 *at, __u32 owned, __u32 successor)
{
	__sync_val_compare_and_swap(at, owned, successor);
}

/* Puts the value in the place of the seen maximum. Returns what was there: another one if it was not raised. */
static __always_inline __u64 raise_from(__u64 *maximum, __u64 seen, __u64 value)
{
	return __sync_val_compare_and_swap(maximum, seen, value);
}

#else

/* Such a kernel can add atomically, but not tell the sum. A gate holds how many programs are at it: each adds
 * itself and then looks, and who sees only itself is inside, since whoever comes later sees both. Of two that come
 * at once none may get in, so each tries again; in vain, the claim is lost like a lost compare-and-exchange. That
 * befalls who runs into a program that an interrupt has stopped inside, so each way of a set has a gate of its own:
 * where one is shut, a stamp goes to the next. A locked addition of x86 is a barrier.
 */
#define GATES (1U << 17)
#define GATE_SHIFT 4 /* log2 of a stamp's size */
#define GATE_ATTEMPTS 16

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, GATES);
	__type(key, __u32);
	__type(value, __u32);
} gates SEC(".maps");

static __always_inline __u32 *gate_of(const void *at)
{
	__u32 index = (low_half((__u64)at) >> GATE_SHIFT) & (GATES - 1);

	return bpf_map_lookup_elem(&gates, &index);
}

static __always_inline void leave(__u32 *gate)
{
	__sync_fetch_and_add(gate, -1);
}

static __always_inline bool enter(__u32 *gate)
{
#pragma clang loop unroll(disable)
	for (int attempt = 0; attempt < GATE_ATTEMPTS; attempt++) {
		/* A look first: it leaves the line to whoever is inside. */
		if (*(volatile __u32 *)gate)
			continue;
		__sync_fetch_and_add(gate, 1);
		if (*(volatile __u32 *)gate == 1)
			return true;
		leave(gate);
	}
	return false;
}

/* The gate keeps out programs, not user space, which takes stamps older than 68 s or of devices that are gone out
 * of the table by compare-and-exchange, and may do so between our look and our change. So the change is an addition
 * too: if it didn't lead to the successor, the stamp is user space's, and the addition is taken back. That leaves one
 * way to a wrong count: a stamp swept in these few ns, and this CPU then stopped until user space sweeps once more,
 * which would count the stamp as expired twice.
 */
#define CLAIM(name, type)                                                                       \
	static __noinline bool name(type *at, type expected, type successor)                    \
	{                                                                                       \
		__u32 *gate = gate_of(at);                                                      \
		bool won = false;                                                               \
		type found, change;                                                             \
                                                                                                \
		if (!gate || !enter(gate))                                                      \
			return false;                                                           \
		found = *(volatile type *)at;                                                   \
		change = successor - found;                                                     \
		/* Not of the expected value, which to the verifier is a pointer. */            \
		asm volatile("" : "+r"(change));                                                \
		if (found == expected) {                                                        \
			__sync_fetch_and_add(at, change);                                       \
			won = *(volatile type *)at == successor;                                \
			if (!won)                                                               \
				__sync_fetch_and_add(at, -change);                              \
		}                                                                               \
		leave(gate);                                                                    \
		return won;                                                                     \
	}

CLAIM(claim_word, __u64)
CLAIM(claim_state, __u32)

static __always_inline void hand_over_state(__u32 *at, __u32 owned, __u32 successor)
{
	__sync_fetch_and_add(at, successor - owned);
}

/* A plain store: only this CPU writes its copy, and of one segment's maximum no two programs meet there. Those of
 * all segments but ring run with bottom halves off; ring's runs in process context alone, and a tracepoint's
 * programs can't be preempted on kernels as old as this object is for. A softirq on top of it writes other
 * segments, and kfree_skb, which any context may run, no maximum. User space's exchange for 0 in between is
 * overwritten with a greater value, which belongs to its next reading.
 */
static __always_inline __u64 raise_from(__u64 *maximum, __u64 seen, __u64 value)
{
	*(volatile __u64 *)maximum = value;
	return seen;
}

#endif

#endif
