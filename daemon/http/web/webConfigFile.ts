// A web configuration file that may change while it is in use: looked at once a second at most, when it is needed.
// A change that can't be used is logged, and what was read before stays in force.
import { reasonOf } from '../../../src/errors.js';
import type { Journal } from '../../journal.js';
import { readWebConfig, type WebConfig } from './webConfig.js';

const lookEveryMs = 1_000;

export interface WebConfigFileOptions {
  readonly log: Journal;
  /** Throws where the service can't do with such a configuration. */
  readonly judge: (config: WebConfig) => void;
  readonly lookEveryMs?: number;
  readonly now?: () => Date;
}

export class WebConfigFile {
  readonly #path: string;
  readonly #options: WebConfigFileOptions;
  readonly #now: () => Date;
  #config: WebConfig;
  #lookedAtMs = performance.now();
  /** Why the present content is not in force; null when it is. */
  #refusal: string | null = null;
  #warnedOf: WebConfig | null = null;

  /** @throws VifscopeError USAGE or FAILED when it can't be used */
  constructor(path: string, options: WebConfigFileOptions) {
    this.#path = path;
    this.#options = options;
    this.#now = options.now ?? (() => new Date());
    this.#config = readWebConfig(path, this.#now());
    options.judge(this.#config);
  }

  /** The same object until something changes. */
  get current(): WebConfig {
    const nowMs = performance.now();
    if (nowMs - this.#lookedAtMs >= (this.#options.lookEveryMs ?? lookEveryMs)) {
      this.#lookedAtMs = nowMs;
      this.#look();
    }
    return this.#config;
  }

  #look(): void {
    // What was refused is tried again: it may name a file that only now is there.
    if (this.#refusal !== null || !this.#config.sources.areUnchanged()) this.#reload();
    this.#warnOfExpiry();
  }

  #reload(): void {
    try {
      const config = readWebConfig(this.#path, this.#now());
      this.#options.judge(config);
      this.#config = config;
      this.#refusal = null;
      this.#options.log('info', `${this.#path}: read again`);
    } catch (error) {
      const refusal = reasonOf(error);
      if (refusal !== this.#refusal) this.#options.log('error', `${refusal}; what was read before is kept`);
      this.#refusal = refusal;
    }
  }

  #warnOfExpiry(): void {
    const certificate = this.#config.tls?.certificate;
    if (!certificate || certificate.validTo > this.#now() || this.#warnedOf === this.#config) return;
    this.#warnedOf = this.#config;
    const { source, validTo } = certificate;
    this.#options.log(
      'warning',
      `${source}: expired on ${validTo.toISOString()} and is still served; renew it`,
    );
  }
}
