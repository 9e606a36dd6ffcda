// bench:curves with the real service: each size has its point, and nothing stays. No figure is judged.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { Point } from '../../../src/bench/curves/figures.js';
import { netnsOf, realTest } from '../realHost.js';

const main = fileURLToPath(new URL('../../../src/bench/curves/main.js', import.meta.url));

realTest('veth', 'bench:curves watches the service on a host of so many devices', async (t) => {
  const args = ['--seconds', '3', '--most', '30', '--json'];
  const child = spawn(process.execPath, [main, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const [output, messages] = [text(child.stdout), text(child.stderr)];
  const [status] = (await once(child, 'close')) as [number | null];
  t.deepEqual([status, await messages], [0, '']);
  const points = JSON.parse(await output) as Point[];
  t.deepEqual(
    points.map(({ devices, deviceSegments }) => [devices, deviceSegments]),
    [
      [10, 10],
      [30, 30],
    ],
  );
  for (const point of points) {
    t.true(point.residentBytes > 0);
    t.true(point.scrapeSeconds > 0);
    t.true(point.cpuSecondsASecond >= 0);
  }
  t.deepEqual(netnsOf(child.pid ?? 0), []);
});
