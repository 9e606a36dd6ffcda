// The curves as text: no kernel needed.
import test from 'ava';
import { curvesText, type Point } from '../../../src/bench/curves/figures.js';

const point = (devices: number): Point => ({
  devices,
  deviceSegments: 2 * devices,
  residentBytes: 90e6 + devices * 1e5,
  cpuSecondsASecond: 0.004,
  scrapeSeconds: 0.0031,
});

test('a row a size, and a plot a curve', (t) => {
  const text = curvesText([point(10), point(100)]);
  t.true(text.includes('| 10 | 20 | 91 | 0.40 | 3.1 |\n| 100 | 200 | 100 | 0.40 | 3.1 |'));
  t.is(text.match(/^xychart-beta$/gm)?.length, 3);
  t.true(text.includes('  x-axis [10, 100]\n  line [91, 100]'));
});
