/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
 * The programs' own parser as a user-space program: packets in, their contents out, every read of it checked.
 */
#include "kernel.h"

#include <stdio.h>
#include <string.h>

#define __noinline __attribute__((noinline))

#include "vifscope.h"

enum { MOST_BYTES = 70000, FRONT_BYTES = 256, SLACK_BYTES = 256 };

/* An skb's data is followed by its skb_shared_info: the parser may read so far behind the end, and use none of it. */
enum { TOLERABLE_BYTES = 16 };

static unsigned char memory[FRONT_BYTES + MOST_BYTES + SLACK_BYTES];
static __u64 first_byte, last_byte;
static __u8 strays;

static long bpf_probe_read_kernel(void *target, __u32 bytes, const void *source)
{
	__u64 at = (__u64)source;

	if (at < first_byte || at + bytes > last_byte) {
		strays = 1;
		memset(target, 0, bytes);
		return -14;
	}
	memcpy(target, source, bytes);
	return 0;
}

/* What the rest of journey.h needs, and nobody calls here. */
static struct vs_control control;
static int events;
static void *bpf_ringbuf_reserve(void *ring, __u64 bytes, __u64 flags)
{
	return NULL;
}
static void bpf_ringbuf_submit(void *record, __u64 flags)
{
}
static __u64 bpf_get_current_task(void)
{
	return 0;
}
static __u64 bpf_get_current_pid_tgid(void)
{
	return 0;
}
#define BPF_CORE_READ(object, field) ((object)->field)

#include "journey.h"

struct question {
	__u32 bytes;
	__u16 protocol; /* skb->protocol, in host order */
	__u16 network; /* where the network header is noted to be */
	__u16 data; /* where skb->data points */
	__u8 point;
	__u8 filler; /* what lies around the packet */
};

struct answer {
	__u64 content;
	__u64 strays;
};

static struct answer answer_to(const struct question *question)
{
	unsigned char *packet = memory + FRONT_BYTES;
	struct sk_buff skb = {
		.len = question->bytes,
		.protocol = __builtin_bswap16(question->protocol),
		.head = memory,
		.network_header = FRONT_BYTES + question->network,
		.data = packet + question->data,
		.tail = FRONT_BYTES + question->bytes,
	};
	struct answer answer;

	memset(memory, question->filler, FRONT_BYTES);
	memset(packet + question->bytes, question->filler, SLACK_BYTES);
	first_byte = (__u64)packet;
	last_byte = (__u64)packet + question->bytes + TOLERABLE_BYTES;
	strays = 0;
	answer.content = content_of(&skb, question->point);
	answer.strays = strays;
	return answer;
}

int main(void)
{
	struct question question;

	while (fread(&question, sizeof(question), 1, stdin)) {
		struct answer answer;

		if (question.bytes > MOST_BYTES)
			return 2;
		if (question.bytes && !fread(memory + FRONT_BYTES, question.bytes, 1, stdin))
			return 2;
		answer = answer_to(&question);
		fwrite(&answer, sizeof(answer), 1, stdout);
	}
	return 0;
}
