// Numbers as people read them: latencies in the unit that suits their size, counts with separators.

const units = [
  { name: 'ns', ns: 1 },
  { name: 'µs', ns: 1e3 },
  { name: 'ms', ns: 1e6 },
  { name: 's', ns: 1e9 },
] as const;

/** Four characters of number, a space, two of unit. */
const numberWidth = 4;
const unitWidth = 2;

/**
 * A latency with three significant digits, so aligned that numbers and units stand below each other:
 * " 830 ns", "12.3 µs", "4.56 ms", "1.20 s ".
 * @param ns from 0, or null for "no sample"
 * @returns 7 characters, more from 10,000 s on
 */
export function latencyText(ns: number | null): string {
  const [number = '-', unit = ''] = ns === null ? [] : shortLatencyText(ns).split(' ');
  return `${number.padStart(numberWidth)} ${unit.padEnd(unitWidth)}`;
}

/** The same without padding, for running text. */
export function shortLatencyText(ns: number): string {
  // Rounded first: 999,600 ns is 1.00 ms and not 1000 µs.
  const roundedNs = Number(ns.toPrecision(3));
  const unit = units.findLast((u) => roundedNs >= u.ns) ?? units[0];
  const amount = roundedNs / unit.ns;
  if (unit.ns === 1) return `${amount} ns`;
  // There is no unit above the second, and toPrecision would write an exponent.
  return `${amount < 1000 ? amount.toPrecision(3) : Math.round(ns / unit.ns)} ${unit.name}`;
}

const grouped = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

/** A count such as "1,234,567". */
export const countText = (count: number): string => grouped.format(count);
