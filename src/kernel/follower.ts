// Follows sampled packets over the devices that a meter knows: the ring's events become legs between devices.
import { setTimeout as sleep } from 'node:timers/promises';
import { Journeys, type JourneysOptions } from '../journey/journeys.js';
import { LegLedger } from '../journey/legLedger.js';
import type { JourneySummary, LegLine } from '../measure/snapshot.js';
import type { Attachment } from './attachment.js';
import type { Device } from './deviceTable.js';
import { EventRing } from './eventRing.js';
import type { Meter } from './meter.js';

/** A third of a second of 100,000 packets a second over four hooks. */
export const followingRingBytes = 4 * 1024 * 1024;
const finishStepMs = 20;

/** The legs of an interval, and what they are drawn from. */
export interface Followed {
  readonly legs: readonly LegLine[];
  readonly journeys: JourneySummary;
}

export class Follower {
  readonly #meter: Meter;
  readonly #journeys: Journeys;
  readonly #quietMs: number;
  /** By the number that events have of them. */
  #devices: ReadonlyMap<number, Device> = new Map();

  /** From now on packets are sampled. The attachment's ring has followingRingBytes or more. */
  constructor({ memory, sizes }: Attachment, meter: Meter, options: JourneysOptions) {
    this.#meter = meter;
    this.#quietMs = options.quietMs;
    this.#journeys = new Journeys(new EventRing(memory.events, sizes.eventBytes), meter.control, options);
  }

  /** Takes in what the ring holds; to be called some fifty times a second. */
  poll(): void {
    const before = this.#devices;
    // Of devices that are gone nothing comes any more long before others get their numbers.
    this.#devices = new Map(this.#meter.devices.map((device) => [device.firstShard, device]));
    for (const [number, device] of before)
      if (this.#devices.get(number) !== device) this.#journeys.reassign(number);
    this.#journeys.poll();
  }

  /** Ends what is over; to be called a few times a second. */
  expire(): void {
    this.#journeys.expire();
  }

  /** An empty book in which all legs are entered from now on. */
  open(): LegLedger {
    const ledger = new LegLedger((number) => this.#devices.get(number) ?? null);
    this.#journeys.add(ledger);
    return ledger;
  }

  /** Nothing more is entered. */
  close(ledger: LegLedger): void {
    this.#journeys.remove(ledger);
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
    this.#journeys.end();
  }

  read(ledger: LegLedger): Followed {
    const { unreturnedPackets: unreturned } = ledger;
    return { legs: ledger.lines(), journeys: { ...this.#journeys.summary, unreturned } };
  }
}
