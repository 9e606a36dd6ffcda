// Upper bounds of the metrics' histograms: each the last value of an HDR bucket, so that what is counted up to a
// bound is exact and no sample is split.
import { VifscopeError } from '../errors.js';
import { bucketIndexOf, finest, type Geometry, hdr } from './hdr.js';

/** More make scrapes large without telling more. */
const mostBounds = 100;
const nsPerSecond = 1e9;
const fromExponent = -7;
const decades = 9;
/** Renard's five preferred steps a decade: each bound is 1.6 times the one before. */
const stepsADecade = [1, 1.6, 2.5, 4, 6.3] as const;

/** 45 bounds from 100 ns to 63 s, in seconds. */
const defaultBoundsSeconds: readonly number[] = Array.from({ length: decades }, (_, decade) =>
  stepsADecade.map((step) => step * 10 ** (fromExponent + decade)),
).flat();

/**
 * The edges of HDR buckets nearest to these bounds.
 * @param boundsSeconds rising, above 0, at most 68 s; null for the built-in ones
 * @param geometry of the histograms that are counted up to them
 * @returns ns, rising
 * @throws VifscopeError USAGE
 */
export function snapBounds(
  boundsSeconds: readonly number[] | null,
  geometry: Geometry = finest,
): readonly number[] {
  const bounds = boundsSeconds ?? defaultBoundsSeconds;
  const refuse = (reason: string) =>
    new VifscopeError({
      code: 'USAGE',
      operation: 'use',
      object: `the bounds ${bounds.join(', ')}`,
      reason,
      remedy: `give 1 to ${mostBounds} rising numbers of seconds, e.g. 0.000001, 0.001, 1`,
    });
  if (bounds.length === 0 || bounds.length > mostBounds) throw refuse(`they are ${bounds.length}`);
  bounds.forEach((bound, index) => {
    if (!(bound > 0 && bound * nsPerSecond <= hdr.highestNs))
      throw refuse(`${bound} is not above 0 and up to 68`);
    if (index > 0 && bound <= (bounds[index - 1] ?? 0)) throw refuse(`${bound} does not rise`);
  });
  return [...new Set(bounds.map((bound) => nearestEdgeNs(bound * nsPerSecond, geometry)))];
}

function nearestEdgeNs(ns: number, geometry: Geometry): number {
  const index = geometry.indexOf(Math.round(ns));
  const above = geometry.highestValueOf(index);
  const below = index === 0 ? above : geometry.highestValueOf(index - 1);
  return ns - below < above - ns ? below : above;
}

/** For each HDR bucket the place among the bounds that it counts at; those above all bounds at the last place. */
export function placesOf(boundsNs: readonly number[]): Uint8Array {
  const places = new Uint8Array(hdr.countsLength).fill(boundsNs.length);
  boundsNs.toReversed().forEach((bound, fromEnd) => {
    places.fill(boundsNs.length - 1 - fromEnd, 0, bucketIndexOf(bound) + 1);
  });
  return places;
}

/**
 * Counts by other bounds: a bound that stays keeps its count; a new one gets that of the next lower one that stays, so
 * that rates are right from then on.
 * @param counts not cumulative; one place a bound and one above all
 */
export function rebound(
  counts: readonly number[],
  before: readonly number[],
  after: readonly number[],
): number[] {
  let total = 0;
  const cumulative = new Map<number, number>();
  before.forEach((bound, at) => {
    total += counts[at] ?? 0;
    cumulative.set(bound, total);
  });
  total += counts[before.length] ?? 0;
  let below = 0;
  const rebounded = new Array<number>(after.length + 1).fill(0);
  after.forEach((bound, at) => {
    const upTo = cumulative.get(bound) ?? below;
    rebounded[at] = upTo - below;
    below = upTo;
  });
  rebounded[after.length] = total - below;
  return rebounded;
}
