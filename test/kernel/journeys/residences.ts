// The known distribution that residences in a forwarder are drawn from: exponential, so that it has a tail.
// Each of `packets` equal parts of the probability is drawn once, so that percentiles are known and not estimated.

/** Of the drawn ones, sorted: how long the packet at this rank stays. @param rank from 1 to packets */
export const residenceAtRank = (rank: number, packets: number, meanNs: number): number =>
  -meanNs * Math.log(1 - (rank - 0.5) / packets);

/** What the packet that comes as the n-th (from 0) draws: ranks in an order without an order. */
export const drawnNs = (at: number, packets: number, meanNs: number): number =>
  residenceAtRank(1 + ((at * strideFor(packets)) % packets), packets, meanNs);

/** Near the golden section of all packets, and with no divisor in common with them, so that each rank comes once. */
function strideFor(packets: number): number {
  let stride = Math.round(packets * 0.618);
  while (greatestCommonDivisor(stride, packets) > 1) stride += 1;
  return stride;
}

const greatestCommonDivisor = (a: number, b: number): number =>
  b === 0 ? a : greatestCommonDivisor(b, a % b);
