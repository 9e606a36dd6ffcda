/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
 * A packet's content as a number: the same on every device that it passes, whoever has copied it in between.
 *
 * In it: addresses and ports, either way round, so that an echo counts as the same packet; the protocol; and what
 * tells one packet of a flow from the next: TCP's sequence and acknowledgement, an echo's identifier and sequence,
 * the first bytes of what else is carried, of fragments the identification and offset. Not in it: what is
 * rewritten on the way: TTL, checksums, VLAN tags, the type of an echo.
 */
#ifndef VIFSCOPE_FINGERPRINT_H
#define VIFSCOPE_FINGERPRINT_H

#define NO_FINGERPRINT 0ULL

enum { ETHERTYPE_IPV4 = 0x0800, ETHERTYPE_IPV6 = 0x86dd, ETHERTYPE_VLAN = 0x8100, ETHERTYPE_SERVICE_VLAN = 0x88a8 };

enum {
	PROTOCOL_HOP_OPTIONS = 0,
	PROTOCOL_ICMP = 1,
	PROTOCOL_TCP = 6,
	PROTOCOL_UDP = 17,
	PROTOCOL_ROUTING = 43,
	PROTOCOL_FRAGMENT = 44,
	PROTOCOL_ICMPV6 = 58,
	PROTOCOL_DESTINATION_OPTIONS = 60,
};

enum { MOST_EXTENSIONS = 6, MOST_CARRIED = 16, VLAN_TAG_BYTES = 4 };

/* The bytes of a packet that lie in one piece: from at to end. */
struct cursor {
	__u64 at;
	__u64 end;
};

static __always_inline bool read_at(const struct cursor *cursor, void *target, __u32 bytes)
{
	return cursor->at + bytes <= cursor->end && !bpf_probe_read_kernel(target, bytes, (void *)cursor->at);
}

static __always_inline __u64 mix(__u64 hash, __u64 value)
{
	hash = (hash ^ value) * 0x9e3779b97f4a7c15ULL;
	return hash ^ hash >> 29;
}

/* Where a packet comes from and goes to: addresses, and ports where there are any. */
struct ends {
	__u64 source;
	__u64 destination;
};

/* The same whichever comes first. Sum and difference in bits tell two numbers from two others only where every bit of them
 * depends on all words, so they are mixed once more: 3 and 4 have those of 0 and 7.
 */
static __always_inline __u64 mix_ends(__u64 hash, const struct ends *ends)
{
	__u64 source = mix(ends->source, 0);
	__u64 destination = mix(ends->destination, 0);

	return mix(mix(hash, source + destination), source ^ destination);
}

static __always_inline void add_to_ends(struct ends *ends, __u64 source, __u64 destination)
{
	ends->source = mix(ends->source, source);
	ends->destination = mix(ends->destination, destination);
}

/* How long and which first bytes what is carried has. Those beyond its end are read and left out: memory goes on after an skb's
 * data, and a loop over bytes would cost more.
 */
static __always_inline __u64 mix_carried(__u64 hash, const struct cursor *cursor, __u32 bytes)
{
	__u64 words[MOST_CARRIED / 8];

	hash = mix(hash, bytes);
	if (bytes > MOST_CARRIED)
		bytes = MOST_CARRIED;
	if (cursor->at + bytes > cursor->end || bpf_probe_read_kernel(words, sizeof(words), (void *)cursor->at))
		return NO_FINGERPRINT;
	if (bytes < 8)
		words[0] &= (1ULL << (bytes & 7) * 8) - 1;
	if (bytes <= 8)
		words[1] = 0;
	else if (bytes < 16)
		words[1] &= (1ULL << (bytes & 7) * 8) - 1;
	return mix(mix(hash, words[0]), words[1]);
}

struct tcp_header {
	__be16 source;
	__be16 destination;
	__be32 sequence;
	__be32 acknowledgement;
	__u8 words;
	__u8 flags;
};

enum { TCP_SYN_RST = 0x06, TCP_LEAST_BYTES = 20 };

/* A pure acknowledgement and the data after it have the same numbers, so whether there is data counts; how much does
 * not, since a segment may be cut out of a longer one.
 */
static __always_inline __u64 mix_tcp(__u64 hash, struct ends *ends, const struct cursor *cursor, __u32 bytes)
{
	struct tcp_header tcp;
	bool has_data;

	/* Behind a packet that is shorter by its own account, there is padding. */
	if (bytes < TCP_LEAST_BYTES || !read_at(cursor, &tcp, sizeof(tcp)))
		return NO_FINGERPRINT;
	has_data = bytes > (__u32)(tcp.words >> 4) * 4;
	add_to_ends(ends, tcp.source, tcp.destination);
	hash = mix(mix_ends(hash, ends), (__u64)tcp.sequence << 32 | tcp.acknowledgement);
	return mix(hash, (tcp.flags & TCP_SYN_RST) | has_data);
}

struct udp_header {
	__be16 source;
	__be16 destination;
	__be16 length;
	__be16 checksum;
};

static __always_inline __u64 mix_udp(__u64 hash, struct ends *ends, struct cursor *cursor, __u32 bytes)
{
	struct udp_header udp;

	if (bytes < sizeof(udp) || !read_at(cursor, &udp, sizeof(udp)))
		return NO_FINGERPRINT;
	cursor->at += sizeof(udp);
	add_to_ends(ends, udp.source, udp.destination);
	return mix_carried(mix_ends(hash, ends), cursor, bytes - sizeof(udp));
}

struct icmp_header {
	__u8 type;
	__u8 code;
	__be16 checksum;
	__be32 rest;
};

static __always_inline bool is_echo(__u8 protocol, __u8 type)
{
	return protocol == PROTOCOL_ICMP ? type == 8 || type == 0 : type == 128 || type == 129;
}

static __always_inline __u64 mix_icmp(__u64 hash, struct cursor *cursor, __u32 bytes, __u8 protocol)
{
	struct icmp_header icmp;

	if (bytes < sizeof(icmp) || !read_at(cursor, &icmp, sizeof(icmp)))
		return NO_FINGERPRINT;
	hash = mix(hash, icmp.rest);
	if (is_echo(protocol, icmp.type))
		return hash;
	cursor->at += sizeof(icmp);
	return mix_carried(mix(hash, icmp.type), cursor, bytes - sizeof(icmp));
}

static __always_inline __u64 transport_fingerprint(struct ends *ends, struct cursor *cursor, __u32 bytes, __u8 protocol)
{
	switch (protocol) {
	case PROTOCOL_TCP:
		return mix_tcp(protocol, ends, cursor, bytes);
	case PROTOCOL_UDP:
		return mix_udp(protocol, ends, cursor, bytes);
	case PROTOCOL_ICMP:
	case PROTOCOL_ICMPV6:
		return mix_icmp(mix_ends(protocol, ends), cursor, bytes, protocol);
	default:
		return mix_carried(mix_ends(protocol, ends), cursor, bytes);
	}
}

struct ipv4_header {
	__u8 version_words;
	__u8 service;
	__be16 length;
	__be16 identification;
	__be16 fragment;
	__u8 ttl;
	__u8 protocol;
	__be16 checksum;
	__be32 source;
	__be32 destination;
};

/* More fragments, or an offset. */
enum { IPV4_FRAGMENT = 0x3fff };

static __always_inline __u64 ipv4_fingerprint(struct cursor *cursor)
{
	struct ipv4_header ip;
	__u32 header, length;
	struct ends ends = {};

	if (!read_at(cursor, &ip, sizeof(ip)))
		return NO_FINGERPRINT;
	header = (ip.version_words & 15) * 4;
	length = __builtin_bswap16(ip.length);
	if (header < sizeof(ip) || length < header)
		return NO_FINGERPRINT;
	add_to_ends(&ends, ip.source, ip.destination);
	if (__builtin_bswap16(ip.fragment) & IPV4_FRAGMENT)
		return mix(mix_ends(ip.protocol, &ends), (__u64)ip.identification << 16 | ip.fragment);
	cursor->at += header;
	return transport_fingerprint(&ends, cursor, length - header, ip.protocol);
}

struct ipv6_header {
	__be32 version_flow;
	__be16 length;
	__u8 next;
	__u8 hop_limit;
	__u64 source[2];
	__u64 destination[2];
};

struct extension {
	__u8 next;
	__u8 eights;
	__be16 fragment;
	__be32 identification;
};

static __always_inline __u64 ipv6_fingerprint(struct cursor *cursor)
{
	struct extension extension;
	struct ipv6_header ip;
	struct ends ends = {};
	__u32 length;
	__u8 next;

	if (!read_at(cursor, &ip, sizeof(ip)))
		return NO_FINGERPRINT;
	cursor->at += sizeof(ip);
	length = __builtin_bswap16(ip.length);
	next = ip.next;
	add_to_ends(&ends, ip.source[0], ip.destination[0]);
	add_to_ends(&ends, ip.source[1], ip.destination[1]);
	for (int i = 0; i < MOST_EXTENSIONS; i++) {
		__u32 bytes;

		if (next != PROTOCOL_HOP_OPTIONS && next != PROTOCOL_ROUTING && next != PROTOCOL_DESTINATION_OPTIONS &&
		    next != PROTOCOL_FRAGMENT)
			return transport_fingerprint(&ends, cursor, length, next);
		if (length < sizeof(extension) || !read_at(cursor, &extension, sizeof(extension)))
			return NO_FINGERPRINT;
		if (next == PROTOCOL_FRAGMENT)
			return mix(mix_ends(next, &ends), (__u64)extension.identification << 16 | extension.fragment);
		bytes = (extension.eights + 1) * 8;
		if (bytes > length)
			return NO_FINGERPRINT;
		next = extension.next;
		cursor->at += bytes;
		length -= bytes;
	}
	return NO_FINGERPRINT;
}

/* Every bit of it depends on every word of the content: the upper half decides on sampling, the lower one on the
 * place in the daemon's table.
 */
static __always_inline __u64 finished(__u64 hash)
{
	hash = (hash ^ hash >> 32) * 0xd6e8feb86659fd93ULL;
	return hash ^ hash >> 32;
}

static __always_inline __u64 fingerprint(struct cursor *cursor, __u16 ethertype)
{
	switch (ethertype) {
	case ETHERTYPE_IPV4:
		return ipv4_fingerprint(cursor);
	case ETHERTYPE_IPV6:
		return ipv6_fingerprint(cursor);
	default:
		return NO_FINGERPRINT;
	}
}

#endif
