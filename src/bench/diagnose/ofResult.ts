// What a run has measured, as evidence for findings.
import type { BenchResult, PathResult, PlacedDrop } from '../result/schema.js';
import type { Evidence, Wait } from './finding.js';

export const evidenceOf = ({ paths }: BenchResult): Evidence[] => paths.map(ofPath);

function ofPath({ path, tail, ceiling, cpu, settings }: PathResult): Evidence {
  const trials = tail?.atRate.repeats.map(({ trial }) => trial) ?? [];
  const atRate = tail?.atRate.drops ?? [];
  // What was sent above the ceiling is not recorded: what was sent at the rate is another load's.
  const isAbove = atRate.length === 0 && (ceiling?.drops.length ?? 0) > 0;
  return {
    path,
    sent: tail && !isAbove ? trials.reduce((sum, { sent }) => sum + sent, 0) : null,
    drops: gathered(isAbove ? (ceiling?.drops ?? []) : atRate),
    dropsWhen: isAbove ? 'above the ceiling' : null,
    waits: tail ? [...segmentWaits(tail.atRate), ...legWaits(tail.atRate)] : [],
    endToEndP99Ns: tail?.atRate.endToEnd.p99Ns ?? null,
    cpu: cpu?.off ?? null,
    settings,
    causes: [],
  };
}

type Tail = NonNullable<PathResult['tail']>['atRate'];

const segmentWaits = ({ segments }: Tail): Wait[] =>
  segments.map(({ netns, device, segment, figures }) => ({
    where: `${netns}/${device} ${segment}`,
    device,
    kind: segment,
    ...figures,
  }));

const legWaits = ({ legs }: Tail): Wait[] =>
  legs.map(({ from, to, leg, figures }) => ({
    where: `${from} to ${to}`,
    device: from,
    kind: leg,
    ...figures,
  }));

/** One line for each place and reason. */
function gathered(drops: readonly PlacedDrop[]): PlacedDrop[] {
  const byPlace = new Map<string, PlacedDrop>();
  for (const drop of drops) {
    const key = JSON.stringify([drop.netns, drop.device, drop.place, drop.reason]);
    const known = byPlace.get(key);
    byPlace.set(key, known ? { ...known, count: known.count + drop.count } : drop);
  }
  return [...byPlace.values()];
}
