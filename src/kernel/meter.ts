// Brings what the kernel has counted to whoever keeps books of it: devices, their counts, their drops.
// In: mapped memory. Out: increments to every open ledger, and how many packets wait now.
import type { DropReasons } from '../host/dropReasons.js';
import type { IsWanted } from '../measure/devicePatterns.js';
import type { Ledger } from '../measure/increment.js';
import type { InFlightOf, IntervalLedger } from '../measure/intervalLedger.js';
import { type Segment, segmentsOf } from '../measure/segments.js';
import { Announcements } from './announcements.js';
import type { Attachment } from './attachment.js';
import { Control } from './control.js';
import { DeviceCache } from './deviceCache.js';
import { type Device, DeviceTable, shardOf } from './deviceTable.js';
import { Drops } from './drops.js';
import { InFlight } from './inFlight.js';
import { ShardPool } from './shardPool.js';
import { type Depth, Shards } from './shards.js';
import { Sight } from './sight.js';

export interface MeterOptions {
  /** Whether a device of this name in this namespace is to be measured. */
  readonly isWanted: IsWanted;
  readonly netnsName: (inum: number) => string;
  readonly dropReasons: DropReasons;
}

/** How the shards of a device are read. */
interface Collecting {
  /** Stamps that were taken out of the table, by shard. */
  readonly swept?: ReadonlyMap<number, number>;
  readonly depth?: Depth;
  readonly tell?: (shard: number, started: number, ended: number) => void;
}

export class Meter {
  readonly control: Control;
  readonly #shards: Shards;
  readonly #inFlight: InFlight;
  readonly #drops: Drops;
  readonly #dropReasons: DropReasons;
  readonly #sight: Sight;
  readonly #table: DeviceTable;
  readonly #ledgers = new Set<Ledger>();
  #announcedSeen = 0;

  constructor({ memory, sizes }: Attachment, { isWanted, netnsName, dropReasons }: MeterOptions) {
    this.control = new Control(memory.control);
    this.#shards = new Shards(memory, sizes);
    this.#inFlight = new InFlight(memory, sizes);
    this.#drops = new Drops(memory.drops);
    this.#dropReasons = dropReasons;
    this.#sight = new Sight(this.control);
    const parts = {
      announcements: new Announcements(memory.announcements),
      cache: new DeviceCache(memory.devices, memory.sightings, sizes.deviceEntries),
      pool: new ShardPool(sizes.shards),
      netnsName,
      look: (indices: readonly number[]) => this.#sight.look(indices),
    };
    this.#table = new DeviceTable(parts, isWanted);
  }

  /** Every device that is measured, and those gone in the last seconds. */
  get devices(): readonly Device[] {
    return this.#table.devices;
  }

  /** Devices that carried a packet, those that the patterns leave out included. */
  get seenNames(): readonly string[] {
    return this.#table.seenNames;
  }

  /** Devices that find no room now. */
  get devicesWithoutRoom(): number {
    return this.#table.turnedAway;
  }

  /** How often a device found no room, over this meter's life. */
  get devicesTurnedAway(): number {
    return this.#table.turnedAwayTotal;
  }

  /** From now on these devices are measured. */
  reconsider(isWanted: IsWanted): void {
    this.#table.reconsider(isWanted);
  }

  /** Takes in new devices: one load of a mapped word where nothing is new. @returns whether something was */
  learn(): boolean {
    const { announced } = this.control;
    if (announced === this.#announcedSeen) return false;
    this.#announcedSeen = announced;
    this.#table.learn();
    return true;
  }

  /** Follows renames and deletions, and gives up what devices long gone have held. */
  refresh(): void {
    this.learn();
    this.#table.refresh();
    const { rested } = this.#table;
    if (rested.length === 0) return;
    const purged = this.#inFlight.purge(new Set(rested.flatMap((device) => shardsOf(device))));
    for (const device of rested) {
      this.#collectDevice(device, { swept: purged });
      for (const shard of shardsOf(device)) {
        this.#shards.clear(shard);
        this.#drops.clear(shard);
      }
      this.#table.giveUp(device);
    }
  }

  /** From now on the ledger gets all that is counted. */
  open(ledger: Ledger): void {
    this.collect();
    this.#ledgers.add(ledger);
  }

  /** Opens an interval: what is under way is carried over into it. */
  openInterval(ledger: IntervalLedger): void {
    this.collect();
    this.continueInterval(ledger);
  }

  /** Opens an interval as of the last reading: right behind one that ended with it, nothing falls between the two. */
  continueInterval(ledger: IntervalLedger): void {
    this.#ledgers.add(ledger);
    for (const { device, segment, shard } of this.#segments()) {
      const packets = this.#shards.outstanding(shard);
      if (packets > 0) ledger.carry(device, segment, packets);
    }
  }

  close(ledger: Ledger): void {
    this.#ledgers.delete(ledger);
  }

  /** Brings all ledgers up to date. */
  collect(): void {
    for (const device of this.#table.devices) this.#collectDevice(device);
  }

  /** Packets that wait now, counted in the table. Brings the ledgers up to date, but for what a quick reading misses. */
  countInFlight(): InFlightOf {
    const { waiting, swept } = this.#inFlight.count();
    for (const device of this.#table.devices) this.#collectDevice(device, { swept, depth: 'quick' });
    return (device, segment) => waiting.get(shardOf(device as Device, segment) ?? -1) ?? 0;
  }

  /**
   * As countInFlight(), but under traffic too every line of an interval read right after it adds up: packets come and
   * go while the table is counted, so the count is held against the counters before and after it, and where
   * it lies between them, theirs is taken. Where it doesn't, stamps were lost, and the line is left to show it.
   */
  settleInFlight(): InFlightOf {
    this.collect();
    const before = new Map(this.#segments().map(({ shard }) => [shard, this.#shards.outstanding(shard)]));
    const { waiting, swept } = this.#inFlight.count();
    const settled = new Map<number, number>();
    for (const device of this.#table.devices)
      this.#collectDevice(device, {
        swept,
        tell: (shard, started, ended) => {
          const counted = waiting.get(shard) ?? 0;
          const outstanding = before.get(shard) ?? 0;
          const isExplained = outstanding - ended <= counted && counted <= outstanding + started;
          settled.set(shard, isExplained ? this.#shards.outstanding(shard) : counted);
        },
      });
    return (device, segment) => settled.get(shardOf(device as Device, segment) ?? -1) ?? 0;
  }

  /** Whether a packet is under way on any device. */
  isAnyWaiting(): boolean {
    return this.#inFlight.isAnyWaiting();
  }

  /** Sets all to zero and forgets who kept books. Only while nothing is measured. */
  reset(): void {
    this.#ledgers.clear();
    this.#shards.reset();
    this.#drops.reset();
    this.#inFlight.reset();
  }

  end(): void {
    this.#sight.close();
  }

  #segments() {
    return this.#table.devices.flatMap((device) =>
      segmentsOf(device.kind).flatMap((segment) => {
        const shard = shardOf(device, segment);
        return shard === null ? [] : { device, segment, shard };
      }),
    );
  }

  #collectDevice(device: Device, { swept, depth, tell }: Collecting = {}): void {
    for (const segment of segmentsOf(device.kind)) {
      const shard = shardOf(device, segment);
      if (shard === null) continue;
      const increment = this.#shards.collect(shard, swept?.get(shard), depth);
      if (increment) for (const ledger of this.#ledgers) ledger.add(device, segment, increment);
      const { started = 0, matched = 0, dropped = 0, expired = 0, evicted = 0 } = increment ?? {};
      tell?.(shard, started, matched + dropped + expired + evicted);
      this.#drops.collect(shard, (reason, count) => {
        for (const ledger of this.#ledgers) ledger.addDrops(device, this.#dropReasons.nameOf(reason), count);
      });
    }
  }
}

function shardsOf(device: Device): number[] {
  return segmentsOf(device.kind).flatMap((segment: Segment) => shardOf(device, segment) ?? []);
}
