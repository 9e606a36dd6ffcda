// The plot's latency axis: logarithmic, from one round latency to another.

export interface LatencyAxis {
  /** In characters. */
  readonly width: number;
  /** Where a latency from 0 stands, from 0 to width - 1; what lies outside stands on the edge. */
  readonly columnOf: (ns: number) => number;
  /** The latencies to be written below, ascending. */
  readonly ticksNs: readonly number[];
}

/** "200 µs" and a space to each side. */
const tickWidth = 8;

/** The axis on which all from minNs to maxNs finds its place. */
export function latencyAxis(minNs: number, maxNs: number, width: number): LatencyAxis {
  const roundNs = roundLatenciesNs(Math.max(minNs, 1), Math.max(maxNs, 1));
  const [startNs = 1] = roundNs;
  const decades = Math.log10((roundNs.at(-1) ?? startNs) / startNs);
  const columnOf = (ns: number) => {
    const column = Math.floor((Math.log10(Math.max(ns, startNs) / startNs) / decades) * width);
    return Math.min(column, width - 1);
  };
  const powersNs = roundNs.filter((ns) => Number.isInteger(Math.log10(ns)));
  const hasRoomForAll = (width / decades) * Math.log10(2) >= tickWidth;
  return { width, columnOf, ticksNs: hasRoomForAll ? roundNs : powersNs };
}

/** 1, 2 and 5 times powers of ten, from the last at or below minNs to the first above maxNs. */
function roundLatenciesNs(minNs: number, maxNs: number): number[] {
  const series: number[] = [];
  for (let power = 1; (series.at(-1) ?? 0) <= maxNs; power *= 10) {
    series.push(power, 2 * power, 5 * power);
  }
  const first = series.findLastIndex((ns) => ns <= minNs);
  const last = series.findIndex((ns) => ns > maxNs);
  return series.slice(first, last + 1);
}
