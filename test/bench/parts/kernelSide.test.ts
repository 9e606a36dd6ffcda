// The verbs that bench:parts times do what they do for packets: what they count is there. No time is judged.
import { firstShard, KernelSide } from '../../../src/bench/parts/kernelSide.js';
import { timeParts } from '../../../src/bench/parts/rounds.js';
import { Shards } from '../../../src/kernel/shards.js';
import { kernelTest } from '../../kernel/support/kernelTest.js';

kernelTest('samples and starts are counted once a call, in all device-segments alike', [], (t, scope) => {
  const kernel = KernelSide.open(10, scope);
  const shards = new Shards(kernel.memory, kernel.sizes);
  kernel.run({ verb: 'start', shards: 10 }, 1_000);
  kernel.run({ verb: 'sample', shards: 10 }, 500);
  for (let at = 0; at < 10; at++) {
    const increment = shards.collect(firstShard + at);
    t.like(increment, { started: 100, matched: 50, unmatched: 0 });
    t.true((increment?.minNs ?? 0) >= 400 && (increment?.maxNs ?? Number.NaN) < 656);
  }
  t.is(shards.collect(firstShard), null);
  return Promise.resolve();
});

kernelTest('so many packets stay in flight as are asked for, run after run', [], (t, scope) => {
  const kernel = KernelSide.open(1, scope);
  const occupied = () => {
    const { words64 } = kernel.memory.inFlight;
    // A stamp is its key and its word; a key of 0 is free.
    return words64.filter((word, at) => at % 2 === 0 && word !== 0n).length;
  };
  for (const packets of [1, 100, 10_000]) {
    kernel.run({ verb: 'stamp', packets });
    const first = occupied();
    kernel.run({ verb: 'stamp', packets });
    t.is(occupied(), first, `${packets}`);
    t.true(first >= packets);
  }
  return Promise.resolve();
});

kernelTest('every verb and task has a time of every round', [], async (t, scope) => {
  const { verbs, tasks } = await timeParts(2, scope);
  for (const { ns } of [...verbs, ...tasks]) {
    t.is(ns.length, 2);
    t.true(ns.every((one) => Number.isFinite(one) && one >= 0));
  }
});
