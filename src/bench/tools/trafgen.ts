// trafgen as fast as it can: one process on one CPU, from a ring of packets past UDP, IP and the qdisc.
import { FormatError } from '../../abi/formatError.js';
import type { Tool, ToolFigures, ToolOrder } from './tool.js';

export const trafgen: Tool = {
  name: 'trafgen',
  package: 'netsniff-ng',
  versionCommand: ['trafgen', '--version'],
  parseVersion: (text) => /^trafgen (\S+)/m.exec(text)?.[1] ?? null,
  server: null,
  client: commandOf,
  countedBy: 'device',
  parse: parseTrafgen,
};

/**
 * It takes its CPU by itself, beginning with the first: a packet that is for one CPU alone leaves the others idle.
 * It has no way to be told a time, but ends well when it is interrupted.
 */
function commandOf({ device, packet, seconds, senderCpu }: ToolOrder): string[] {
  const cpu = senderCpu ?? 0;
  const stop = ['timeout', '--preserve-status', '-s', 'INT', String(seconds)];
  const settings = ['--no-sock-mem', '--notouch-irq', '-P', String(cpu + 1), '-o', device];
  return [...stop, 'trafgen', ...settings, `cpu(${cpu}): { ${bytesText(packet)} }`];
}

function bytesText(packet: Buffer): string {
  const filled = packet.findLastIndex((byte) => byte !== 0) + 1;
  const bytes = [...packet.subarray(0, filled)].map((byte) => `0x${byte.toString(16)}`);
  const zeros = packet.length - filled;
  return [...bytes, ...(zeros > 0 ? [`fill(0x0, ${zeros})`] : [])].join(', ');
}

/** "… N packets outgoing", and for each CPU "S sec, U usec on CPUn (N packets)". */
export function parseTrafgen(text: string): ToolFigures {
  const [, all] = /^\s*(\d+) packets outgoing$/m.exec(text) ?? [];
  const cpus = [...text.matchAll(/^\s*(\d+) sec, (\d+) usec on CPU\d+ \((\d+) packets\)$/gm)].map(
    ([, seconds, micros, packets]) => ({
      seconds: Number(seconds) + Number(micros) / 1e6,
      packets: Number(packets),
    }),
  );
  const sender = cpus.find(({ packets }) => packets > 0);
  if (all === undefined || cpus.length === 0) throw new FormatError('trafgen says of no packets');
  return {
    sentPackets: Number(all),
    packetsPerSecond: sender && sender.seconds > 0 ? sender.packets / sender.seconds : null,
  };
}
