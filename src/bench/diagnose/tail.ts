// Where the slow packets waited, and what they waited for.
import { shortLatencyText } from '../../export/latencyText.js';
import { printable } from '../../export/printable.js';
import type { Evidence, Finding, Wait } from './finding.js';
import { percentText } from './loss.js';

const leastShare = 0.1;

/** By segment or leg: what a long tail means there, and what shortens it. */
const meanings: ReadonlyMap<string, { readonly what: string; readonly remedy: string }> = new Map(
  Object.entries({
    qdisc: {
      what: 'in the queue in front of the device',
      remedy: 'a shorter queue (fq_codel, a smaller limit) or a greater rate',
    },
    driver: {
      what: "in the driver's own transmit",
      remedy: 'look at what runs there: GSO, XDP, a locked queue',
    },
    backlog: {
      what: 'for the softirq that receives them',
      remedy: 'keep other work off that CPU; RPS or threaded NAPI give the softirq another one',
    },
    ring: {
      what: 'for their reader, the guest or the forwarder',
      remedy: 'give the reader a CPU of its own (affinity, real-time priority), or more queues',
    },
    inject: { what: 'while they were copied into the kernel', remedy: 'smaller batches, or vhost' },
    forwarder: {
      what: 'in the forwarder itself',
      remedy: 'profile the forwarder: the kernel is not what is slow',
    },
    guest: {
      what: 'in the guest itself',
      remedy: 'look inside the guest: its CPUs, its queues, its interrupts',
    },
  }),
);

export function tailFindings(evidence: Evidence): Finding[] {
  const { path, waits, endToEndP99Ns, causes } = evidence;
  const known = waits.filter(
    (wait): wait is Wait & { p99Ns: number } => wait.p99Ns !== null && wait.kind !== 'end_to_end',
  );
  // Percentiles don't add up: the parts are held against the greater of their sum and the whole.
  const whole = Math.max(
    endToEndP99Ns ?? 0,
    known.reduce((sum, { p99Ns }) => sum + p99Ns, 0),
  );
  if (whole <= 0) return [];
  const wholeText =
    endToEndP99Ns === null ? 'what all waits have at p99' : `${timeText(endToEndP99Ns)} end to end at p99`;
  return known
    .map((wait) => ({ wait, share: wait.p99Ns / whole }))
    .filter(({ share }) => share >= leastShare)
    .map(({ wait, share }) => {
      const meaning = meanings.get(wait.kind);
      const cause = causes
        .filter(({ where }) => where === wait.where)
        .toSorted((a, b) => b.packets - a.packets)[0];
      return {
        area: 'tail',
        path,
        share,
        what: printable(
          `slow packets wait ${meaning?.what ?? `in ${wait.kind}`}: ${wait.where}${cause ? `. ${cause.example}` : ''}`,
        ),
        evidence: `p50 ${timeText(wait.p50Ns)}, p99 ${timeText(wait.p99Ns)}, max ${timeText(wait.maxNs)}: ${percentText(share)} of ${wholeText}`,
        remedy: meaning?.remedy ?? null,
      };
    });
}

const timeText = (ns: number | null): string => (ns === null ? '–' : shortLatencyText(ns));
