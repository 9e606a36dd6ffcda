// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// The plainest sender there is, to hold the generator against: sendmmsg of the same 1,024 packets over and over, or
// with a rate one send a packet on a schedule. Usage: reference ADDRESS PORT BYTES SECONDS [RATE]
// Prints packets a second and, with a rate, how many left more than 20 µs late. Of 0 BYTES nothing is sent: what is
// late then is late because the CPU was elsewhere.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#define BATCH 1024
#define MOST_BYTES 2048
#define LATE_AFTER_NS 20000

static char payload[MOST_BYTES];

static long long now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000LL + now.tv_nsec;
}

static long send_batches(int fd, size_t bytes, long long end_ns)
{
	static struct mmsghdr messages[BATCH];
	struct iovec vector = { payload, bytes };
	long sent = 0;

	for (int i = 0; i < BATCH; i++) {
		messages[i].msg_hdr.msg_iov = &vector;
		messages[i].msg_hdr.msg_iovlen = 1;
	}
	while (now_ns() < end_ns) {
		int count = sendmmsg(fd, messages, BATCH, 0);

		if (count > 0)
			sent += count;
	}
	return sent;
}

static long send_on_schedule(int fd, size_t bytes, long long end_ns, double interval_ns, long *late)
{
	long long start_ns = now_ns();
	long sent = 0;

	for (;;) {
		long long due_ns = start_ns + (long long)(sent * interval_ns), begin_ns;

		while ((begin_ns = now_ns()) < due_ns)
			;
		if (begin_ns >= end_ns)
			return sent;
		*late += begin_ns - due_ns > LATE_AFTER_NS;
		if (bytes)
			send(fd, payload, bytes, 0);
		sent++;
	}
}

int main(int argc, char **argv)
{
	int size = 64 << 20, fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
	struct sockaddr_in to = { .sin_family = AF_INET };
	long long begin_ns;
	double seconds, rate;
	size_t bytes;
	long sent, late = 0;

	if (argc < 5 || fd < 0 || !inet_aton(argv[1], &to.sin_addr))
		return 2;
	to.sin_port = htons(atoi(argv[2]));
	bytes = atoi(argv[3]);
	seconds = atof(argv[4]);
	rate = argc > 5 ? atof(argv[5]) : 0;
	setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof(size));
	if (bytes > MOST_BYTES || connect(fd, (struct sockaddr *)&to, sizeof(to)))
		return 1;
	begin_ns = now_ns();
	if (rate > 0)
		sent = send_on_schedule(fd, bytes, begin_ns + seconds * 1e9, 1e9 / rate, &late);
	else
		sent = send_batches(fd, bytes, begin_ns + seconds * 1e9);
	printf("{\"packetsPerSecond\":%.0f,\"sent\":%ld,\"late\":%ld}\n", sent / ((now_ns() - begin_ns) / 1e9), sent, late);
	return 0;
}
