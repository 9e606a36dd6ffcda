// The table for people, and what became of the targets.
import { type Column, columnLines } from '../../export/columns.js';
import { type Interval, judgeTarget, type Target } from '../overhead/interval.js';
import { type PeerFigures, type PeersReport, targets } from './figures.js';
import { observers } from './observers.js';

export function peersText(report: PeersReport): string {
  const { rounds, peers, backlogByClock, absent } = report;
  const timesOf = (wanted: string) => peers.find(({ name }) => name === wanted)?.timesBacklog ?? null;
  return [
    `A 64-byte packet over a veth pair under each observer, ${rounds} rounds: medians, in brackets what the median lies between.`,
    '',
    ...columnLines(columnsOf(peers), Number.POSITIVE_INFINITY),
    '',
    ...targetLine('the bpftrace script by vifscope, backlog alone', timesOf('bpftrace'), {
      bound: 'at least',
      ratio: targets.bpftrace,
    }),
    ...targetLine('the hash map by vifscope, backlog alone', timesOf('hash'), {
      bound: 'at least',
      ratio: targets.hash,
    }),
    ...targetLine('vifscope, backlog alone, by two clock reads', backlogByClock, {
      bound: 'at most',
      ratio: targets.backlogByClock,
    }),
    ...absent.map(({ name, reason }) => `Left out: ${observers[name].title}: ${reason}`),
    '',
  ].join('\n');
}

function columnsOf(peers: readonly PeerFigures[]): Column[] {
  const column = (
    heading: string,
    cell: (peer: PeerFigures) => string,
    align: Column['align'] = 'right',
  ): Column => ({ heading, align, need: Number.POSITIVE_INFINITY, cells: peers.map(cell) });
  return [
    column('', ({ name }) => observers[name].title, 'left'),
    column('ns in BPF programs', ({ programNs }) => intervalText(programNs, 0)),
    column('times backlog', ({ timesBacklog }) => intervalText(timesBacklog, 2)),
    column('ns a packet at the ceiling', ({ addedAtCeilingNs }) => intervalText(addedAtCeilingNs, 0)),
    column('ns of all CPUs, a round trip', ({ addedCpuNs }) => intervalText(addedCpuNs, 0)),
    column("sender's ceiling", ({ ceilingShare }) => intervalText(ceilingShare, 2)),
  ];
}

const intervalText = (interval: Interval | null, digits: number): string =>
  interval === null
    ? '-'
    : `${interval.median.toFixed(digits)} (${interval.low.toFixed(digits)} to ${interval.high.toFixed(digits)})`;

function targetLine(what: string, ratio: Interval | null, target: Target): string[] {
  if (ratio === null) return [];
  const verdict = judgeTarget(ratio, target);
  return [`${what}: ${intervalText(ratio, 2)} times; target ${target.bound} ${target.ratio}: ${verdict}`];
}
