// A violated threshold in words.
import { statisticName, type Violation } from '../measure/threshold.js';
import { shortLatencyText } from './latencyText.js';
import { printable } from './printable.js';

/** "veth0 (host) backlog: p99 is 1.20 ms, above 1.00 ms" */
export function violationText({ threshold, line, valueNs }: Violation): string {
  const where =
    'segment' in line
      ? `${printable(line.device)} (${printable(line.netns)}) ${line.segment}`
      : `${printable(line.from)} to ${printable(line.to)} ${line.leg}`;
  const [value, limit] = distinguishable(valueNs, threshold.limitNs);
  return `${where}: ${statisticName(threshold.statistic)} is ${value}, above ${limit}`;
}

/** Both in readable units, or in ns where three digits would show them as equal. */
function distinguishable(valueNs: number, limitNs: number): [string, string] {
  const texts: [string, string] = [shortLatencyText(valueNs), shortLatencyText(limitNs)];
  return texts[0] === texts[1] ? [`${valueNs} ns`, `${limitNs} ns`] : texts;
}
