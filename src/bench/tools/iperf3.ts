// iperf3 over UDP: the rate that it reached, and the loss that its server saw by sequence numbers.
import { z } from 'zod';
import { FormatError } from '../../abi/formatError.js';
import { reasonOf } from '../../errors.js';
import type { Tool, ToolFigures } from './tool.js';

const direction = z.object({
  seconds: z.number().positive(),
  packets: z.number(),
  lost_packets: z.number(),
  jitter_ms: z.number(),
});
const report = z.object({
  error: z.string().optional(),
  end: z.object({ sum_sent: direction.optional(), sum_received: direction.optional() }),
});

const affinity = (cpu: number | null): string[] => (cpu === null ? [] : ['-A', String(cpu)]);

export const iperf3: Tool = {
  name: 'iperf3',
  package: 'iperf3',
  versionCommand: ['iperf3', '--version'],
  parseVersion: (text) => /^iperf (\S+)/m.exec(text)?.[1] ?? null,
  server: {
    command: ({ sinkAddress, port, receiverCpu }) => {
      const at = ['-4', '-B', sinkAddress, '-p', String(port)];
      return ['iperf3', '-s', '-1', ...at, ...affinity(receiverCpu)];
    },
    listens: 'tcp',
  },
  client: ({ sinkAddress, port, packetsPerSecond, payloadBytes, seconds, senderCpu }) => {
    const to = ['-c', sinkAddress, '-p', String(port), '-u', '-J'];
    const bitsPerSecond = Math.round(packetsPerSecond * payloadBytes * 8);
    const load = ['-l', String(payloadBytes), '-b', String(bitsPerSecond), '-t', String(Math.ceil(seconds))];
    return ['iperf3', ...to, ...load, ...affinity(senderCpu)];
  },
  countedBy: 'udp',
  parse: parseIperf3,
};

/** It ends with status 0 and an `error` where it could not run. */
export function parseIperf3(text: string): ToolFigures {
  const { error, end } = reportOf(text);
  const { sum_sent: sent, sum_received: received } = end;
  if (error !== undefined || !sent || !received) throw new FormatError(error ?? 'it reports no packets');
  const { packets, lost_packets: lost } = received;
  return {
    sentPackets: sent.packets,
    lostPackets: lost,
    lossRatio: packets === 0 ? null : lost / packets,
    packetsPerSecond: sent.packets / sent.seconds,
    receivedPacketsPerSecond: (packets - lost) / received.seconds,
    jitterNs: Math.round(received.jitter_ms * 1e6),
  };
}

function reportOf(text: string): z.infer<typeof report> {
  try {
    return report.parse(JSON.parse(text));
  } catch (error) {
    throw new FormatError(`what it says is no report of iperf3: ${reasonOf(error)}`);
  }
}
