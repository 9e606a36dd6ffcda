/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
 * The in-flight table: who waits where since when. A set of four ways is one cache line.
 *
 * Identity. A skb's address names a packet only while it waits: once freed, the next packet gets the same
 * address, at once and often. So every end takes its stamp away, a new stamp for the same address ends the
 * old one as expired, and a match asks for the shard (device and segment) that the end hook expects.
 *
 * Ownership. The key is claimed (see ownership.h) and only the claimer touches the word, so two CPUs never count
 * one stamp twice and never lose one: the accounting adds up exactly.
 */
#ifndef VIFSCOPE_IN_FLIGHT_H
#define VIFSCOPE_IN_FLIGHT_H

#define FREE 0ULL
#define LOCKED 1ULL

#define TIME_SHIFT 24
#define SHARD_SHIFT 8

static __always_inline __u64 stamp_word(__u32 shard, __u64 now_ns, __u8 check)
{
	return (now_ns << TIME_SHIFT) | ((__u64)(__u16)shard << SHARD_SHIFT) | check;
}

static __always_inline __u32 shard_of(__u64 word)
{
	return (__u16)(word >> SHARD_SHIFT);
}

static __always_inline __u8 check_of(__u64 word)
{
	return (__u8)word;
}

/* 40 bits: right for waits of up to 9 minutes, and older stamps are swept long before. A stamp that another
 * CPU made after this one's clock was read is not old, but new.
 */
static __always_inline __u64 age_ns(__u64 word, __u64 now_ns)
{
	__s64 shifted = (now_ns << TIME_SHIFT) - (word & ~((1ULL << TIME_SHIFT) - 1));

	return shifted < 0 ? 0 : (__u64)shifted >> TIME_SHIFT;
}

/* An sk_buff takes 256 bytes of a slab, so the address itself spreads the skbs evenly, and those of one page,
 * which are used in turn, have neighbouring sets: fewer pages to translate than a hash would touch.
 */
static __always_inline struct vs_set *set_of(__u64 key)
{
	__u32 index = (low_half(key) >> 8) & ((1U << config.set_bits) - 1);

	return bpf_map_lookup_elem(&in_flight, &index);
}

static __always_inline bool claim(struct vs_stamp *stamp, __u64 key, __u64 successor)
{
	return claim_word(&stamp->key, key, successor);
}

static __always_inline void fill(struct vs_stamp *stamp, __u64 key, __u64 word)
{
	*(volatile __u64 *)&stamp->word = word;
	*(volatile __u64 *)&stamp->key = key;
}

/* Puts the oldest stamp of a full set out; the new one is lost instead when another CPU got in between. */
static __always_inline void replace_oldest(struct vs_set *set, __u64 key, __u64 word, __u64 now_ns)
{
	__u64 oldest_ns = 0, victim_key = LOCKED, victim_word = 0;
	struct vs_stamp *victim = &set->ways[0];

#pragma unroll
	for (int i = 0; i < VS_WAYS; i++) {
		struct vs_stamp *way = &set->ways[i];
		__u64 way_key = *(volatile __u64 *)&way->key;
		__u64 age = age_ns(*(volatile __u64 *)&way->word, now_ns);

		if (way_key != LOCKED && age >= oldest_ns) {
			oldest_ns = age;
			victim_key = way_key;
			victim = way;
		}
	}
	if (victim_key == LOCKED || victim_key == FREE || !claim(victim, victim_key, LOCKED)) {
		count_evicted(shard_of(word));
		return;
	}
	victim_word = *(volatile __u64 *)&victim->word;
	fill(victim, key, word);
	if (oldest_ns > VS_HIGHEST_NS)
		count_expired(shard_of(victim_word));
	else
		count_evicted(shard_of(victim_word));
}

static __noinline __u64 put_in_any_way(struct vs_set *set, __u64 key, __u64 word, __u64 now_ns)
{
	if (!set)
		return 0;
#pragma unroll
	for (int i = 0; i < VS_WAYS; i++) {
		struct vs_stamp *way = &set->ways[i];

		if (way->key == key && claim(way, key, LOCKED)) {
			__u64 old = way->word;

			fill(way, key, word);
			return old;
		}
	}
#pragma unroll
	for (int i = 0; i < VS_WAYS; i++) {
		struct vs_stamp *way = &set->ways[i];

		if (way->key == FREE && claim(way, FREE, LOCKED)) {
			fill(way, key, word);
			return 0;
		}
	}
	replace_oldest(set, key, word, now_ns);
	return 0;
}

/* The key's set, its cache line on the way. Reading the clock waits for all loads before it: together with
 * those of the device this one is waited for once.
 */
static __always_inline struct vs_set *approach(__u64 key)
{
	struct vs_set *set = set_of(key);

	if (set)
		asm volatile("" : : "r"(*(volatile __u64 *)&set->ways[0].key));
	return set;
}

/* Stamps the key in its set and returns the word that the same key still had, or 0. */
static __always_inline __u64 put(struct vs_set *set, __u64 key, __u64 word, __u64 now_ns)
{
	struct vs_stamp *first;
	__u64 found;

	if (!set)
		return 0;
	first = &set->ways[0];
	found = first->key;
	if (likely((found == key || found == FREE) && set->ways[1].key != key && set->ways[2].key != key &&
		   set->ways[3].key != key && claim(first, found, LOCKED))) {
		__u64 old = found ? first->word : 0;

		fill(first, key, word);
		return old;
	}
	return put_in_any_way(set, key, word, now_ns);
}

static __noinline __u64 take_from_any_way(struct vs_set *set, __u64 key)
{
	if (!set)
		return 0;
#pragma unroll
	for (int i = 1; i < VS_WAYS; i++) {
		struct vs_stamp *way = &set->ways[i];

		if (way->key == key) {
			/* Only a packet's own hooks touch its word, and they don't overlap. */
			__u64 word = way->word;

			return claim(way, key, FREE) ? word : 0;
		}
	}
	return 0;
}

/* Takes the key's stamp away and returns its word, or 0. */
static __always_inline __u64 take(__u64 key)
{
	struct vs_set *set = set_of(key);

	if (!set)
		return 0;
	if (likely(set->ways[0].key == key)) {
		__u64 word = set->ways[0].word;

		return claim(&set->ways[0], key, FREE) ? word : 0;
	}
	return take_from_any_way(set, key);
}

#endif
