// A scrape: one collection as text; scrapes that come while it is under way get the same.
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { type Metric, Registry } from 'prom-client';
import type { SeriesReading } from '../../measure/series.js';
import { type BuildFacts, readProcessFacts, type ServiceFacts } from './facts.js';
import { type Collection, registeredFamilies } from './families.js';
import { writeFamilies } from './labelledLines.js';
import { legFamilies } from './legFamilies.js';
import { segmentFamilies } from './segmentFamilies.js';
import { TextPage } from './textPage.js';

const compress = promisify(gzip);
const gzipOptions = {
  /** The text repeats itself so much that more effort gains little: 1 takes a third of the default's time. */
  level: 1,
  /** Each piece of the result is a turn of the event loop: with zlib's own 16 KB that is five or six of them. */
  chunkSize: 256 * 1_024,
};

export interface ExpositionParts {
  readonly build: BuildFacts;
  readonly read: () => SeriesReading;
  readonly service: () => ServiceFacts;
}

interface Scrape {
  /** The page is written anew only when nobody reads this any more. */
  readonly page: Promise<Buffer>;
  text?: Promise<string>;
  gzipped?: Promise<Buffer>;
  waiting: number;
}

export class Exposition {
  readonly #parts: ExpositionParts;
  readonly #registry = new Registry();
  readonly #page = new TextPage();
  #collection: Collection | null = null;
  #underWay: Scrape | null = null;
  #scrapes = 0;
  #scrapeSeconds: number | null = null;

  constructor(parts: ExpositionParts) {
    this.#parts = parts;
    for (const { name, help, type, values } of registeredFamilies) {
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
    scrape.waiting += 1;
    try {
      return await this.#bodyOf(scrape, encoding);
    } finally {
      scrape.waiting -= 1;
      // Whoever comes from now on gets newer figures.
      if (scrape.waiting === 0) this.#underWay = null;
      this.#scrapeSeconds = (performance.now() - startedMs) / 1_000;
    }
  }

  #begin(): Scrape {
    this.#scrapes += 1;
    this.#underWay = { page: this.#render(), waiting: 0 };
    return this.#underWay;
  }

  #bodyOf(scrape: Scrape, encoding: 'identity' | 'gzip'): Promise<Buffer | string> {
    if (encoding === 'gzip') {
      scrape.gzipped ??= scrape.page.then((text) => compress(text, gzipOptions));
      return scrape.gzipped;
    }
    scrape.text ??= scrape.page.then((text) => text.toString());
    return scrape.text;
  }

  async #render(): Promise<Buffer> {
    const reading = this.#parts.read();
    this.#page.begin();
    const { segments, following, boundsNs } = reading;
    writeFamilies(this.#page, segmentFamilies, segments, boundsNs);
    if (following) writeFamilies(this.#page, legFamilies, following.legs, boundsNs);
    this.#collection = {
      reading,
      build: this.#parts.build,
      service: this.#parts.service(),
      process: readProcessFacts(),
      scrapes: this.#scrapes,
      scrapeSeconds: this.#scrapeSeconds,
    };
    this.#page.text(await this.#registry.metrics());
    this.#collection = null;
    return this.#page.written;
  }
}
