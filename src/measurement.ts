// The composition root of commands that measure by themselves: attach → meter → one interval → a snapshot.
import { setTimeout as sleep } from 'node:timers/promises';
import { dropReasonsOf } from './host/dropReasons.js';
import { readHostFacts, readPossibleCpus } from './host/facts.js';
import { readKernelBtf } from './host/kernelBtf.js';
import { NetnsNames } from './host/netnsNames.js';
import { requireKernelSupport } from './host/requirements.js';
import type { JourneysOptions } from './journey/journeys.js';
import type { LegInterval } from './journey/legInterval.js';
import { type Attachment, attachHere } from './kernel/attachment.js';
import type { Device } from './kernel/deviceTable.js';
import { Follower, followingRingBytes } from './kernel/follower.js';
import type { Hook } from './kernel/hooks.js';
import { Meter } from './kernel/meter.js';
import { geometryOf, type Limits, sizesFor } from './kernel/sizes.js';
import { assembleSnapshot } from './measure/assemble.js';
import { wantedBy } from './measure/devicePatterns.js';
import { IntervalLedger } from './measure/intervalLedger.js';
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
/** Devices that come and go while a command measures, beyond those that there is memory for at once. */
const mostDevices = 10_000;

/** Before the ring is full. */
const followIntervalMs = 20;
const expireIntervalMs = 200;

interface Following {
  readonly follower: Follower;
  interval: LegInterval;
}

export interface MeasurementOptions {
  /** Globs over "name" and "netns/name"; none means every device. */
  readonly include?: readonly string[];
  readonly exclude?: readonly string[];
  /** Hooks to leave out. */
  readonly without?: readonly Hook[];
  readonly limits?: Limits;
  readonly objectPath?: string;
  /** Which packets to follow from device to device; null for none. */
  readonly journeys?: JourneysOptions | null;
}

export class Measurement {
  readonly #attachment: Attachment;
  readonly #meter: Meter;
  readonly #journeys: JourneysOptions | null;
  readonly #timers: NodeJS.Timeout[];
  #following: Following | null = null;
  #interval = newInterval();
  #failure: { readonly error: unknown } | null = null;
  #isClosed = false;
  #unlearnedBefore = 0;
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
    const { include = [], exclude = [], limits, without, objectPath, journeys = null } = options;
    const eventBytes = journeys ? followingRingBytes : undefined;
    const sizes = sizesFor(readPossibleCpus(), { eventBytes, ...limits });
    this.#journeys = journeys;
    const names = new NetnsNames();
    const dropReasons = dropReasonsOf(readKernelBtf());
    this.#attachment = attachHere({ sizes, without, objectPath });
    this.#meter = new Meter(this.#attachment, {
      isWanted: wantedBy(include, exclude),
      netnsName: (inum) => names.nameOf(inum),
      dropReasons,
    });
    this.#timers = [
      this.#every(learnIntervalMs, () => this.#meter.learn()),
      this.#every(refreshIntervalMs, () => this.#meter.refresh()),
      this.#every(collectIntervalMs, () => this.#meter.collect()),
      ...(journeys ? [this.#every(followIntervalMs, () => this.#following?.follower.poll())] : []),
      ...(journeys ? [this.#every(expireIntervalMs, () => this.#following?.follower.expire())] : []),
    ];
    this.restart();
  }

  /** Every device met so far; those long gone are in the snapshot alone. */
  get devices(): readonly Device[] {
    this.#meter.learn();
    return this.#meter.devices;
  }

  /** Devices that carried a packet, those that the patterns leave out included. */
  get seenNames(): readonly string[] {
    return this.#meter.seenNames;
  }

  /** Starts anew from zero with the devices known so far; exact if no packet is under way. */
  restart(): void {
    const { control } = this.#meter;
    control.phase = 'off';
    this.#meter.reset();
    this.#interval = newInterval();
    this.#meter.openInterval(this.#interval);
    if (this.#journeys) {
      // What the ring holds is of before.
      this.#following?.follower.poll();
      const follower = new Follower(this.#attachment, this.#meter, this.#journeys);
      this.#following = { follower, interval: follower.openInterval() };
    }
    this.#unlearnedBefore = control.unlearnedHookRuns;
    this.#startedAt = new Date();
    this.#startedMs = performance.now();
    control.phase = 'measuring';
  }

  /** Stamps no more packets and waits, for half a second at most, until those under way have arrived. */
  async finish(): Promise<void> {
    this.#meter.control.phase = 'draining';
    this.#durationSeconds = (performance.now() - this.#startedMs) / 1_000;
    for (let waitedMs = 0; waitedMs < drainMs; waitedMs += drainStepMs) {
      await sleep(drainStepMs);
      if (!this.#meter.isAnyWaiting()) break;
    }
    await this.#following?.follower.finish();
    this.#meter.control.phase = 'off';
    this.#meter.refresh();
    if (this.#failure) throw this.#failure.error;
  }

  /** What was measured from the (re)start to finish(), or until now. */
  snapshot(): Snapshot {
    return this.#snapshot(this.#durationSeconds, this.#meter.control.unlearnedHookRuns);
  }

  /**
   * What was measured since the (re)start or the last such call, while measuring goes on: what is under way is in
   * flight here and carried over into the next, and no packet falls between the two.
   */
  split(): Snapshot {
    if (this.#failure) throw this.#failure.error;
    this.#following?.follower.poll();
    const [endedMs, endedAt] = [performance.now(), new Date()];
    const unlearnedNow = this.#meter.control.unlearnedHookRuns;
    const taken = this.#snapshot((endedMs - this.#startedMs) / 1_000, unlearnedNow);
    this.#meter.close(this.#interval);
    this.#interval = newInterval();
    this.#meter.continueInterval(this.#interval);
    if (this.#following) {
      this.#following.interval.close();
      this.#following.interval = this.#following.follower.openInterval();
    }
    this.#unlearnedBefore = unlearnedNow;
    this.#startedMs = endedMs;
    this.#startedAt = endedAt;
    return taken;
  }

  #snapshot(durationSeconds: number, unlearnedHookRuns: number): Snapshot {
    this.#meter.learn();
    const { hooks, libbpf, sizes } = this.#attachment;
    const inFlightOf = this.#meter.settleInFlight();
    return assembleSnapshot(
      {
        devices: this.#interval.reading(inFlightOf),
        unlearnedHookRuns: unlearnedHookRuns - this.#unlearnedBefore,
        devicesTurnedAway: this.#meter.devicesWithoutRoom + this.#interval.devicesTurnedAway,
      },
      {
        startedAt: this.#startedAt,
        durationSeconds,
        host: readHostFacts(libbpf),
        geometry: geometryOf(sizes),
        hooks,
        ...this.#following?.interval.read(),
      },
    );
  }

  /** Detaches and frees everything; nothing else may be asked of it afterwards. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    for (const timer of this.#timers) clearInterval(timer);
    this.#meter.end();
    this.#attachment.close();
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
}

const newInterval = () => new IntervalLedger({ isWanted: () => true, mostDevices });
