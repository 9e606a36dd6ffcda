// Where the service can be asked: HTTP addresses and the control socket.
import type { Config } from './config/config.js';
import { listenControl } from './control/listenControl.js';
import type { Routes } from './http/answer.js';
import { listenHttp } from './http/listen.js';
import type { Journal } from './journal.js';

export interface Servers {
  /** "127.0.0.1:9956", or the path of the control socket. */
  readonly addresses: readonly string[];
  /** Connections closed unanswered because there were too many. */
  readonly turnedAway: number;
  close(): Promise<void>;
}

/** All or none. @throws VifscopeError when one of the places is not to be had */
export async function openServers({ web, control }: Config, routes: Routes, log: Journal): Promise<Servers> {
  const limits = { maxConnections: web.maxConnections };
  const http = await listenHttp({ ...web, limits }, routes, log);
  try {
    const path = control.socket;
    const all = path === null ? [http] : [http, await listenControl({ path, routes, log, limits })];
    return {
      addresses: all.flatMap(({ addresses }) => addresses),
      get turnedAway() {
        return all.reduce((sum, { counts }) => sum + counts.turnedAway, 0);
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
