// The composition root of `vifscope trace`: attach with what tracing needs → thresholds, events, slow packets.
import { dropReasonsOf } from './host/dropReasons.js';
import { readPossibleCpus } from './host/facts.js';
import { readKernelBtf } from './host/kernelBtf.js';
import { NetnsNames } from './host/netnsNames.js';
import { requireKernelSupport } from './host/requirements.js';
import { Sampling, sampleUpTo } from './journey/sampling.js';
import { type Attachment, attachHere } from './kernel/attachment.js';
import { type Device, shardOf } from './kernel/deviceTable.js';
import { EventRing } from './kernel/eventRing.js';
import { followingRingBytes } from './kernel/follower.js';
import { Meter } from './kernel/meter.js';
import { OutlierRing } from './kernel/outlierRing.js';
import { sizesFor } from './kernel/sizes.js';
import { Watches } from './kernel/watches.js';
import { wantedBy } from './measure/devicePatterns.js';
import { segmentsOf } from './measure/segments.js';
import { RecentEvents } from './trace/recentEvents.js';
import { type ReportedPacket, reportOf } from './trace/report.js';
import { RunningThresholds } from './trace/runningThresholds.js';
import { SlowPackets } from './trace/slowPackets.js';

/** How often poll() is to be called. */
export const tracePollMs = 20;
const secondMs = 1_000;

export interface TraceOptions {
  /** Globs over "name" and "netns/name"; none means every device. */
  readonly include: readonly string[];
  /** null: each segment's running p99.9. */
  readonly slowerThanNs: number | null;
}

export interface TraceSummary {
  /** Waits that were longer than their threshold. */
  readonly seen: number;
  /** Of those: not told of, since their device had told of as many as it may; by "netns/name". */
  readonly turnedAway: ReadonlyMap<string, number>;
  /** Of those: the ring had no room. */
  readonly lost: number;
}

export class Tracer {
  readonly #attachment: Attachment;
  readonly #meter: Meter;
  readonly #slowerThanNs: number | null;
  readonly #thresholds: RunningThresholds;
  readonly #watches: Watches;
  readonly #outliers: OutlierRing;
  readonly #events: EventRing;
  readonly #recent = new RecentEvents();
  readonly #packets = new SlowPackets(this.#recent);
  readonly #sampling: Sampling;
  /** By first shard; those gone stay, for what is told of them later. */
  readonly #devices = new Map<number, Device>();
  readonly #peers = new Map<number, Device>();
  readonly #turnedAway = new Map<string, number>();
  #told = 0;
  #secondMs = Number.NEGATIVE_INFINITY;

  /** Attaches and begins. @throws VifscopeError UNSUPPORTED_HOST or LIBRARY_MISSING */
  constructor({ include, slowerThanNs }: TraceOptions) {
    requireKernelSupport();
    const nowMs = performance.now();
    const sizes = sizesFor(readPossibleCpus(), { eventBytes: followingRingBytes, isTracing: true });
    const names = new NetnsNames();
    const dropReasons = dropReasonsOf(readKernelBtf());
    this.#slowerThanNs = slowerThanNs;
    this.#attachment = attachHere({ sizes });
    const { memory } = this.#attachment;
    this.#meter = new Meter(this.#attachment, {
      isWanted: wantedBy(include, []),
      netnsName: (inum) => names.nameOf(inum),
      dropReasons,
    });
    this.#watches = new Watches(memory.watches);
    this.#outliers = new OutlierRing(memory.outliers);
    this.#events = new EventRing(memory.events);
    this.#thresholds = new RunningThresholds(nowMs);
    this.#meter.open(this.#thresholds);
    this.#sampling = new Sampling(1, this.#meter.control.eventsLost, nowMs);
    this.#meter.control.sampleUpTo = sampleUpTo(this.#sampling.every);
    this.#meter.control.phase = 'measuring';
  }

  get devices(): readonly Device[] {
    return this.#meter.devices;
  }

  /** Devices that carried a packet, those that the patterns leave out included. */
  get seenNames(): readonly string[] {
    return this.#meter.seenNames;
  }

  /** One packet in so many is followed from device to device. */
  get every(): number {
    return this.#sampling.every;
  }

  /**
   * The slow packets whose way is over; to be called every tracePollMs.
   * @param isLast also those whose way may go on: nobody will ask again
   */
  poll(isLast = false): ReportedPacket[] {
    const nowMs = performance.now();
    const isSecond = nowMs - this.#secondMs >= secondMs;
    if (isSecond) this.#eachSecond(nowMs);
    if (this.#meter.learn() || isSecond) this.#setThresholds();
    // A packet's events are written before what is told of its wait: read the other way round, none of them is missing.
    const outliers = this.#outliers.read();
    this.#events.read((timeNs, contentHigh, contentLow, device, point) =>
      this.#recent.add(timeNs, contentHigh, contentLow, device, point),
    );
    if (this.#sampling.adapt(this.#meter.control.eventsLost, nowMs))
      this.#meter.control.sampleUpTo = sampleUpTo(this.#sampling.every);
    for (const outlier of outliers) {
      this.#told += 1;
      this.#packets.add(outlier);
    }
    for (const [firstShard, device] of this.#devices) this.#settle(firstShard, device);
    const nowNs = Number(process.hrtime.bigint());
    const wallOffsetMs = Date.now() - nowNs / 1e6;
    return this.#packets.take(isLast ? Number.POSITIVE_INFINITY : nowNs).map((packet) =>
      reportOf(packet, {
        nameOf: (number) => nameOf(this.#devices.get(number) ?? this.#peers.get(number)),
        wallMs: (timeNs) => timeNs / 1e6 + wallOffsetMs,
      }),
    );
  }

  get summary(): TraceSummary {
    const lost = this.#meter.control.outliersLost;
    const turnedAway = [...this.#turnedAway.values()].reduce((sum, packets) => sum + packets, 0);
    return { seen: this.#told + turnedAway + lost, turnedAway: this.#turnedAway, lost };
  }

  close(): void {
    this.#meter.control.phase = 'off';
    this.#meter.end();
    this.#attachment.close();
  }

  #eachSecond(nowMs: number): void {
    this.#secondMs = nowMs;
    this.#meter.refresh();
    this.#meter.collect();
    this.#thresholds.fade(nowMs, this.#meter.devices);
  }

  #setThresholds(): void {
    for (const device of this.#meter.devices) {
      if (this.#devices.get(device.firstShard) !== device) this.#admit(device);
      // A packet's way leads over the other end of a pair too.
      if (device.peer) this.#peers.set(device.peer.firstShard, device.peer);
      for (const segment of segmentsOf(device.kind)) {
        const shard = shardOf(device, segment);
        if (shard === null) continue;
        const ns = this.#slowerThanNs ?? this.#thresholds.thresholdNs(device, segment);
        this.#watches.setThreshold(shard, ns);
      }
    }
  }

  /** Its shards may have been another's. */
  #admit(device: Device): void {
    for (const segment of segmentsOf(device.kind)) {
      const shard = shardOf(device, segment);
      if (shard !== null) this.#watches.clear(shard);
    }
    this.#watches.open(device.firstShard);
    this.#devices.set(device.firstShard, device);
  }

  /** Counts what the limit has turned away, and lets the device tell of more. */
  #settle(firstShard: number, device: Device): void {
    const more = this.#watches.takeTurnedAway(firstShard);
    this.#watches.refill(firstShard);
    if (more === 0) return;
    const name = `${device.netns}/${device.name}`;
    this.#turnedAway.set(name, (this.#turnedAway.get(name) ?? 0) + more);
  }
}

const nameOf = (device: Device | undefined) =>
  device ? { device: device.name, netns: device.netns } : { device: 'unknown', netns: 'unknown' };
