// Where the CPU time of a packet went.
import { printable } from '../../export/printable.js';
import type { CpuPart, CpuSplit, Spread } from '../result/schema.js';
import type { Evidence, Finding } from './finding.js';
import { percentText } from './loss.js';

/** Less of the whole is not worth a finding. */
const leastShare = 0.1;

const partText: Readonly<Record<CpuPart, string>> = {
  generator: 'the generator',
  sink: 'the receiver',
  softirq: 'softirqs',
  path: "the path's own threads",
  rest: 'everything else on the host',
};

export function cpuFindings({ path, cpu, settings }: Evidence): Finding[] {
  if (!cpu || cpu.total.median <= 0) return [];
  return (Object.entries(cpu.parts) as [CpuPart, Spread][])
    .map(([part, { median }]) => ({ part, ns: median, share: median / cpu.total.median }))
    .filter(({ share }) => share >= leastShare)
    .map(({ part, ns, share }) => ({
      area: 'cpu',
      path,
      share,
      what: `${partText[part]} took ${percentText(share)} of the CPU time${most(part, cpu)}`,
      evidence: `${Math.round(ns)} of ${Math.round(cpu.total.median)} ns a packet delivered`,
      remedy: remedyOf(part, settings),
    }));
}

/** Which softirq, or which thread, took most of it. */
function most(part: CpuPart, { softirqs, threads }: CpuSplit): string {
  const within = part === 'softirq' ? softirqs : part === 'path' ? threads : {};
  const [first] = Object.entries(within).toSorted(([, a], [, b]) => b.median - a.median);
  return first ? printable(`, most of it ${first[0]}`) : '';
}

function remedyOf(part: CpuPart, settings: Evidence['settings']): string | null {
  if (part === 'softirq')
    return 'spread flows over CPUs by RPS, or merge packets: GRO and NAPI on the receiving device';
  if (part !== 'path') return null;
  if (settings['accelerator'] === 'tcg')
    return 'the guest is emulated: on a host with KVM it takes a small part of this';
  if (settings['vhost'] === 'off') return 'vhost=on moves packets in the kernel instead of in QEMU';
  return null;
}
