// sockperf under-load: messages at a rate, and round trips of those that its server was to answer.
import { FormatError } from '../../abi/formatError.js';
import { sockperfReplyEvery } from '../children/framing.js';
import type { Tool, ToolFigures } from './tool.js';

export const sockperf: Tool = {
  name: 'sockperf',
  package: 'sockperf',
  versionCommand: ['sockperf', '--version'],
  parseVersion: (text) => /version (\S+)/.exec(text)?.[1] ?? null,
  server: {
    command: ({ sinkAddress, port }) => ['sockperf', 'server', '-i', sinkAddress, '-p', String(port)],
    listens: 'udp',
  },
  client: ({ sinkAddress, port, packetsPerSecond, payloadBytes, seconds, senderCpu, receiverCpu }) => {
    const to = ['-i', sinkAddress, '-p', String(port), '-m', String(payloadBytes)];
    const rate = ['--mps', String(Math.round(packetsPerSecond)), '-t', String(Math.ceil(seconds))];
    // Its sender waits without sleeping: on the same CPU its receiver would hardly run.
    const affinity =
      senderCpu === null || receiverCpu === null
        ? []
        : ['--sender-affinity', String(senderCpu), '--receiver-affinity', String(receiverCpu)];
    const replies = ['--reply-every', String(sockperfReplyEvery), '--full-rtt'];
    return ['sockperf', 'under-load', ...to, ...rate, ...replies, ...affinity];
  },
  countedBy: 'udp',
  parse: parseSockperf,
};

const percentiles: readonly (readonly [name: string, percentile: string])[] = [
  ['roundTripP50Ns', '50.000'],
  ['roundTripP90Ns', '90.000'],
  ['roundTripP99Ns', '99.000'],
  ['roundTripP999Ns', '99.900'],
  ['roundTripP9999Ns', '99.990'],
];

/** With --full-rtt its times are round trips, in µs; without, their halves. */
export function parseSockperf(text: string): ToolFigures {
  const run = /\[Valid Duration\] RunTime=([\d.]+) sec; SentMessages=(\d+); ReceivedMessages=(\d+)/.exec(
    text,
  );
  if (run === null || !text.includes('Summary: Round trip is'))
    throw new FormatError(/No messages were received[^\n]*/.exec(text)?.[0] ?? 'it says of no round trips');
  const [seconds, sent, answered] = run.slice(1).map(Number);
  const nsOf = (label: string) => {
    const [, micros] = new RegExp(`---> ${label} += +([\\d.]+)`).exec(text) ?? [];
    return micros === undefined ? null : Math.round(Number(micros) * 1000);
  };
  const countOf = (what: string) => {
    const [, count] = new RegExp(`# ${what} messages = (\\d+)`).exec(text) ?? [];
    return count === undefined ? null : Number(count);
  };
  return {
    sentPackets: sent ?? null,
    packetsPerSecond: sent !== undefined && seconds ? sent / seconds : null,
    roundTrips: answered ?? null,
    droppedRoundTrips: countOf('dropped'),
    roundTripMinNs: nsOf('<MIN> observation'),
    ...Object.fromEntries(percentiles.map(([name, of]) => [name, nsOf(`percentile ${of}`)])),
    roundTripMaxNs: nsOf('<MAX> observation'),
  };
}
