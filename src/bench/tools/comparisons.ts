// From rounds to what is printed: each figure of a tool beside ours. Pure.
import { spreadOf } from '../result/spread.js';

export interface Comparison {
  readonly what: string;
  readonly theirs: number;
  readonly ours: number;
}

/** A figure that one of them could not tell is left out. */
export const comparison = (
  what: string,
  theirs: number | null | undefined,
  ours: number | null | undefined,
): Comparison[] => (theirs == null || ours == null ? [] : [{ what, theirs, ours }]);

/** Over all rounds; the ratio is of theirs to ours, round by round. */
export function comparedOver(rounds: readonly (readonly Comparison[])[]) {
  const all = rounds.flat();
  return [...new Set(all.map(({ what }) => what))].map((what) => {
    const values = all.filter((one) => one.what === what);
    return {
      what,
      theirs: spreadOf(values.map(({ theirs }) => theirs)),
      ours: spreadOf(values.map(({ ours }) => ours)),
      ratio: spreadOf(values.map(({ theirs, ours }) => (ours === 0 ? 1 : theirs / ours))),
    };
  });
}

export function comparedText(compared: ReturnType<typeof comparedOver>): string {
  const number = (value: number) => value.toPrecision(4);
  return compared
    .map(({ what, theirs, ours, ratio }) => {
      const [least, most] = [ratio.min, ratio.max].map((value) => value.toFixed(3));
      return `${what}: ${number(theirs.median)} beside our ${number(ours.median)}, ratio ${ratio.median.toFixed(3)} (${least} to ${most})\n`;
    })
    .join('');
}
