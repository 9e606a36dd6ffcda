// Follows sampled packets over the devices that a meter knows: the ring's events become legs between devices.
import { setTimeout as sleep } from 'node:timers/promises';
import { Journeys, type JourneysOptions } from '../journey/journeys.js';
import type { DeviceOf, LegBooks } from '../journey/legBooks.js';
import { LegInterval } from '../journey/legInterval.js';
import { LegLedger } from '../journey/legLedger.js';
import type { IsWanted } from '../measure/devicePatterns.js';
import type { JourneyTotals } from '../measure/snapshot.js';
import type { Attachment } from './attachment.js';
import type { Device } from './deviceTable.js';
import { EventRing } from './eventRing.js';
import type { Meter } from './meter.js';

/** A third of a second of 100,000 packets a second over four hooks. */
export const followingRingBytes = 4 * 1024 * 1024;
const finishStepMs = 20;

export class Follower {
  readonly #meter: Meter;
  readonly #journeys: Journeys;
  readonly #quietMs: number;
  /** By the number that events have of them. */
  #devices: ReadonlyMap<number, Device> = new Map();

  /** From now on packets are sampled. The attachment's ring has followingRingBytes or more. */
  constructor({ memory }: Attachment, meter: Meter, options: JourneysOptions) {
    this.#meter = meter;
    this.#quietMs = options.quietMs;
    this.#journeys = new Journeys(new EventRing(memory.events), meter.control, options);
  }

  /** Takes in what the ring holds; to be called before it is full. @returns how many events */
  poll(): number {
    const before = this.#devices;
    // Of devices that are gone nothing comes any more long before others get their numbers.
    this.#devices = new Map(this.#meter.devices.map((device) => [device.firstShard, device]));
    for (const [number, device] of before)
      if (this.#devices.get(number) !== device) this.#journeys.reassign(number);
    return this.#journeys.poll();
  }

  /** Ends what is over; to be called a few times a second. */
  expire(): void {
    this.#journeys.expire();
  }

  /** Books in which all legs are entered from now on, as long as this follows. */
  add<Books extends LegBooks>(make: (deviceOf: DeviceOf) => Books): Books {
    const books = make((number) => this.#devices.get(number) ?? null);
    this.#journeys.add(books);
    return books;
  }

  /** From now on, between devices that are wanted. */
  openInterval(isWanted: IsWanted = () => true): LegInterval {
    const ledger = this.add(
      (deviceOf) =>
        new LegLedger((number) => {
          const device = deviceOf(number);
          return device && isWanted(device.netns, device.name) ? device : null;
        }),
    );
    return new LegInterval(
      ledger,
      () => this.totals,
      () => this.#journeys.remove(ledger),
    );
  }

  /** All so far. */
  get totals(): JourneyTotals {
    return this.#journeys.totals;
  }

  /** Begins no more journeys and ends those under way, when they are quiet. */
  async finish(): Promise<void> {
    // What the ring holds has begun before.
    this.poll();
    this.#journeys.close();
    for (let waitedMs = 0; waitedMs <= this.#quietMs; waitedMs += finishStepMs) {
      this.poll();
      this.expire();
      if (!this.#journeys.isAnyUnderWay) break;
      await sleep(finishStepMs);
    }
    this.end();
  }

  /** Samples no more, at once. */
  end(): void {
    this.#journeys.end();
  }
}
