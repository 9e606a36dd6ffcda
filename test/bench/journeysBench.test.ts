// bench:journeys on the real kernel: that what it plays back is what it has recorded, and that nothing is left behind. No
// speed is judged.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { JourneysFigures } from '../../src/bench/journeys/figures.js';
import { netnsOf, realTest } from './realHost.js';

const main = fileURLToPath(new URL('../../src/bench/journeys/main.js', import.meta.url));

realTest('tun', 'bench:journeys makes legs of each round of what it has recorded', async (t) => {
  const args = ['--rounds', '3', '--rate', '8000', '--seconds', '2', '--json'];
  const child = spawn(process.execPath, [main, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const [ended, output, messages] = [once(child, 'close'), text(child.stdout), text(child.stderr)];
  const [status] = await ended;
  t.deepEqual([status, await messages], [0, '']);
  const { rounds, eventsARound, eventsASecond, summary, legs } = JSON.parse(await output) as JourneysFigures;
  t.is(rounds, 3);
  t.true(eventsARound > 0 && eventsASecond.min > 0 && eventsASecond.min <= eventsASecond.max);
  const { begun, whole, partial, ambiguous, evicted } = summary;
  t.is(begun, whole + partial + ambiguous + evicted);
  // Two events a packet on the veth pair, four on the tuns; the first round is not among the three.
  t.true(begun >= eventsARound && whole > 0 && ambiguous > 0);
  t.true(legs >= whole);
  t.deepEqual(netnsOf(child.pid ?? 0), []);
});
