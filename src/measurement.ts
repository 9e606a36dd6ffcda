// The composition root: kernel hooks → mapped memory → readers → a snapshot. Used by every command that measures.
import { setTimeout as sleep } from 'node:timers/promises';
import { type DropReasons, dropReasonsOf } from './host/dropReasons.js';
import { readHostFacts, readPossibleCpus } from './host/facts.js';
import { readKernelBtf } from './host/kernelBtf.js';
import { NetnsNames } from './host/netnsNames.js';
import { requireKernelSupport } from './host/requirements.js';
import { Announcements } from './kernel/announcements.js';
import { type Attached, attachHooks, bpfObjectPath } from './kernel/attach.js';
import { Control } from './kernel/control.js';
import { DeviceCache } from './kernel/deviceCache.js';
import { type Device, DeviceTable } from './kernel/deviceTable.js';
import { dropsOf } from './kernel/drops.js';
import { type Hook, hookLines, measurableSegments } from './kernel/hooks.js';
import { InFlight } from './kernel/inFlight.js';
import { type KernelMemory, mapMemory, prepareMemory } from './kernel/memory.js';
import { readDevices } from './kernel/readDevices.js';
import { ShardPool } from './kernel/shardPool.js';
import { Shards } from './kernel/shards.js';
import { sightWith } from './kernel/sight.js';
import { type Limits, sizesFor } from './kernel/sizes.js';
import { libbpfVersion } from './libbpf/library.js';
import { assembleSnapshot } from './measure/assemble.js';
import { wantedBy } from './measure/devicePatterns.js';
import type { DeviceReading } from './measure/reading.js';
import type { Snapshot } from './measure/snapshot.js';

/** How soon a device is measured after its first packet. */
const learnIntervalMs = 10;
/** How soon a rename or deletion is noticed. */
const refreshIntervalMs = 1_000;
/** Far more often than a CPU's 32-bit counter can wrap. */
const collectIntervalMs = 60_000;
/** How long packets under way at the end are waited for; what waits longer is counted as in flight. */
const drainMs = 500;
const drainStepMs = 10;

export interface MeasurementOptions {
  /** Globs over "name" and "netns/name"; none means every device. */
  readonly include?: readonly string[];
  readonly exclude?: readonly string[];
  /** Hooks to leave out. */
  readonly without?: readonly Hook[];
  readonly limits?: Limits;
  readonly objectPath?: string;
}

export class Measurement {
  readonly #attached: Attached;
  readonly #memory: KernelMemory;
  readonly #control: Control;
  readonly #table: DeviceTable;
  readonly #shards: Shards;
  readonly #inFlight: InFlight;
  readonly #dropReasons: DropReasons;
  readonly #timers: NodeJS.Timeout[];
  #failure: { readonly error: unknown } | null = null;
  #isClosed = false;
  #announcedSeen = 0;
  #startedAt = new Date();
  #startedMs = performance.now();
  #durationSeconds = 0;

  /**
   * Attaches and starts measuring.
   * @throws VifscopeError UNSUPPORTED_HOST or LIBRARY_MISSING
   */
  static start(options: MeasurementOptions = {}): Measurement {
    requireKernelSupport();
    return new Measurement(options);
  }

  private constructor(options: MeasurementOptions) {
    const sizes = sizesFor(readPossibleCpus(), options.limits);
    this.#dropReasons = dropReasonsOf(readKernelBtf());
    this.#attached = attachHooks(
      options.objectPath ?? bpfObjectPath,
      (object, statuses) => prepareMemory(object, sizes, measurableSegments(statuses)),
      options.without,
    );
    this.#memory = mapMemory(this.#attached.object, sizes);
    this.#control = new Control(this.#memory.control);
    this.#shards = new Shards(this.#memory, sizes);
    this.#inFlight = new InFlight(this.#memory, sizes);
    const names = new NetnsNames();
    this.#table = new DeviceTable({
      announcements: new Announcements(this.#memory.announcements),
      cache: new DeviceCache(this.#memory.devices, this.#memory.sightings, sizes.deviceEntries),
      pool: new ShardPool(sizes.shards),
      isWanted: wantedBy(options.include ?? [], options.exclude ?? []),
      netnsName: (inum) => names.nameOf(inum),
      look: sightWith(this.#attached.object),
    });
    this.#timers = [
      this.#every(learnIntervalMs, () => this.#learn()),
      this.#every(refreshIntervalMs, () => this.#refresh()),
      this.#every(collectIntervalMs, () => this.#readDevices()),
    ];
    this.restart();
  }

  /** Every device met so far. */
  get devices(): readonly Device[] {
    this.#learn();
    return this.#table.devices;
  }

  /** Devices that carried a packet, those that the patterns leave out included. */
  get seenNames(): readonly string[] {
    return this.#table.seenNames;
  }

  /** Starts anew from zero with the devices known so far; exact if no packet is under way. */
  restart(): void {
    this.#control.phase = 'off';
    this.#table.forgetGone();
    this.#shards.reset();
    this.#inFlight.reset();
    this.#memory.drops.bytes.fill(0);
    this.#control.resetUnlearnedHookRuns();
    this.#startedAt = new Date();
    this.#startedMs = performance.now();
    this.#control.phase = 'measuring';
  }

  /** Stamps no more packets and waits, for half a second at most, until those under way have arrived. */
  async finish(): Promise<void> {
    this.#control.phase = 'draining';
    this.#durationSeconds = (performance.now() - this.#startedMs) / 1_000;
    for (let waitedMs = 0; waitedMs < drainMs; waitedMs += drainStepMs) {
      await sleep(drainStepMs);
      if (!this.#inFlight.isAnyWaiting()) break;
    }
    this.#control.phase = 'off';
    this.#refresh();
    if (this.#failure) throw this.#failure.error;
  }

  /** What was measured from the (re)start to finish(). */
  snapshot(): Snapshot {
    this.#learn();
    return assembleSnapshot(
      {
        devices: this.#readDevices(),
        unlearnedHookRuns: this.#control.unlearnedHookRuns,
        devicesTurnedAway: this.#table.turnedAway,
      },
      {
        startedAt: this.#startedAt,
        durationSeconds: this.#durationSeconds,
        host: readHostFacts(libbpfVersion()),
        hooks: hookLines(this.#attached.statuses),
      },
    );
  }

  /** Detaches and frees everything; nothing else may be asked of it afterwards. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    for (const timer of this.#timers) clearInterval(timer);
    this.#memory.unmap();
    this.#attached.object.close();
  }

  /** Nobody awaits a timer: its first failure is kept for finish() to throw. */
  #every(intervalMs: number, work: () => void): NodeJS.Timeout {
    return setInterval(() => {
      try {
        work();
      } catch (error) {
        this.#failure ??= { error };
      }
    }, intervalMs);
  }

  #readDevices(): readonly DeviceReading[] {
    return readDevices(this.#table.devices, {
      shards: this.#shards,
      inFlight: this.#inFlight.count(),
      dropsOf: (shard) => dropsOf(this.#memory.drops, shard, this.#dropReasons.nameOf),
    });
  }

  /** One load of a mapped word where nothing is new. */
  #learn(): void {
    const { announced } = this.#control;
    if (announced === this.#announcedSeen) return;
    this.#announcedSeen = announced;
    this.#table.learn();
  }

  #refresh(): void {
    this.#learn();
    this.#table.refresh();
  }
}
