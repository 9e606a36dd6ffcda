// An interval of the running service: opened on the meter at some moment, closed at a later one, then worked out.
import { setImmediate as otherWork } from 'node:timers/promises';
import { readHostFacts } from '../src/host/facts.js';
import type { LegInterval } from '../src/journey/legInterval.js';
import type { Attachment } from '../src/kernel/attachment.js';
import type { Meter } from '../src/kernel/meter.js';
import { geometryOf } from '../src/kernel/sizes.js';
import { assembleSnapshot, hasSamples } from '../src/measure/assemble.js';
import { figuresOf } from '../src/measure/histogram.js';
import { type InFlightOf, IntervalLedger, type IntervalLimits } from '../src/measure/intervalLedger.js';
import type { Reading, SegmentReading } from '../src/measure/reading.js';
import type { Figures, Snapshot } from '../src/measure/snapshot.js';

/** What has been counted between open and close, ready to be worked out. */
export interface ClosedInterval {
  readonly reading: Reading;
  readonly startedAt: Date;
  readonly durationSeconds: number;
  /** null: no packet is followed. */
  readonly legs: LegInterval | null;
}

export class Interval {
  readonly #meter: Meter;
  readonly #ledger: IntervalLedger;
  readonly #startedAt = new Date();
  readonly #startedMs = performance.now();
  readonly #unlearnedBefore: number;
  readonly #legs: LegInterval | null;

  /** @param legs opened with it */
  constructor(meter: Meter, limits: IntervalLimits, legs: LegInterval | null) {
    this.#meter = meter;
    this.#ledger = new IntervalLedger(limits);
    this.#unlearnedBefore = meter.control.unlearnedHookRuns;
    this.#legs = legs;
    try {
      meter.openInterval(this.#ledger);
    } catch (error) {
      this.abandon();
      throw error;
    }
  }

  /** Of memory that its books take, roughly. */
  get bytes(): number {
    return this.#ledger.bytes + (this.#legs?.bytes ?? 0);
  }

  /** Ends the interval with a count of what is under way. */
  close(): ClosedInterval {
    return this.#closeWith(this.#meter.settleInFlight());
  }

  /**
   * Ends the interval as of the meter's last reading, without a count of what is under way. Opening another
   * interval is such a reading: so they follow each other without a gap.
   */
  closeAsRead(): ClosedInterval {
    return this.#closeWith(() => 0);
  }

  /** Nobody wants it any more. */
  abandon(): void {
    this.#meter.close(this.#ledger);
    this.#legs?.close();
  }

  #closeWith(inFlightOf: InFlightOf): ClosedInterval {
    const durationSeconds = (performance.now() - this.#startedMs) / 1_000;
    this.#meter.close(this.#ledger);
    this.#legs?.close();
    const reading = {
      devices: this.#ledger.reading(inFlightOf),
      unlearnedHookRuns: this.#meter.control.unlearnedHookRuns - this.#unlearnedBefore,
      devicesTurnedAway: this.#meter.devicesWithoutRoom + this.#ledger.devicesTurnedAway,
    };
    return { reading, startedAt: this.#startedAt, durationSeconds, legs: this.#legs };
  }
}

/** Works the figures out bit by bit: a scrape that comes meanwhile waits for those of one segment, not of all. */
export async function snapshotOf(
  { reading, startedAt, durationSeconds, legs }: ClosedInterval,
  { libbpf, hooks, sizes }: Attachment,
): Promise<Snapshot> {
  const figures = new Map<SegmentReading, Figures>();
  for (const device of reading.devices)
    for (const segment of device.segments.filter(hasSamples)) {
      figures.set(segment, figuresOf(segment.latency));
      await otherWork();
    }
  const host = readHostFacts(libbpf);
  const geometry = geometryOf(sizes);
  const circumstances = { startedAt, durationSeconds, host, geometry, hooks, ...legs?.read() };
  return assembleSnapshot(reading, circumstances, (s) => figures.get(s) ?? figuresOf(s.latency));
}
