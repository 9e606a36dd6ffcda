// What the kernel's own counters say of a tool's packets, so that a tool's word need not be taken for it.
import { readFileSync } from 'node:fs';
import { FormatError } from '../../abi/formatError.js';
import { inNetns } from '../../libbpf/libc.js';
import { parseProtocols } from '../drops/procNet.js';
import type { Ground } from './ground.js';
import type { Tool, ToolFigures } from './tool.js';

/** Totals since some beginning. */
export interface Counted {
  readonly atMs: number;
  /** What left the generator's end, dropped by its device or not. */
  readonly sent: number;
  /** What the sink's socket was read of, or its device took. */
  readonly received: number;
}

export function readCounted({ generator, sink }: Ground, by: Tool['countedBy']): Counted {
  const read = (netns: string, file: string) =>
    inNetns(netns, () => readFileSync(`/proc/thread-self/net/${file}`, 'latin1'));
  const atMs = performance.now();
  if (by === 'udp') {
    const from = parseProtocols(read(generator.netns, 'snmp'));
    const to = parseProtocols(read(sink.netns, 'snmp'));
    // What the qdisc drops is counted by the second, though the sender is told that it was sent (udp_send_skb).
    const sent = (from['Udp.OutDatagrams'] ?? 0) + (from['Udp.SndbufErrors'] ?? 0);
    return { atMs, sent, received: to['Udp.InDatagrams'] ?? 0 };
  }
  const from = parseDevice(read(generator.netns, 'dev'), generator.device);
  const to = parseDevice(read(sink.netns, 'dev'), sink.device);
  return { atMs, sent: from.sent + from.unsent, received: to.received };
}

/** Of a device's line in /proc/net/dev: eight columns of receiving, eight of sending; packets second, drops fourth. */
export function parseDevice(text: string, device: string) {
  const line = text
    .split('\n')
    .map((one) => one.trim())
    .find((one) => one.startsWith(`${device}:`));
  const columns =
    line
      ?.slice(device.length + 1)
      .trim()
      .split(/\s+/)
      .map(Number) ?? [];
  const [, received, , , , , , , , sent, , unsent] = columns;
  if (received === undefined || sent === undefined || unsent === undefined)
    throw new FormatError(`no counters of ${device} in /proc/net/dev`);
  return { received, sent, unsent };
}

/** @param during readings while the tool ran @param before it began @param after its end */
export function countedFigures(
  during: readonly Counted[],
  [before, after]: readonly [before: Counted, after: Counted],
): ToolFigures {
  const sent = after.sent - before.sent;
  const received = after.received - before.received;
  const span = spanOf(during);
  return {
    countedSentPackets: sent,
    countedLostPackets: sent - received,
    countedLossRatio: sent === 0 ? null : (sent - received) / sent,
    countedPacketsPerSecond: span && rate(span, 'sent'),
    countedReceivedPacketsPerSecond: span && rate(span, 'received'),
  };
}

type Span = readonly [from: Counted, to: Counted];

/**
 * The time in which it sent at its rate: from the first to the last step of at least half the greatest, both left out,
 * for in them it began and ended.
 */
function spanOf(readings: readonly Counted[]): Span | null {
  const steps = readings.slice(1).map(({ sent }, at) => sent - (readings[at]?.sent ?? sent));
  const isFull = (step: number) => step * 2 >= Math.max(...steps);
  const from = readings[steps.findIndex(isFull) + 1];
  const to = readings[steps.findLastIndex(isFull)];
  return from && to && to.atMs > from.atMs ? [from, to] : null;
}

const rate = ([from, to]: Span, what: 'sent' | 'received'): number =>
  ((to[what] - from[what]) / (to.atMs - from.atMs)) * 1000;
