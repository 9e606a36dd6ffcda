// What the service answers, over HTTP and over the control socket alike.

import { snapshotEndPath, snapshotPath } from '../src/client/protocol.js';
import { snapshotJson } from '../src/export/json.js';
import type { Exposition } from '../src/export/prometheus/exposition.js';
import { wantedBy } from '../src/measure/devicePatterns.js';
import { type Answer, errorAnswer, type Routes, textAnswer } from './http/answer.js';
import { snapshotQuery } from './http/snapshotQuery.js';
import type { Door, Snapshots } from './snapshots.js';
import type { ServiceState } from './state.js';

export interface RoutedParts {
  readonly exposition: Exposition;
  readonly snapshots: Snapshots;
  readonly state: () => ServiceState;
}

const metricsType = 'text/plain; version=0.0.4; charset=utf-8';

export const routesOf = (parts: RoutedParts, door: Door): Routes => ({
  '/metrics': async ({ acceptsGzip }) => {
    if (!acceptsGzip) return fine(metricsType, await parts.exposition.scrape('identity'));
    const body = await parts.exposition.scrape('gzip');
    return { ...fine(metricsType, body), headers: { 'Content-Encoding': 'gzip' } };
  },
  '/healthz': () => {
    const now = parts.state();
    return now.state === 'failed'
      ? textAnswer(503, `the kernel's memory can't be read: ${now.reason}`)
      : textAnswer(200, "the kernel's memory is read");
  },
  '/readyz': () => {
    const { state } = parts.state();
    return textAnswer(state === 'running' ? 200 : 503, `${state}`);
  },
  [snapshotPath]: async ({ query, signal }) => {
    try {
      const { durationSeconds, include, exclude, id } = snapshotQuery(query);
      const isWanted = wantedBy(include, exclude);
      const snapshot = await parts.snapshots.take({ durationSeconds, isWanted, id, door, signal });
      return snapshot
        ? fine('application/json', snapshotJson(snapshot))
        : textAnswer(499, 'nobody is left to ask');
    } catch (error) {
      return errorAnswer(error);
    }
  },
  [snapshotEndPath]: ({ query }) =>
    parts.snapshots.end(query.get('id') ?? '')
      ? textAnswer(200, 'ended')
      : textAnswer(404, 'no snapshot of this id is being taken'),
});

const fine = (contentType: string, body: string | Uint8Array): Answer => ({ status: 200, contentType, body });
