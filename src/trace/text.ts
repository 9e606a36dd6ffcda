// A slow packet for people and for programs: a block with its way and the cause of each slow wait; or a line of JSON.

import { clockText } from '../export/clockText.js';
import { escapedJson } from '../export/json.js';
import { countText, latencyText, shortLatencyText } from '../export/latencyText.js';
import { paintFor } from '../export/paint.js';
import { printable } from '../export/printable.js';
import { causeSentence } from './causes.js';
import type { Flow } from './outlier.js';
import type { ReportedPacket, ReportedStep, ReportedWait } from './report.js';

/** "+12.3 µs". */
const longestDelta = 8;
const protocolNames: Readonly<Record<number, string>> = { 1: 'ICMP', 6: 'TCP', 17: 'UDP', 58: 'ICMPv6' };

/** One packet's lines, the last of them empty. @param every one packet in so many is followed from device to device now */
export function traceBlock(packet: ReportedPacket, every: number, color: boolean): string {
  const paint = paintFor(color);
  const slowest = packet.waits.toSorted((a, b) => b.waitNs - a.waitNs)[0];
  const heading = [
    clockText(packet.time),
    ...(slowest ? [`${deviceText(slowest)} ${slowest.segment} ${shortLatencyText(slowest.waitNs)}`] : []),
    ...(packet.flow ? [flowText(packet.flow)] : []),
    ...(packet.lengthBytes === null ? [] : [`${countText(packet.lengthBytes)} bytes`]),
  ];
  const isOne = packet.waits.length === 1;
  const lines = [
    paint.strong(heading.join('  ')),
    ...packet.steps.map((step, at) => stepText(step, packet.steps[at - 1], packet.waits)),
    ...packet.waits.map((wait) => `  ${isOne ? '' : `${wait.segment}: `}${causeSentence(wait.causes)}`),
    ...(every > 1 ? [`  One packet in ${countText(every)} is followed from device to device now.`] : []),
  ];
  return `${lines.join('\n')}\n\n`;
}

/** One line. @param every as above */
export const traceJson = (packet: ReportedPacket, every: number): string =>
  `${escapedJson(JSON.stringify({ ...packet, journeysEvery: every }))}\n`;

function stepText(
  step: ReportedStep,
  before: ReportedStep | undefined,
  waits: readonly ReportedWait[],
): string {
  const wait = waits.find(
    ({ segment, device, netns }) => segment === step.ends && device === step.device && netns === step.netns,
  );
  const where = step.netns === before?.netns ? printable(step.device) : deviceText(step);
  const by = wait && wait.segment === 'ring' ? ` by ${printable(wait.task.name)}[${wait.task.id}]` : '';
  const slow = wait
    ? ` on CPU ${wait.endCpu}, after ${shortLatencyText(wait.waitNs)} in ${wait.segment}`
    : '';
  const sinceLast = before ? `+${shortLatencyText(step.sinceStartNs - before.sinceStartNs)}` : '';
  return `  ${latencyText(step.sinceStartNs)}  ${sinceLast.padEnd(longestDelta)}  ${step.happening} ${where}${by}${slow}`;
}

const deviceText = ({ netns, device }: { netns: string; device: string }): string =>
  printable(`${netns}/${device}`);

function flowText({ protocol, source, destination, sourcePort, destinationPort, family }: Flow): string {
  const end = (address: string, port: number | null) =>
    port === null ? address : family === 6 ? `[${address}]:${port}` : `${address}:${port}`;
  const name = protocolNames[protocol] ?? `protocol ${protocol}`;
  return `${name} ${end(source, sourcePort)} → ${end(destination, destinationPort)}`;
}
