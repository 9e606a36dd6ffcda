/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
 * The few kernel types that the programs read. Only names count: libbpf relocates every field to the
 * running kernel's own layout.
 */
#ifndef VIFSCOPE_KERNEL_H
#define VIFSCOPE_KERNEL_H

typedef unsigned char __u8;
typedef unsigned short __u16;
typedef unsigned int __u32;
typedef unsigned long long __u64;
typedef signed int __s32;
typedef signed long long __s64;
typedef __u16 __be16;
typedef __u32 __be32;
typedef __u32 __wsum;
typedef _Bool bool;

#define true 1
#define false 0
#define NULL ((void *)0)

#define likely(condition) __builtin_expect(!!(condition), 1)
#define unlikely(condition) __builtin_expect(!!(condition), 0)

struct bpf_raw_tracepoint_args {
	__u64 args[0];
};

enum bpf_map_type { BPF_MAP_TYPE_HASH = 1, BPF_MAP_TYPE_ARRAY, BPF_MAP_TYPE_PERCPU_ARRAY = 6, BPF_MAP_TYPE_RINGBUF = 27 };
enum { BPF_F_MMAPABLE = 1U << 10 };
enum { BPF_RB_NO_WAKEUP = 1 };

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct ns_common {
	unsigned int inum;
};

struct net {
	struct ns_common ns;
};

typedef struct {
	struct net *net;
} possible_net_t;

struct rtnl_link_ops {
	const char *kind;
};

struct bpf_prog;

struct bpf_xdp_entity {
	struct bpf_prog *prog;
};

struct Qdisc {
	void *enqueue;
};

struct netdev_queue {
	struct Qdisc *qdisc;
};

struct net_device {
	struct netdev_queue *_tx;
	char name[16];
	int ifindex;
	unsigned int mtu;
	unsigned int tx_queue_len;
	unsigned short hard_header_len;
	unsigned short type;
	possible_net_t nd_net;
	const struct rtnl_link_ops *rtnl_link_ops;
	struct bpf_xdp_entity xdp_state[3];
	__u8 priv[0]; /* since 6.10; before, the private area follows the struct */
};

enum netreg_state { NETREG_UNINITIALIZED, NETREG_REGISTERED };

/* A byte since 6.9, a bit field of an enum before. */
struct net_device___byte {
	__u8 reg_state;
};

struct net_device___bitfield {
	enum netreg_state reg_state : 8;
};

struct sk_buff {
	struct net_device *dev;
	unsigned int len;
	__be16 protocol;
	__u16 network_header;
	unsigned int tail;
	unsigned char *head;
	unsigned char *data;
};

struct task_struct {
	unsigned int flags;
	int pid;
	unsigned int __state; /* since 5.14 */
	char comm[16];
};

struct task_struct___before_5_14 {
	long state;
};

#pragma clang attribute pop

/* Since 5.17, and with it the third argument of kfree_skb. */
enum skb_drop_reason { SKB_NOT_DROPPED_YET };

#endif
