// The figures for people: a line a hook, then the two sums that have a target.
import { type Column, columnLines } from '../../export/columns.js';
import { countText } from '../../export/latencyText.js';
import { type CostFigures, type ProgramCost, type Spread, targets } from './figures.js';
import { tolerableForeignPercent } from './rounds.js';

export function costText(figures: CostFigures): string {
  const { rounds, packets, egressToReceiveNs, othersNs, backlog } = figures;
  const inPath = figures.programs.filter((program) => program.isEgressToReceive);
  return [
    `A 64-byte UDP packet over a veth pair: ns a program run, median (min to max) of ${rounds} rounds ` +
      `of ${countText(packets)} packets.`,
    'Columns after "empty" are above the empty program on the same hook.',
    '',
    ...columnLines(columnsOf(figures.programs), Number.POSITIVE_INFINITY),
    '',
    `egress to receive  ${nsText(egressToReceiveNs)} for ${inPath.length} hooks above as many empty programs; ` +
      verdict(egressToReceiveNs.median, targets.egressToReceiveNs, 'ns'),
    `other devices      ${nsText(othersNs)} for a packet that is not to be measured; ` +
      verdict(othersNs.median, targets.othersNs, 'ns'),
    `backlog alone      ${nsText(backlog.aboveEmptyNs)}, two clock reads ${nsText(backlog.twoClockReadsNs)}`,
    `                   ratio ${ratioText(backlog.ratio)}; ` +
      verdict(backlog.ratio.median, targets.backlogRatio, 'times'),
    `                   ratio ${ratioText(backlog.ratioWithEmpty)} with the empty programs' ns left in both`,
    ...remarksOn(figures),
    '',
  ].join('\n');
}

function columnsOf(programs: readonly ProgramCost[]): Column[] {
  const column = (heading: string, cell: (program: ProgramCost) => string): Column => ({
    heading,
    align: 'right',
    need: Number.POSITIVE_INFINITY,
    cells: programs.map(cell),
  });
  return [
    { ...column('hook', nameText), align: 'left' },
    column('runs a packet', (program) => String(program.runsAPacket)),
    column('empty', (program) => spreadText(program.emptyNs)),
    column('clock read', (program) => spreadText(program.clockNs)),
    column('vifscope', (program) => spreadText(program.vifscopeNs)),
    column('backlog alone', (program) => spreadText(program.backlogNs)),
    column('other devices', (program) => spreadText(program.othersNs)),
  ];
}

const nameText = ({ hook, isEgressToReceive }: ProgramCost): string =>
  isEgressToReceive ? hook : `${hook} (the reader's, not in the sum)`;

function spreadText(spread: Spread | null, digits = 0): string {
  if (spread === null) return '-';
  const [median, min, max] = [spread.median, spread.min, spread.max].map((ns) => ns.toFixed(digits));
  return `${median} (${min} to ${max})`;
}

const nsText = (spread: Spread): string => spreadText(spread).replace(' ', ' ns ');
const ratioText = (spread: Spread): string => spreadText(spread, 2);

const verdict = (value: number, target: number, unit: string): string =>
  `target ${target} ${unit}: ${value <= target ? 'met' : 'missed'}`;

function remarksOn({ foreignRunsPercent, unmatchedPackets }: CostFigures): string[] {
  return [
    foreignRunsPercent.max > tolerableForeignPercent
      ? `Other traffic on this host ran the programs too, up to ${foreignRunsPercent.max.toFixed(1)} % on top: the averages hold its runs as well.`
      : null,
    unmatchedPackets > 0
      ? `vifscope matched ${countText(unmatchedPackets)} packets fewer than were sent.`
      : null,
  ].filter((remark) => remark !== null);
}
