import { waitUntil } from '../../bench/realHost.js';
import { assertBalanced } from '../support/lines.js';
import { listen, sender } from './flow.js';
import { groundTest, ipBatch } from './ground.js';
import { leftAddress, pairCommands, rightAddress } from './links.js';

const pairs = 150;
const numbers = Array.from({ length: pairs }, (_, index) => index + 1);
/** Three a veth device, and the special ones. */
const shards = 3 * 2 * pairs + 2;

groundTest(
  '300 devices that appear at once are all learnt, and what went before is counted',
  async (t, ground) => {
    const [a, b] = [await ground.netns(), await ground.netns()];
    listen(ground, a);
    listen(ground, b);
    const measurement = ground.measure({ limits: { shards } });
    const commands = numbers.map((number) =>
      pairCommands({ left: `l${number}`, right: `r${number}`, leftNetns: a, rightNetns: b, number }),
    );
    await ipBatch(
      a,
      commands.flatMap(({ left }) => left),
    );
    await ipBatch(
      b,
      commands.flatMap(({ right }) => right),
    );
    const sends = numbers.flatMap((number) => [
      sender(ground, a, rightAddress(number)),
      sender(ground, b, leftAddress(number)),
    ]);
    const sendOneEach = () => {
      for (const send of sends) send(1);
    };

    // In one go, so that nothing can be learnt in between.
    sendOneEach();
    const hookRuns = measurement.snapshot().turnedAway.unlearnedHookRuns;
    t.true(hookRuns >= 2 * pairs, `${hookRuns} hook runs on devices not yet known are told of`);
    let rounds = 1;
    while (rounds < 5 && !(await waitUntil(() => measurement.devices.length === 2 * pairs, 0.3))) {
      sendOneEach();
      rounds += 1;
    }
    t.is(measurement.devices.length, 2 * pairs);
    t.log(`learnt after ${rounds} packets each`);

    measurement.restart();
    sendOneEach();
    await measurement.finish();
    const snapshot = measurement.snapshot();
    const backlogs = snapshot.accounting.filter((line) => line.segment === 'backlog');
    t.is(backlogs.length, 2 * pairs);
    t.deepEqual(
      backlogs.filter((line) => line.started !== 1 || line.matched !== 1 || line.unmatched !== 0),
      [],
    );
    t.is(snapshot.turnedAway.devices, 0);
    assertBalanced(t, snapshot);
  },
);
