// A bucket too small for the load by one packet in a hundred, or by a few where the host pauses: the run finds the loss, its device and its reason, and diagnose names it.
// Catches: loss that is counted twice or not at all, placed on the other end, or blamed on something else.
import { buildPath } from '../../../src/bench/buildPath.js';
import { runCommand } from '../../../src/bench/command.js';
import { findingsOf } from '../../../src/bench/diagnose/findings.js';
import { evidenceOf } from '../../../src/bench/diagnose/ofResult.js';
import { oneSize } from '../../../src/bench/load/plan.js';
import type { PathResult } from '../../../src/bench/result/schema.js';
import { measurePath } from '../../../src/bench/run/measurePath.js';
import { realTest } from '../realHost.js';
import { samplePath, sampleResult } from '../sampleResult.js';
import { bucketOf, planOver } from './planning.js';

const load = { packetsPerSecond: 20_000, durationSeconds: 5, sizes: oneSize(64), flows: 1, burst: 1 };
/** Pauses of the host of 10 ms overflow neither: tokens that have no room are lost as packets are. */
const [queuePackets, burstPackets] = [200, 300];
/** What the queue and the bucket hold of an overload is not lost. */
const heldRatio = (queuePackets + burstPackets) / (load.packetsPerSecond * load.durationSeconds);
const carriedRatio = 1 - 0.01 - heldRatio;

realTest('veth', 'a loss of a few packets in a hundred is found, placed and blamed', async (t, scope) => {
  const path = await buildPath('veth', scope);
  const add = [
    'qdisc',
    'add',
    'dev',
    'veth0',
    'root',
    ...bucketOf(carriedRatio * load.packetsPerSecond, queuePackets, burstPackets),
  ];
  await runCommand('tc', ['-n', path.generatorNetns, ...add]);
  let result: PathResult = { ...samplePath('veth', [1]), ceiling: null, tail: null, cpu: null };
  await measurePath(
    path,
    planOver('veth', { load, repeats: 2 }),
    { single: 1e6, batch: 1e6 },
    scope,
    (part) => {
      result = { ...result, ...part };
    },
  );
  const atRate = result.tail?.atRate;
  const [sent, lost] = (['sent', 'lost'] as const).map((what) =>
    (atRate?.repeats ?? []).reduce((sum, { trial }) => sum + trial[what], 0),
  );
  t.log(JSON.stringify({ sent, lost, drops: atRate?.drops }));
  const ratio = (lost ?? 0) / (sent ?? 1);
  t.true(ratio > 0.008 && ratio < 0.05, `${ratio}`);
  // Every packet that did not come is one of these.
  t.deepEqual(atRate?.drops, [
    { netns: 'generator', device: 'veth0', place: 'qdisc', reason: 'QDISC_DROP', count: lost },
  ]);
  const [finding] = findingsOf(evidenceOf(sampleResult({ paths: [result] })));
  t.is(finding?.area, 'loss');
  t.true(Math.abs((finding?.share ?? 0) - ratio) < 1e-9);
  t.regex(finding?.what ?? '', /veth0.*queueing discipline was full/);
});
