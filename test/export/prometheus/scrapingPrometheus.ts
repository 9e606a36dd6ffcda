// A text served on loopback and a real Prometheus that scrapes it, with its own options; both end with the test.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import test, { type ExecutionContext } from 'ava';
import { Cleanup } from '../../../src/bench/cleanup.js';
import type { Scope } from '../../../src/bench/scope.js';
import { startTied } from '../../../src/bench/tiedProcess.js';
import type { Release, Sample } from '../../grafana/support/prometheusServer.js';

const limitMs = 60_000;
const pollMs = 100;

/** One test a release; one that is skipped by name where there is none. */
export function releaseTest(
  title: string,
  releases: readonly Release[],
  body: (t: ExecutionContext, release: Release, scope: Scope) => void | Promise<void>,
): void {
  if (releases.length === 0)
    test.skip(`${title} (skipped: prometheus: run scripts/fetch-prometheus.sh bookworm sid)`, () => {});
  for (const release of releases)
    test(`${title} (${release.suite})`, async (t) => {
      t.timeout(2 * limitMs);
      const controller = new AbortController();
      const limit = setTimeout(() => controller.abort(new Error('the test took too long')), limitMs);
      const scope = { cleanup: new Cleanup(), signal: controller.signal, progress: () => {} };
      try {
        await body(t, release, scope);
      } finally {
        clearTimeout(limit);
        await scope.cleanup.run();
      }
    });
}

/** Whether it knows native histograms of given bounds. */
export const isThird = ({ prometheus }: Release): boolean =>
  Number.parseInt(readFileSync(join(dirname(prometheus), 'version'), 'utf8'), 10) >= 3;

export function temporaryFolder({ cleanup }: Scope): string {
  const folder = mkdtempSync(join(tmpdir(), 'vifscope-prometheus-'));
  cleanup.add(`remove ${folder}`, () => rmSync(folder, { recursive: true }));
  return folder;
}

/** Serves what `scrape` gives as the service does. @returns its address */
export async function serve(scrape: () => Promise<string>, { cleanup }: Scope): Promise<string> {
  const server = createServer((_, response) => {
    response.setHeader('Content-Type', 'text/plain; version=0.0.4; charset=utf-8');
    scrape().then(
      (text) => response.end(text),
      (error) => response.destroy(error),
    );
  });
  cleanup.add('close the server', () => {
    server.closeAllConnections();
    server.close();
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('not listening');
  return `127.0.0.1:${address.port}`;
}

export interface ScrapingPrometheus {
  /** Asks until there is an answer. */
  readonly query: (expression: string) => Promise<readonly Sample[]>;
}

/** @param jobs scrape_configs; each scrapes the target once a second */
export async function startScraping(
  { suite, prometheus }: Release,
  jobs: readonly Readonly<Record<string, unknown>>[],
  words: readonly string[],
  target: string,
  scope: Scope,
): Promise<ScrapingPrometheus> {
  const directory = temporaryFolder(scope);
  const config = join(directory, 'prometheus.yaml');
  const static_configs = [{ targets: [target] }];
  const scrape_configs = jobs.map((job) => ({ ...job, static_configs }));
  // JSON is YAML too.
  writeFileSync(
    config,
    JSON.stringify({ global: { scrape_interval: '1s', scrape_timeout: '1s' }, scrape_configs }),
  );
  const command = [
    prometheus,
    `--config.file=${config}`,
    `--storage.tsdb.path=${join(directory, 'data')}`,
    '--web.listen-address=127.0.0.1:0',
    ...words,
  ];
  const server = startTied(`Prometheus of ${suite}`, command, ['ignore', 'ignore', 'pipe'], scope);
  const listening = new Promise<string>((resolve) => {
    let log = '';
    server.child.stderr?.on('data', (text: string) => {
      log += text;
      const [, address] = /msg="Listening on".* address=(\S+)\s/.exec(log) ?? [];
      if (address !== undefined) resolve(address);
    });
  });
  const failed = server.ended.then((how) => Promise.reject(new Error(`Prometheus of ${suite}: ${how}`)));
  const address = await Promise.race([listening, failed, aborted(scope.signal)]);
  return { query: (expression) => query(address, expression, scope) };
}

async function query(address: string, expression: string, { signal }: Scope): Promise<readonly Sample[]> {
  const url = `http://${address}/api/v1/query?${new URLSearchParams({ query: expression })}`;
  for (;;) {
    const response = await fetch(url, { signal });
    const body = await response.text();
    // 503 until it has started.
    if (response.status !== 503) {
      const answer = JSON.parse(body) as Answer;
      if (answer.status !== 'success') throw new Error(`${answer.error}: ${expression}`);
      if (answer.data.result.length > 0)
        return answer.data.result.map(({ metric, value }) => ({ labels: metric, value: Number(value[1]) }));
    }
    await sleep(pollMs, undefined, { signal });
  }
}

type Answer =
  | { readonly status: 'error'; readonly error: string }
  | {
      readonly status: 'success';
      readonly data: {
        readonly result: readonly {
          readonly metric: Readonly<Record<string, string>>;
          /** Seconds since the epoch, and the value as Go writes it. */
          readonly value: readonly [number, string];
        }[];
      };
    };

const aborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true }));
