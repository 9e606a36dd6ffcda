import { setTimeout as sleep } from 'node:timers/promises';
import { buildPath } from '../../src/bench/buildPath.js';
import { Cleanup } from '../../src/bench/cleanup.js';
import { offerLoad, primePath } from '../../src/bench/load.js';
import { attachHere } from '../../src/kernel/attachment.js';
import { EventRing } from '../../src/kernel/eventRing.js';
import { Meter } from '../../src/kernel/meter.js';
import { sizesFor } from '../../src/kernel/sizes.js';
import * as abi from '../../src/abi/layout.js';
import { Correlator, type Point } from '../../src/journey/correlator.js';
import { LegLedger } from '../../src/journey/legLedger.js';
import { requireKernelSupport } from '../../src/host/requirements.js';

const cleanup = new Cleanup();
const scope = { cleanup, signal: new AbortController().signal, progress: console.log };
try {
  requireKernelSupport();
  const paths = [];
  for (const name of ['veth', 'tun', 'tap'] as const) paths.push(await buildPath(name, scope));
  const at = attachHere({ sizes: sizesFor(2, { eventBytes: 16 * 1024 * 1024 }) });
  cleanup.add('detach', () => at.close());
  const wanted = new Set(paths.flatMap((p) => p.devices.map((d) => `${d.netns}/${d.device}`)));
  const meter = new Meter(at, { isWanted: (n, d) => wanted.has(`${n}/${d}`), netnsName: (i) => `net:${i}`, dropReasons: { nameOf: String } as never });
  meter.reconsider(() => true);
  meter.control.phase = 'measuring';
  const timer = setInterval(() => { meter.learn(); }, 10);
  for (const p of paths) await primePath(p, scope);
  await sleep(300);
  const devices = () => new Map(meter.devices.map((d) => [d.firstShard, d]));
  const ledger = new LegLedger((n) => devices().get(n) ?? null);
  const correlator = new Correlator(ledger, { capacity: 65536, quietNs: 100e6 });
  const ring = new EventRing(at.memory.events, 16 * 1024 * 1024);
  const words = at.memory.control.words32;
  Atomics.store(words, abi.control.sampleUpTo.offset / 4, 0xffffffff);
  let events = 0; let us = 0; const seen = new Map<string, number>();
  const poll = setInterval(() => {
    const t = performance.now();
    events += ring.read((timeNs, h, l, d, p) => { const k=`${d}/${p}`; seen.set(k,(seen.get(k)??0)+1); correlator.add(timeNs, h, l, d, p as Point);});
    us += performance.now() - t;
    correlator.expire(Number(process.hrtime.bigint()));
  }, 20);
  for (const p of paths) {
    const r = await offerLoad(p, { packetsPerSecond: Number(process.argv[2] ?? 20000), durationSeconds: 2, frameBytes: 64 }, scope);
    console.log(p.name, r.generator.sent, r.sink.received);
  }
  await sleep(400);
  clearInterval(poll); clearInterval(timer);
  correlator.expire(Number.MAX_SAFE_INTEGER);
  console.log('events', events, 'ms', us.toFixed(1), 'lost', words[abi.control.eventsLost.offset / 4], 'without', words[abi.control.eventsWithoutContent.offset / 4], correlator.counts, Object.fromEntries(seen));
  for (const { histogram: _, ...line } of ledger.lines()) console.log(JSON.stringify(line));
} finally {
  await cleanup.run();
}
