// An endpoint of a test: on a free port of 127.0.0.1, closed at the test's end, with what it logged.
import type { ExecutionContext } from 'ava';
import type { Routes } from '../../../../daemon/http/answer.js';
import { type Endpoint, type HttpOptions, listenHttp } from '../../../../daemon/http/listen.js';

export interface Served {
  readonly endpoint: Endpoint;
  readonly port: number;
  readonly log: readonly string[];
}

export const plainRoutes: Routes = {
  '/metrics': () => ({ status: 200, contentType: 'text/plain', body: 'up 1\n' }),
};

export const usual: HttpOptions = {
  listen: ['127.0.0.1:0'],
  configFile: null,
  allowUnprotected: false,
  allowedHosts: [],
};

export async function serve(
  t: ExecutionContext,
  routes: Routes = plainRoutes,
  options: Partial<HttpOptions> = {},
): Promise<Served> {
  const log: string[] = [];
  const endpoint = await listenHttp({ ...usual, ...options }, routes, (level, text) =>
    log.push(`${level}: ${text}`),
  );
  t.teardown(() => endpoint.close());
  return { endpoint, port: portOf(endpoint), log };
}

export const portOf = ({ addresses }: Endpoint): number => Number(addresses[0]?.split(':').pop());
