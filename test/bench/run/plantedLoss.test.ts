// A packet filter that drops each hundredth packet: the run finds the loss, its device and its reason, and diagnose names it.
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
import { planOver } from './planning.js';

const load = { packetsPerSecond: 20_000, durationSeconds: 5, sizes: oneSize(64), flows: 1, burst: 1 };
/** By its whole name: a package of npm has one that is called the same. */
const nft = '/usr/sbin/nft';
/** Where packets come in at the sink; each hundredth, not one in a hundred by chance. */
const dropHundredth =
  'add table netdev planted; ' +
  'add chain netdev planted loss { type filter hook ingress device "veth1" priority 0; }; ' +
  'add rule netdev planted loss ip protocol udp numgen inc mod 100 0 drop';

realTest(
  'veth',
  'a loss of one packet in a hundred is found, placed and blamed',
  async (t, scope) => {
    const path = await buildPath('veth', scope);
    await runCommand('ip', ['netns', 'exec', path.sinkNetns, nft, dropHundredth]);
    let result: PathResult = { ...samplePath('veth', [1]), ceiling: null, tail: null, cpu: null };
    await measurePath(path, planOver('veth', { load, repeats: 2 }), 1e6, scope, (part) => {
      result = { ...result, ...part };
    });
    const atRate = result.tail?.atRate;
    const [sent, lost] = (['sent', 'lost'] as const).map((what) =>
      (atRate?.repeats ?? []).reduce((sum, { trial }) => sum + trial[what], 0),
    );
    t.log(JSON.stringify({ sent, lost, drops: atRate?.drops }));
    const ratio = (lost ?? 0) / (sent ?? 1);
    t.true(ratio > 0.009 && ratio < 0.011, `${ratio}`);
    // Every packet that did not come is one of these.
    t.is(atRate?.drops.length, 1, JSON.stringify(atRate?.drops));
    t.like(atRate?.drops[0], { netns: 'sink', device: 'veth1', reason: 'NETFILTER_DROP', count: lost });
    const [finding] = findingsOf(evidenceOf(sampleResult({ paths: [result] })));
    t.is(finding?.area, 'loss');
    t.true(Math.abs((finding?.share ?? 0) - ratio) < 1e-9);
    t.regex(finding?.what ?? '', /sink\/veth1.*a packet filter dropped them/);
    t.regex(finding?.remedy ?? '', /nft list ruleset/);
  },
  ['nft'],
);
