// One HTTP front over accepted sockets, TCP or unix: connections in, answers out. Node's own time limits need a
// server that listens by itself, so Connections keeps them.
import { createServer, type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { reasonOf } from '../../src/errors.js';
import type { Journal } from '../journal.js';
import type { Answer, Routes } from './answer.js';
import { Connections, type Limits } from './connections.js';
import { Dispatcher, hasBody, type Refusal } from './dispatch.js';
import { TlsLayer } from './web/tlsLayer.js';
import type { TlsSettings } from './web/tlsSettings.js';

/** What stands between the clients and the routes; asked anew each time, since it may change. */
export interface Policy {
  readonly tls: TlsSettings | null;
  /** Set on every answer. */
  readonly headers: Readonly<Record<string, string>>;
  readonly refusal: Refusal;
}

/** What an endpoint turned away since it began. */
export interface EndpointCounts {
  /** Connections closed because there were too many. */
  readonly turnedAway: number;
  /** Connections closed because the client was too slow. */
  readonly cutOff: number;
  /** Requests, or whole connections, that no route was asked for: malformed, unknown, not allowed. */
  readonly refused: number;
}

const maxHeaderBytes = 16 * 1024;
const usualHeaders = { 'X-Content-Type-Options': 'nosniff', 'Cache-Control': 'no-store' };

export class Front {
  readonly #limits: Limits;
  readonly #log: Journal;
  readonly #policy: Policy;
  readonly #connections: Connections;
  readonly #dispatcher: Dispatcher;
  readonly #http = createServer({ maxHeaderSize: maxHeaderBytes, keepAliveTimeout: 0 });
  /** By the socket that HTTP is spoken on, which is not the accepted one under TLS. */
  readonly #accepted = new WeakMap<Duplex, Socket>();
  readonly #latest = new WeakMap<Socket, ServerResponse>();
  #secured: { readonly settings: TlsSettings; readonly layer: TlsLayer } | null = null;
  #refused = 0;
  #isClosing = false;

  constructor(routes: Routes, policy: Policy, limits: Limits, log: Journal) {
    this.#limits = limits;
    this.#log = log;
    this.#policy = policy;
    this.#connections = new Connections(limits);
    this.#dispatcher = new Dispatcher(routes, (request) => policy.refusal(request), log);
    this.#http.on('request', (request, response) => this.#serve(request, response));
    this.#http.on('clientError', (error: NodeJS.ErrnoException, socket) => this.#refuse(error, socket));
  }

  get counts(): EndpointCounts {
    const { turnedAway, cutOff } = this.#connections;
    return { turnedAway, cutOff, refused: this.#refused };
  }

  limitConnections(most: number): void {
    this.#connections.most = most;
  }

  accept(accepted: Socket): void {
    if (!this.#connections.admit(accepted)) return;
    const { tls } = this.#policy;
    if (tls === null) this.#speak(accepted, accepted);
    else this.#layer(tls).accept(accepted);
  }

  /** Lets requests under way end within the grace, then cuts them. */
  close(): Promise<void> {
    this.#isClosing = true;
    return this.#connections.close();
  }

  #layer(settings: TlsSettings): TlsLayer {
    if (this.#secured?.settings !== settings) {
      const layer = new TlsLayer(settings, {
        onSecure: (accepted, socket) => this.#speak(accepted, socket),
        onRefused: () => this.#refused++,
      });
      this.#secured = { settings, layer };
    }
    return this.#secured.layer;
  }

  #speak(accepted: Socket, socket: Socket): void {
    this.#accepted.set(socket, accepted);
    this.#http.emit('connection', socket);
  }

  #serve(request: IncomingMessage, response: ServerResponse): void {
    const { socket } = request;
    const accepted = this.#accepted.get(socket);
    // One request at a time: a client that sends hundreds ahead would have as many answers made for it.
    if (accepted === undefined || this.#connections.phaseOf(accepted) === 'handling') {
      this.#refused++;
      socket.destroy();
      return;
    }
    this.#connections.enter(accepted, 'handling');
    this.#latest.set(accepted, response);
    const gone = new AbortController();
    const cut = () => this.#connections.cut(accepted);
    response.once('close', () => {
      gone.abort();
      socket.off('timeout', cut);
      // The next request may be read before this end of its predecessor's answer is known.
      if (this.#latest.get(accepted) !== response) return;
      socket.setTimeout(0);
      this.#connections.enter(accepted, 'idle');
    });
    this.#answer(request, response, gone.signal, () => {
      this.#connections.enter(accepted, 'answering');
      socket.setTimeout(this.#limits.unreadMs, cut);
    }).catch((error: unknown) => {
      this.#log('error', `an answer could not be sent: ${reasonOf(error)}`);
      socket.destroy();
    });
  }

  async #answer(request: IncomingMessage, response: ServerResponse, gone: AbortSignal, onAnswer: () => void) {
    const { by, answer } = await this.#dispatcher.dispatch(request, gone);
    if (by === 'refusal') this.#refused++;
    if (gone.aborted) return;
    if (this.#isClosing || hasBody(request)) response.shouldKeepAlive = false;
    onAnswer();
    send(response, answer, this.#policy.headers);
  }

  /** Tells why, where there is still someone to tell, and gives them a moment to read it. */
  #refuse(error: NodeJS.ErrnoException, socket: Duplex): void {
    const accepted = this.#accepted.get(socket);
    const phase = accepted && this.#connections.phaseOf(accepted);
    if (phase === 'parting') return;
    this.#refused++;
    if (accepted === undefined || !socket.writable || phase === 'handling' || phase === 'answering') {
      socket.destroy();
      return;
    }
    this.#connections.enter(accepted, 'parting');
    const status = error.code === 'HPE_HEADER_OVERFLOW' ? 431 : 400;
    socket.end(
      `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`,
    );
  }
}

function send(response: ServerResponse, answer: Answer, headers: Readonly<Record<string, string>>): void {
  const body = typeof answer.body === 'string' ? Buffer.from(answer.body) : answer.body;
  response.statusCode = answer.status;
  response.setHeader('Content-Type', answer.contentType);
  response.setHeader('Content-Length', body.byteLength);
  for (const some of [usualHeaders, headers, answer.headers ?? {}])
    for (const [name, value] of Object.entries(some)) response.setHeader(name, value);
  response.end(body);
}
