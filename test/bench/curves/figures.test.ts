// The curves as text and in their document: no kernel needed.
import test from 'ava';
import { curvesText, type Point, withCurves } from '../../../src/bench/curves/figures.js';

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

test('new curves take the place of the old ones, and nothing else changes', (t) => {
  const document = (curves: string) =>
    `before\n\n<!-- bench:curves -->\n${curves}<!-- /bench:curves -->\n\nafter\n`;
  const once = withCurves(document(''), 'one\n');
  t.is(once, document('\none\n\n'));
  t.is(withCurves(once, 'two\n'), document('\ntwo\n\n'));
  t.throws(() => withCurves('no place', 'one'), { message: /no place for the curves/ });
});
