// The Prometheus releases that scripts/fetch-prometheus.sh has put into the cache, and servers of them.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import test, { type ExecutionContext } from 'ava';
import { cacheFolder } from '../../../src/bench/guest/cache.js';
import type { Scope } from '../../../src/bench/scope.js';
import { startTied } from '../../../src/bench/tiedProcess.js';
import { orNull } from '../../../src/host/optionalFile.js';

export interface Release {
  /** Debian's name of it, "bookworm". */
  readonly suite: string;
  readonly prometheus: string;
  readonly promtool: string;
}

export function cachedReleases(): Release[] {
  const folder = join(cacheFolder(), 'prometheus');
  return (orNull(() => readdirSync(folder)) ?? [])
    .map((suite) => ({
      suite,
      prometheus: join(folder, suite, 'prometheus'),
      promtool: join(folder, suite, 'promtool'),
    }))
    .filter(
      ({ promtool }) => orNull(() => execFileSync(promtool, ['--version'], { stdio: 'pipe' })) !== null,
    );
}

/** One test a release; one that is skipped by name where there is none. */
export function releaseTest(title: string, body: (t: ExecutionContext, release: Release) => void): void {
  const releases = cachedReleases();
  if (releases.length === 0)
    test.skip(`${title} (skipped: promtool: run scripts/fetch-prometheus.sh bookworm sid)`, () => {});
  for (const release of releases) test(`${title} (${release.suite})`, (t) => body(t, release));
}

export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface Rule {
  readonly name: string;
  readonly query: string;
  readonly type: 'recording' | 'alerting';
  readonly health: 'ok' | 'err' | 'unknown';
  readonly lastError?: string;
}

const startLimitMs = 20_000;
const pollMs = 50;

export class PrometheusServer {
  readonly suite: string;
  readonly #base: string;

  /** Scrapes the address once a second as job "vifscope", and evaluates the rules as often. */
  static async start(
    { suite, prometheus }: Release,
    options: { readonly target: string; readonly ruleFile: string },
    scope: Scope,
  ): Promise<PrometheusServer> {
    const directory = mkdtempSync(join(tmpdir(), 'vifscope-prometheus-'));
    scope.cleanup.add(`remove ${directory}`, () => rmSync(directory, { recursive: true }));
    const config = join(directory, 'prometheus.yaml');
    writeFileSync(config, JSON.stringify(configOf(options)));
    const address = `127.0.0.1:${await freePort()}`;
    const words = [
      prometheus,
      `--config.file=${config}`,
      `--storage.tsdb.path=${join(directory, 'data')}`,
      `--web.listen-address=${address}`,
      '--log.level=error',
    ];
    const server = startTied(`Prometheus of ${suite}`, words, ['ignore', 'ignore', 'pipe'], scope);
    const giveUpAt = performance.now() + startLimitMs;
    while (!(await isReady(address))) {
      const how = server.howEnded() ?? (performance.now() > giveUpAt ? 'it is not ready' : null);
      if (how !== null) throw new Error(`Prometheus of ${suite}: ${how}`);
      await sleep(pollMs, undefined, { signal: scope.signal });
    }
    return new PrometheusServer(suite, address);
  }

  private constructor(suite: string, address: string) {
    this.suite = suite;
    this.#base = `http://${address}/api/v1`;
  }

  /** @param atSeconds since the epoch; now by default. @throws Error with Prometheus's words for a bad expression */
  async query(expression: string, atSeconds?: number): Promise<Sample[]> {
    const time = atSeconds === undefined ? {} : { time: atSeconds.toFixed(3) };
    const { resultType, result } = await this.#get<QueryResult>('query', { query: expression, ...time });
    if (resultType !== 'vector') throw new Error(`a ${resultType}: ${expression}`);
    return result.map(({ metric, value }) => ({ labels: metric, value: Number(value[1]) }));
  }

  /** As Grafana's label_values(). */
  labelValues(selector: string, label: string): Promise<string[]> {
    return this.#get<string[]>(`label/${label}/values`, { 'match[]': selector });
  }

  async rules(): Promise<Rule[]> {
    const { groups } = await this.#get<{ groups: readonly { rules: readonly Rule[] }[] }>('rules', {});
    return groups.flatMap(({ rules }) => rules);
  }

  async #get<T>(path: string, parameters: Readonly<Record<string, string>>): Promise<T> {
    const response = await fetch(`${this.#base}/${path}?${new URLSearchParams(parameters)}`);
    const answer = (await response.json()) as { status: string; error?: string; data: T };
    if (answer.status !== 'success') throw new Error(`${answer.error}: ${JSON.stringify(parameters)}`);
    return answer.data;
  }
}

interface QueryResult {
  readonly resultType: string;
  readonly result: readonly {
    readonly metric: Readonly<Record<string, string>>;
    /** Seconds since the epoch, and the value as Go writes it. */
    readonly value: readonly [number, string];
  }[];
}

/** JSON is YAML too. */
const configOf = ({ target, ruleFile }: { readonly target: string; readonly ruleFile: string }) => ({
  global: { scrape_interval: '1s', scrape_timeout: '1s', evaluation_interval: '1s' },
  rule_files: [ruleFile],
  scrape_configs: [{ job_name: 'vifscope', static_configs: [{ targets: [target] }] }],
});

/** One that nobody listens on at this moment. */
function freePort(): Promise<number> {
  const server = createServer();
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

const isReady = (address: string): Promise<boolean> =>
  fetch(`http://${address}/-/ready`).then(
    ({ ok }) => ok,
    () => false,
  );
