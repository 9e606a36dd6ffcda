// The metrics of the service: books of series on the meter, read once a scrape.

import { Exposition } from '../src/export/prometheus/exposition.js';
import type { BuildFacts, ServiceFacts } from '../src/export/prometheus/facts.js';
import { ownVersion, readHostFacts } from '../src/host/facts.js';
import type { Attachment } from '../src/kernel/attachment.js';
import type { Device } from '../src/kernel/deviceTable.js';
import type { Meter } from '../src/kernel/meter.js';
import { geometryOf } from '../src/kernel/sizes.js';
import { snapBounds } from '../src/measure/bounds.js';
import type { Geometry } from '../src/measure/hdr.js';
import type { DeviceKind } from '../src/measure/segments.js';
import type { SeriesReading } from '../src/measure/series.js';
import { SeriesLedger, type SeriesLimits } from '../src/measure/seriesLedger.js';
import type { Config } from './config/config.js';
import type { Following } from './following.js';
import { rehearse } from './rehearsal.js';

export interface MetricsParts {
  readonly meter: Meter;
  readonly attachment: Attachment;
  /** null: no packet is followed. */
  readonly following: Following | null;
  readonly config: Config['metrics'];
  readonly service: () => ServiceFacts;
}

export class MetricsSource {
  readonly exposition: Exposition;
  readonly #meter: Meter;
  readonly #attachment: Attachment;
  readonly #ledger: SeriesLedger;
  readonly #build: BuildFacts;
  readonly #service: () => ServiceFacts;
  readonly #geometry: Geometry;
  readonly #limits: SeriesLimits;
  readonly #following: Following | null;

  constructor({ meter, attachment, following, config, service }: MetricsParts) {
    this.#meter = meter;
    this.#attachment = attachment;
    this.#following = following;
    this.#geometry = geometryOf(attachment.sizes);
    this.#limits = limitsOf(config, this.#geometry);
    this.#ledger = new SeriesLedger(this.#limits);
    meter.open(this.#ledger);
    const { libbpf } = attachment;
    this.#build = {
      version: ownVersion(),
      libbpf,
      kernel: readHostFacts(libbpf).kernel,
      node: process.version,
    };
    this.#service = service;
    this.exposition = new Exposition({ build: this.#build, read: () => this.#read(), service });
  }

  /** Makes the first scrapes as quick as the later ones. */
  async rehearse(): Promise<void> {
    await rehearse(this.#limits, { build: this.#build, service: this.#service });
  }

  /** Tells the books which devices are there; to be called regularly, scrape or no scrape. */
  callRoll(): void {
    const present = this.#present();
    this.#ledger.callRoll(present);
    this.#following?.callRoll(present);
  }

  /** @throws VifscopeError USAGE for bounds that can't be used; nothing is changed then */
  reconfigure(config: Config['metrics']): void {
    const limits = limitsOf(config, this.#geometry);
    this.#ledger.reconfigure(limits);
    this.#following?.reconfigure(limits);
  }

  #read(): SeriesReading {
    const startedMs = performance.now();
    // Whoever has sent a packet before the scrape is in it.
    this.#meter.learn();
    const inFlightOf = this.#meter.countInFlight();
    const present = this.#present();
    const devices: Record<DeviceKind, number> = { veth: 0, tap: 0, tun: 0, other: 0 };
    for (const { kind } of present) devices[kind] += 1;
    return {
      ...this.#ledger.reading(present, inFlightOf),
      following: this.#following?.reading(present) ?? null,
      devices,
      hooks: this.#attachment.hooks,
      bucketWidthRatio: this.#geometry.bucketWidthRatio,
      unlearnedHookRuns: this.#meter.control.unlearnedHookRuns,
      devicesTurnedAway: this.#meter.devicesTurnedAway,
      seriesTurnedAway: this.#ledger.turnedAway + (this.#following?.turnedAway ?? 0),
      readingSeconds: (performance.now() - startedMs) / 1_000,
    };
  }

  #present(): readonly Device[] {
    return this.#meter.devices.filter(({ state }) => state === 'present');
  }
}

/** @param geometry of the kernel's histograms: what it counts up to a bound is exact */
export const limitsOf = (
  { boundsSeconds, maxSeries, maxWindowMs }: Config['metrics'],
  geometry: Geometry,
): SeriesLimits => ({ boundsNs: snapBounds(boundsSeconds, geometry), maxSeries, maxWindowMs });
