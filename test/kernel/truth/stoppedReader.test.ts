// A reader that stands still for 200 ms: the ring of the device it reads shows it, and nothing else does.
// Catches: stamps that end at another hook than the read, that are overwritten by the packet written back (it
// gets the address of the packet just read), or that outlive their packet's drop and match a later one.
import { buildPath } from '../../../src/bench/buildPath.js';
import { offerLoad } from '../../../src/bench/load/offerLoad.js';
import type { PathName } from '../../../src/bench/path.js';
import { startMeasuring } from '../../../src/bench/startMeasuring.js';
import { kernelTest } from '../support/kernelTest.js';
import {
  accountsOf,
  assertBalanced,
  assertOrdinary,
  describeWaits,
  dropsOn,
  segmentsBut,
  waitsOf,
} from '../support/lines.js';
import type { Need } from '../support/needs.js';
import { pauseProcess } from '../support/pausing.js';
import { untilStarted } from '../support/waiting.js';

const pauseMs = 200;
/** From the signal to the last packet that was held up: to run again, and to empty the ring. */
const recoveryNs = 60e6;
/** The load is under way before the reader stops. */
const packetsBefore = 1_000;

interface Case {
  readonly path: PathName;
  readonly needs: readonly Need[];
  readonly reader: string;
  /** Enough to overflow the ring within the pause, and little enough for the reader otherwise. */
  readonly packetsPerSecond: number;
}

const cases: readonly Case[] = [
  { path: 'tun', needs: ['tun'], reader: 'forwarder', packetsPerSecond: 20_000 },
  { path: 'tap', needs: ['tun', 'guest'], reader: 'QEMU', packetsPerSecond: 10_000 },
];

for (const { path: name, needs, reader, packetsPerSecond } of cases) {
  kernelTest(
    `${reader} stopped for ${pauseMs} ms shows in the ring of ${name}0 alone`,
    needs,
    async (t, scope) => {
      const path = await buildPath(name, scope);
      const measurement = await startMeasuring([path], scope);
      const [entry, exit] = path.devices.map(({ device }) => device);
      if (entry === undefined || exit === undefined || path.middlePid === null) return t.fail();

      const pauseUnderLoad = async (pid: number) => {
        await untilStarted(measurement, entry, 'ring', packetsBefore, scope);
        return await pauseProcess(pid, pauseMs, scope);
      };
      const [{ generator, sink }, pause] = await Promise.all([
        offerLoad(path, { packetsPerSecond, durationSeconds: 1, frameBytes: 64 }, scope),
        pauseUnderLoad(path.middlePid),
      ]);
      await measurement.finish();
      const snapshot = measurement.snapshot();
      t.log(
        `stopped for ${pause.atLeastNs} to ${pause.atMostNs} ns, sent up to ${generator.latestMs} ms late\n${describeWaits(snapshot)}`,
      );

      const ring = waitsOf(snapshot, entry, 'ring');
      // The first packet may have been due before the stop; the generator, off its CPU once it has looked at the
      // clock, sends that one late and finds only the next one late.
      const firstPacketNs = (3 * 1e9) / packetsPerSecond + generator.latestMs * 1e6;
      t.true(ring.maxNs >= pause.atLeastNs - firstPacketNs, `${ring.maxNs} ns is less than the stop`);
      t.true(ring.maxNs <= pause.atMostNs + recoveryNs, `${ring.maxNs} ns is more than the stop explains`);
      for (const { device, segment, maxNs } of segmentsBut(snapshot, entry, 'ring'))
        t.true((maxNs ?? 0) < pause.atLeastNs / 2, `${device} ${segment} shows ${maxNs} ns`);

      assertBalanced(t, snapshot);
      for (const line of snapshot.accounting) assertOrdinary(t, line);
      t.true(dropsOn(snapshot, [entry], 'FULL_RING') > 0, 'the ring overflowed within the pause');
      t.is(accountsOf(snapshot, entry, 'ring').dropped, dropsOn(snapshot, [entry], 'FULL_RING'));
      t.is(accountsOf(snapshot, entry, 'ring').started, generator.sent);
      t.is(accountsOf(snapshot, exit, 'backlog').matched, sink.received + sink.socketDrops);
    },
  );
}
