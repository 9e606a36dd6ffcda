// netperf's UDP_STREAM: one datagram a call, as fast as it can, and what its server was given of them.
import { FormatError } from '../../abi/formatError.js';
import type { Tool, ToolFigures } from './tool.js';

/** Its own names; the time has two decimals. */
const selected = ['ELAPSED_TIME', 'LOCAL_SEND_CALLS', 'REMOTE_RECV_CALLS'] as const;

export const netperf: Tool = {
  name: 'netperf',
  package: 'netperf, of the archive non-free',
  versionCommand: ['netperf', '-V'],
  parseVersion: (text) => /^Netperf version (\S+)/m.exec(text)?.[1] ?? null,
  server: {
    // In the foreground, without a child a client, without a log in /tmp.
    command: ({ sinkAddress, port }) => [
      ...['netserver', '-D', '-f', '-N', '-4', '-L', sinkAddress, '-p', String(port)],
    ],
    listens: 'tcp',
  },
  client: ({ sinkAddress, port, payloadBytes, seconds, senderCpu, receiverCpu }) => {
    const to = ['-4', '-H', sinkAddress, '-p', String(port), '-t', 'UDP_STREAM', '-P', '0'];
    const affinity =
      senderCpu === null && receiverCpu === null ? [] : ['-T', `${senderCpu ?? ''},${receiverCpu ?? ''}`];
    const load = ['-l', String(Math.ceil(seconds)), ...affinity, '--', '-m', String(payloadBytes)];
    // By a connected socket; and unless it is told that it may, it takes no route.
    return ['netperf', ...to, ...load, '-n', '-R', '1', '-k', selected.join(',')];
  },
  countedBy: 'udp',
  parse: parseNetperf,
};

/** A line each of NAME=VALUE; its errors are on stdout as well. */
export function parseNetperf(text: string): ToolFigures {
  const [seconds, sent, received] = selected.map((name) => {
    const [, value] = new RegExp(`^${name}=([\\d.]+)$`, 'm').exec(text) ?? [];
    return value === undefined ? null : Number(value);
  });
  if (seconds == null || sent == null || received == null)
    throw new FormatError(text.split('\n')[0] || 'it says of no packets');
  return {
    sentPackets: sent,
    lostPackets: sent - received,
    lossRatio: sent === 0 ? null : (sent - received) / sent,
    packetsPerSecond: seconds === 0 ? null : sent / seconds,
    receivedPacketsPerSecond: seconds === 0 ? null : received / seconds,
  };
}
