// Where the service can be asked: HTTP addresses and the control socket.
import type { Config } from './config/config.js';
import { listenControl } from './control/listenControl.js';
import type { Routes } from './http/answer.js';
import { listenHttp } from './http/listenHttp.js';
import type { Journal } from './journal.js';

export interface Servers {
  readonly addresses: readonly string[];
  /** Connections closed unanswered because there were too many. */
  readonly turnedAway: number;
  close(): Promise<void>;
}

/** All or none. @throws VifscopeError when one of the places is not to be had */
export async function openServers(
  { web, control }: Config,
  routes: Routes,
  journal: Journal,
): Promise<Servers> {
  const log = (text: string) => journal('warning', text);
  const http = await listenHttp(web, routes, log);
  try {
    const socket =
      control.socket === null ? null : await listenControl({ path: control.socket, routes, log });
    const all = socket ? [http, socket] : [http];
    return {
      addresses: all.flatMap(({ addresses }) => addresses),
      get turnedAway() {
        return all.reduce((sum, { turnedAway }) => sum + turnedAway, 0);
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
