/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
 * The BPF object: data first, then one file a family of hooks.
 */
#include "kernel.h"

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "vifscope.h"

#include "maps.h"
#include "address.h"
#include "ownership.h"
#include "watch.h"
#include "bucket.h"
#include "histogram.h"
#include "in_flight.h"
#include "device.h"
#include "task.h"
#include "start.h"
#include "segment.h"
#include "journey.h"
#include "outlier.h"

#include "tun.h"
#include "egress.h"
#include "receive.h"
#include "drop.h"
#include "sight.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";
