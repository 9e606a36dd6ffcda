// A comparison as text: what differs first, then how much was the same.
import { countText, shortLatencyText } from '../../export/latencyText.js';
import { printable } from '../../export/printable.js';
import type { Spread } from '../result/schema.js';
import type { Comparison, Difference } from './compare.js';
import type { Unit } from './figures.js';

export function comparisonText({ differences, missing, remarks }: Comparison): string {
  const real = differences.filter(({ verdict }) => verdict === 'differs');
  const few = differences.filter(({ verdict }) => verdict === 'too few repeats').length;
  const same = differences.length - real.length - few;
  return `${[
    ...real.map(differenceLine),
    `${countText(real.length)} of ${countText(differences.length)} figures differ, ${countText(same)} are the same within their repeats`,
    ...(few > 0 ? [`${countText(few)} have too few repeats to tell: three at least`] : []),
    ...missing.map((name) => `in one of the two alone: ${printable(name)}`),
    ...remarks.map((remark) => `not the same: ${printable(remark)}`),
  ].join('\n')}\n`;
}

function differenceLine({ path, figure, unit, before, after, ratio, isRegression }: Difference): string {
  const percent = `${ratio >= 1 ? '+' : '−'}${Math.abs((ratio - 1) * 100).toFixed(1)} %`;
  const sign = isRegression ? '✗' : ' ';
  return `${sign} ${printable(path)}: ${figure} ${percent}, ${spreadText(before, unit)} → ${spreadText(after, unit)}`;
}

function spreadText({ median, min, max }: Spread, unit: Unit): string {
  const text = (value: number) => (unit === 'ns' ? shortLatencyText(value) : countText(Math.round(value)));
  return `${text(median)} (${text(min)} to ${text(max)})`;
}
