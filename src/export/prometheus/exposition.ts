// A scrape: one collection, rendered by prom-client; scrapes that come while it is under way get the same.
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { type Metric, Registry } from 'prom-client';
import type { SeriesReading } from '../../measure/series.js';
import { type BuildFacts, readProcessFacts, type ServiceFacts } from './facts.js';
import { type Collection, families } from './families.js';

const compress = promisify(gzip);
/** The text repeats itself so much that more effort gains little: 1 takes a third of the default's time. */
const gzipLevel = 1;

export interface ExpositionParts {
  readonly build: BuildFacts;
  readonly read: () => SeriesReading;
  readonly service: () => ServiceFacts;
}

interface Scrape {
  readonly text: Promise<string>;
  gzipped?: Promise<Buffer>;
}

export class Exposition {
  readonly #parts: ExpositionParts;
  readonly #registry = new Registry();
  #collection: Collection | null = null;
  #underWay: Scrape | null = null;
  #scrapes = 0;
  #scrapeSeconds: number | null = null;

  constructor(parts: ExpositionParts) {
    this.#parts = parts;
    for (const { name, help, type, values } of families) {
      const get = () => ({ name, help, type, values: this.#collection ? values(this.#collection) : [] });
      // prom-client asks no more of a metric than this, but its types name its own classes alone.
      this.#registry.registerMetric({ name, help, type, get } as unknown as Metric);
    }
  }

  /** The metrics as text, or the same compressed. */
  async scrape<T extends 'identity' | 'gzip'>(encoding: T): Promise<T extends 'gzip' ? Buffer : string>;
  async scrape(encoding: 'identity' | 'gzip'): Promise<Buffer | string> {
    const startedMs = performance.now();
    const scrape = this.#underWay ?? this.#begin();
    try {
      if (encoding === 'identity') return await scrape.text;
      scrape.gzipped ??= scrape.text.then((text) => compress(text, { level: gzipLevel }));
      return await scrape.gzipped;
    } finally {
      // Whoever comes from now on gets newer figures.
      if (this.#underWay === scrape) this.#underWay = null;
      this.#scrapeSeconds = (performance.now() - startedMs) / 1_000;
    }
  }

  #begin(): Scrape {
    this.#scrapes += 1;
    const scrape: Scrape = { text: this.#render() };
    this.#underWay = scrape;
    return scrape;
  }

  async #render(): Promise<string> {
    this.#collection = {
      reading: this.#parts.read(),
      build: this.#parts.build,
      service: this.#parts.service(),
      process: readProcessFacts(),
      scrapes: this.#scrapes,
      scrapeSeconds: this.#scrapeSeconds,
    };
    return this.#registry.metrics();
  }
}
