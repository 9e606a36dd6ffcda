/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
 * From an address to a number, and to a place in a table.
 */
#ifndef VIFSCOPE_ADDRESS_H
#define VIFSCOPE_ADDRESS_H

/* The verifier refuses arithmetic on a kernel pointer, but a 32-bit move of it is a number; written out,
 * because the compiler would calculate in place.
 */
static __always_inline __u32 low_half(__u64 address)
{
	__u32 low;

	asm("%0 = %1" : "=w"(low) : "w"((__u32)address));
	return low;
}

/* A place in a table of 2^bits for this address: the top bits of a multiplicative hash, which spread addresses
 * of any alignment.
 */
static __always_inline __u32 place_of(__u64 address, __u32 bits)
{
	return low_half(address) * 2654435761u >> (32 - bits);
}

#endif
