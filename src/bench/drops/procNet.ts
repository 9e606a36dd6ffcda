// The counters of /proc/net as numbers by name. Pure.
import { FormatError } from '../../abi/formatError.js';

/** Pairs of lines, "Udp: NAME …" and "Udp: NUMBER …": the counts by "Udp.NAME". */
export function parseProtocols(snmp: string): Record<string, number> {
  const lines = snmp.trimEnd().split('\n');
  const counts: Record<string, number> = {};
  for (let at = 0; at + 1 < lines.length; at += 2) {
    const [[protocol = '', ...names], [again, ...values]] = [fieldsOf(lines[at]), fieldsOf(lines[at + 1])];
    if (protocol !== again || names.length !== values.length)
      throw new FormatError(`no counters of ${protocol} in /proc/net/snmp`);
    names.forEach((name, index) => {
      counts[`${protocol.slice(0, -1)}.${name}`] = Number(values[index]);
    });
  }
  return counts;
}

const fieldsOf = (line = ''): string[] => line.split(' ');

/** One line a CPU, hexadecimal; the second column counts what its full backlog turned away. */
export function parseBacklogDrops(softnetStat: string): number {
  const counts = softnetStat
    .trimEnd()
    .split('\n')
    .map((line) => Number.parseInt(line.split(' ')[1] ?? '', 16));
  if (counts.some(Number.isNaN)) throw new FormatError('no counters in /proc/net/softnet_stat');
  return counts.reduce((sum, count) => sum + count, 0);
}
