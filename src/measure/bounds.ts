// Upper bounds of the metrics' histograms: each the last value of an HDR bucket, so that what is counted up to a
// bound is exact and no sample is split.
import { VifscopeError } from '../errors.js';
import { bucketIndexOf, hdr, highestValueOf } from './hdr.js';

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
 * @returns ns, rising
 * @throws VifscopeError USAGE
 */
export function snapBounds(boundsSeconds: readonly number[] | null): readonly number[] {
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
  return [...new Set(bounds.map((bound) => nearestEdgeNs(bound * nsPerSecond)))];
}

function nearestEdgeNs(ns: number): number {
  const index = bucketIndexOf(Math.round(ns));
  const above = highestValueOf(index);
  const below = index === 0 ? above : highestValueOf(index - 1);
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
