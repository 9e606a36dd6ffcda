/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
 * From a latency to its place in a histogram, as HdrHistogram counts it.
 */
#ifndef VIFSCOPE_BUCKET_H
#define VIFSCOPE_BUCKET_H

/* The position of the highest set bit, counted from 1; 0 for 0. */
static __always_inline __u32 bit_length(__u64 value)
{
	__u32 bits = 0;

	if (value >> 32) {
		value >>= 32;
		bits += 32;
	}
	if (value >> 16) {
		value >>= 16;
		bits += 16;
	}
	if (value >> 8) {
		value >>= 8;
		bits += 8;
	}
	if (value >> 4) {
		value >>= 4;
		bits += 4;
	}
	if (value >> 2) {
		value >>= 2;
		bits += 2;
	}
	return bits + (value >> 1) + (value > 0);
}

/* HdrHistogram's index in a histogram of so many counts: 2^bits linear sub-buckets, then half as many a power of two. */
static __always_inline __u32 bucket_of(__u64 latency_ns, __u32 sub_bucket_bits, __u32 counts)
{
	__u32 bucket, index;

	if (latency_ns >> VS_LATENCY_BITS)
		return counts - 1;
	bucket = bit_length(latency_ns >> sub_bucket_bits);
	index = (bucket << (sub_bucket_bits - 1)) + (__u32)(latency_ns >> bucket);
	/* Keep the bound visible to the verifier, which can't derive it. */
	asm volatile("" : "+r"(index));
	return index < counts ? index : counts - 1;
}

#endif
