// TLS over accepted sockets: one layer for one set of settings; new settings make a new layer for new connections.
import type { Socket } from 'node:net';
import { createServer, type Server, type TLSSocket } from 'node:tls';
import { mayConnect } from './clientCertificate.js';
import type { TlsSettings } from './tlsSettings.js';

export interface TlsEvents {
  readonly onSecure: (accepted: Socket, socket: TLSSocket) => void;
  /** The client's certificate was not what is asked for. */
  readonly onRefused: () => void;
}

export class TlsLayer {
  readonly #server: Server;
  /** Node does not tell which accepted socket a secure one was made of: their four numbers do. */
  readonly #handshaking = new Map<string, Socket>();

  constructor(settings: TlsSettings, { onSecure, onRefused }: TlsEvents) {
    const requestCert = settings.clients.type !== 'NoClientCert';
    // Certificates are judged below: Node knows "request" and "require and verify", Go's types are five.
    this.#server = createServer({ ...settings.context, requestCert, rejectUnauthorized: false });
    this.#server.on('secureConnection', (socket) => {
      const accepted = this.#handshaking.get(endsOf(socket));
      const isWelcome = mayConnect(settings.clients, socket);
      if (!isWelcome) onRefused();
      if (accepted && isWelcome) onSecure(accepted, socket);
      else socket.destroy();
    });
  }

  /** A handshake that takes too long is ended by whoever owns the socket. */
  accept(socket: Socket): void {
    const ends = endsOf(socket);
    this.#handshaking.set(ends, socket);
    socket.once('close', () => {
      if (this.#handshaking.get(ends) === socket) this.#handshaking.delete(ends);
    });
    this.#server.emit('connection', socket);
  }
}

const endsOf = ({ remoteAddress, remotePort, localAddress, localPort }: Socket): string =>
  [remoteAddress, remotePort, localAddress, localPort].join(' ');
