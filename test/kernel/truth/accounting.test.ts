// Under a load that overflows what can overflow, nothing is lost from the books: on every line the starts equal
// the outcomes, and at both ends they equal what the generator sent and the sink counted. Catches: an outcome
// counted twice or not at all, a drop without its reason, an in-flight count that is got by subtraction.
import { buildPath } from '../../../src/bench/buildPath.js';
import { offerLoad } from '../../../src/bench/load/offerLoad.js';
import type { BuiltPath, PathName } from '../../../src/bench/path.js';
import { startMeasuring } from '../../../src/bench/startMeasuring.js';
import { bpfObjectPaths, type Claiming } from '../../../src/kernel/bpfObjects.js';
import { imbalance } from '../../../src/measure/accounting.js';
import type { Snapshot } from '../../../src/measure/snapshot.js';
import { kernelTest } from '../support/kernelTest.js';
import { accountsOf, assertBalanced, assertOrdinary, dropsOn } from '../support/lines.js';
import type { Need } from '../support/needs.js';
import { addVethPair } from '../support/secondVeth.js';

const namesOf = ({ devices }: BuiltPath): string[] => devices.map(({ device }) => device);
const lostIn = (snapshot: Snapshot, path: BuiltPath): number => dropsOn(snapshot, namesOf(path));
const arrivedOn = (snapshot: Snapshot, path: BuiltPath): number =>
  accountsOf(snapshot, namesOf(path).at(-1) ?? '', 'backlog').matched;

const claimings = Object.keys(bpfObjectPaths) as Claiming[];

/** `lossless`: nothing but the kernel loses packets there; what a guest loses inside, the host can't see. */
const cases: readonly { path: PathName; needs: readonly Need[]; rate: number; lossless: boolean }[] = [
  { path: 'veth', needs: [], rate: 150_000, lossless: true },
  { path: 'tun', needs: ['tun'], rate: 250_000, lossless: true },
  { path: 'tap', needs: ['tun', 'guest'], rate: 100_000, lossless: false },
];

for (const { path: name, needs, rate, lossless } of cases)
  kernelTest(
    `the books of a loaded ${name} path balance, and agree with both ends`,
    needs,
    async (t, scope) => {
      const path = await buildPath(name, scope);
      const measurement = await startMeasuring([path], scope);
      const load = { packetsPerSecond: rate, durationSeconds: 1, frameBytes: 64 };
      const { generator, sink } = await offerLoad(path, load, scope);
      await measurement.finish();
      const snapshot = measurement.snapshot();
      const lost = generator.sent - sink.received - sink.socketDrops;
      t.log(`${generator.sent} sent, ${lost} lost: ${JSON.stringify(snapshot.drops)}`);

      assertBalanced(t, snapshot);
      for (const line of snapshot.accounting) assertOrdinary(t, line);
      t.is(accountsOf(snapshot, namesOf(path)[0] ?? '', 'driver').started, generator.sent);
      t.is(arrivedOn(snapshot, path), sink.received + sink.socketDrops);
      if (lossless) t.is(lostIn(snapshot, path), lost);
      else t.true(lostIn(snapshot, path) <= lost);
    },
  );

for (const claiming of claimings)
  kernelTest(
    `two CPUs that insert at once lose nothing by ${claiming}: two veth pairs and a tun at full speed`,
    ['tun', 'twoCpus'],
    async (t, scope) => {
      const tun = await buildPath('tun', scope);
      const paths = [tun, await buildPath('veth', scope), await addVethPair(tun, scope)];
      const measurement = await startMeasuring(paths, scope, { objectPath: bpfObjectPaths[claiming] });
      const load = { packetsPerSecond: 250_000, durationSeconds: 3, frameBytes: 64 };
      const loads = await Promise.all(paths.map((path) => offerLoad(path, load, scope)));
      await measurement.finish();
      const snapshot = measurement.snapshot();

      assertBalanced(t, snapshot);
      for (const line of snapshot.accounting) assertOrdinary(t, line);
      for (const [index, { generator, sink }] of loads.entries()) {
        const path = paths[index] ?? t.fail();
        const arrived = sink.received + sink.socketDrops;
        t.log(`${namesOf(path)}: ${generator.sent} sent, ${arrived} arrived`);
        t.is(arrivedOn(snapshot, path), arrived);
        t.is(lostIn(snapshot, path), generator.sent - arrived);
      }
    },
  );

for (const claiming of claimings)
  kernelTest(
    `a table with room for few packets, claimed by ${claiming}, says what it turned away`,
    ['tun'],
    async (t, scope) => {
      const path = await buildPath('tun', scope);
      const measurement = await startMeasuring([path], scope, {
        limits: { inFlightPackets: 16 },
        objectPath: bpfObjectPaths[claiming],
      });
      // The ring alone holds hundreds of packets at this rate.
      await offerLoad(path, { packetsPerSecond: 250_000, durationSeconds: 1, frameBytes: 64 }, scope);
      await measurement.finish();
      const snapshot = measurement.snapshot();
      const ring = accountsOf(snapshot, 'tun0', 'ring');
      t.log(JSON.stringify(ring));
      t.true(ring.evicted > 0);
      for (const line of snapshot.accounting) t.is(imbalance(line), 0, JSON.stringify(line));
    },
  );
