// Clients of a test's endpoint, well-behaved and not; every wait is bounded.
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { request as httpsRequest, type RequestOptions } from 'node:https';
import { connect, type Socket } from 'node:net';
import { buffer, text } from 'node:stream/consumers';
import type { ExecutionContext } from 'ava';

export interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export const limitMs = 10_000;

/** One request on a connection of its own, with TLS where there are certificates to trust. */
export async function ask(port: number, path: string, options: RequestOptions = {}): Promise<Reply> {
  const request = options.ca === undefined ? httpRequest : httpsRequest;
  return new Promise((resolve, reject) => {
    const signal = AbortSignal.timeout(limitMs);
    const asked = request({ host: '127.0.0.1', port, path, agent: false, signal, ...options });
    asked.once('error', reject);
    asked.once('response', (response) => {
      buffer(response).then((body) => {
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: body.toString() });
      }, reject);
    });
    asked.end();
  });
}

/** What comes back for these bytes until the other side closes. */
export async function talk(port: number, bytes: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  socket.setTimeout(limitMs, () => socket.destroy(new Error('the other side did not close')));
  socket.write(bytes);
  return text(socket);
}

/** A connection to a port, or to a unix socket, that stays until the test ends or the other side closes it. */
export async function hold(t: ExecutionContext, at: number | string, bytes = ''): Promise<Socket> {
  const socket = typeof at === 'string' ? connect(at) : connect(at, '127.0.0.1');
  t.teardown(() => socket.destroy());
  await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject));
  socket.on('error', () => {});
  socket.write(bytes);
  return socket;
}

/** Resolves once the other side has closed. */
export async function closed(socket: Socket): Promise<void> {
  if (socket.destroyed) return;
  socket.resume();
  await new Promise<void>((resolve, reject) => {
    const limit = setTimeout(() => reject(new Error('it was not closed in time')), limitMs);
    socket.once('close', () => {
      clearTimeout(limit);
      resolve();
    });
  });
}
