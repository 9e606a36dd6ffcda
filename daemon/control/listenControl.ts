// The control socket: the same routes over HTTP on a unix socket. Who may connect is the file's mode and the
// directory's group; no Host, password or TLS is asked for.
import { createServer } from 'node:net';
import { reasonOf } from '../../src/errors.js';
import type { Routes } from '../http/answer.js';
import { defaultLimits, type Limits } from '../http/connections.js';
import { Front, type Policy } from '../http/front.js';
import type { Endpoint } from '../http/listen.js';
import type { Journal } from '../journal.js';
import { listenAt } from './socketFile.js';

export interface ControlOptions {
  /** Of the socket; its directory must be there. */
  readonly path: string;
  readonly routes: Routes;
  readonly log: Journal;
  /** Of the socket's file; by default its user and group may connect. */
  readonly mode?: number;
  readonly limits?: Partial<Limits>;
}

const openPolicy: Policy = { tls: null, headers: {}, refusal: () => null };

/** @throws VifscopeError USAGE for a path that is too long; FAILED when it is in use or can't be made */
export async function listenControl({
  path,
  routes,
  log,
  mode = 0o660,
  limits,
}: ControlOptions): Promise<Endpoint> {
  const front = new Front(routes, openPolicy, { ...defaultLimits, ...limits }, log);
  const server = createServer({ allowHalfOpen: true });
  server.on('connection', (socket) => front.accept(socket));
  const file = await listenAt(server, path, mode);
  server.on('error', (error) => log('error', `${path}: a connection was lost: ${reasonOf(error)}`));
  return {
    addresses: [path],
    get counts() {
      return front.counts;
    },
    limitConnections: (most) => front.limitConnections(most),
    close: async () => {
      try {
        file.remove();
      } catch (error) {
        log('warning', `${path} stays behind: ${reasonOf(error)}`);
      }
      const closed = new Promise((resolve) => server.close(resolve));
      await front.close();
      await closed;
    },
  };
}
