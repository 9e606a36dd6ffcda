// Where the service can be asked: HTTP addresses and the control socket.
import type { Config } from './config/config.js';
import { listenControl } from './control/listenControl.js';
import type { Routes } from './http/answer.js';
import type { EndpointCounts } from './http/front.js';
import { listenHttp } from './http/listen.js';
import type { Journal } from './journal.js';
import type { Door } from './snapshots.js';

export interface Servers {
  /** "127.0.0.1:9956", or the path of the control socket. */
  readonly addresses: readonly string[];
  /** Of all of them together. */
  readonly counts: EndpointCounts;
  /** How many connections each of them may have from now on. */
  limitConnections(most: number): void;
  close(): Promise<void>;
}

export const noneTurnedAway: EndpointCounts = { turnedAway: 0, cutOff: 0, refused: 0 };

/** All or none. @throws VifscopeError when one of the places is not to be had */
export async function openServers(
  { web, control }: Config,
  routesBy: (door: Door) => Routes,
  log: Journal,
): Promise<Servers> {
  const limits = { maxConnections: web.maxConnections };
  const http = await listenHttp({ ...web, limits }, routesBy('http'), log);
  try {
    const path = control.socket;
    const routes = routesBy('control');
    const all = path === null ? [http] : [http, await listenControl({ path, routes, log, limits })];
    return {
      addresses: all.flatMap(({ addresses }) => addresses),
      get counts() {
        return all.map(({ counts }) => counts).reduce(sumOf, noneTurnedAway);
      },
      limitConnections: (most) => {
        for (const endpoint of all) endpoint.limitConnections(most);
      },
      close: async () => {
        await Promise.all(all.map((endpoint) => endpoint.close()));
      },
    };
  } catch (error) {
    await http.close();
    throw error;
  }
}

const sumOf = (a: EndpointCounts, b: EndpointCounts): EndpointCounts => ({
  turnedAway: a.turnedAway + b.turnedAway,
  cutOff: a.cutOff + b.cutOff,
  refused: a.refused + b.refused,
});
