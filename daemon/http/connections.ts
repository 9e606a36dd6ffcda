// The connections of one endpoint: at most so many, none slow for long, and a newcomer always has a chance.
// Who is full of slow clients lets the one go that has been of no use for longest.
import type { Socket } from 'node:net';

export interface Limits {
  readonly maxConnections: number;
  /** From the connection, TLS included, to the end of its first request's headers. */
  readonly requestMs: number;
  /** From the end of an answer to the end of the next request's headers. */
  readonly idleMs: number;
  /** How long a client may take nothing of an answer. */
  readonly unreadMs: number;
  /** How long a refused connection may take to read why. */
  readonly partingMs: number;
  /** What requests under way get to end when the endpoint closes. */
  readonly graceMs: number;
}

export const defaultLimits: Limits = {
  maxConnections: 64,
  requestMs: 5_000,
  idleMs: 60_000,
  unreadMs: 10_000,
  partingMs: 1_000,
  graceMs: 750,
};

/** new: nothing asked yet; idle: answered, and open for more; answering: the answer is on its way. */
export type Phase = 'new' | 'handling' | 'answering' | 'idle' | 'parting';

/** Whom to let go when full, first to last; a request that is being handled is never cut. */
const expendable: readonly Phase[] = ['parting', 'new', 'idle', 'answering'];

export class Connections {
  readonly #limits: Limits;
  #most: number;
  /** In the order in which they entered their phase. */
  readonly #phases = new Map<Socket, { phase: Phase; deadline: NodeJS.Timeout | undefined }>();
  #turnedAway = 0;
  #cutOff = 0;
  #onEmpty = () => {};

  constructor(limits: Limits) {
    this.#limits = limits;
    this.#most = limits.maxConnections;
  }

  /** How many there may be from now on; those too many are let go as others come. */
  set most(connections: number) {
    this.#most = connections;
  }

  /** Connections closed because there were too many. */
  get turnedAway(): number {
    return this.#turnedAway;
  }

  /** Connections closed because the client was too slow. */
  get cutOff(): number {
    return this.#cutOff;
  }

  /** @returns false when there is no room: the connection is closed then */
  admit(socket: Socket): boolean {
    // What went wrong on a connection is its client's to know; the close that follows is what counts here.
    socket.on('error', () => {});
    while (this.#phases.size >= this.#most) {
      this.#turnedAway++;
      const expended = this.#firstExpendable();
      this.#close(expended ?? socket);
      if (expended === undefined) return false;
    }
    socket.once('close', () => this.#forget(socket));
    this.enter(socket, 'new');
    return true;
  }

  phaseOf(socket: Socket): Phase | undefined {
    return this.#phases.get(socket)?.phase;
  }

  /** Notes what the connection does now, and until when it may. */
  enter(socket: Socket, phase: Phase): void {
    if (socket.destroyed) return;
    clearTimeout(this.#phases.get(socket)?.deadline);
    this.#phases.delete(socket);
    const limitMs = this.#limitMs(phase);
    const deadline = limitMs === null ? undefined : setTimeout(() => this.#expire(socket, phase), limitMs);
    this.#phases.set(socket, { phase, deadline });
  }

  /** The client is too slow. */
  cut(socket: Socket): void {
    this.#cutOff++;
    this.#close(socket);
  }

  /** Closes all but those with a request under way at once, and those after the grace. */
  async close(): Promise<void> {
    for (const [socket, { phase }] of this.#phases)
      if (phase !== 'handling' && phase !== 'answering') this.#close(socket);
    if (this.#phases.size === 0) return;
    await new Promise<void>((resolve) => {
      const grace = setTimeout(resolve, this.#limits.graceMs);
      this.#onEmpty = () => {
        clearTimeout(grace);
        resolve();
      };
    });
    await Promise.all([...this.#phases.keys()].map((socket) => this.#closed(socket)));
  }

  #firstExpendable(): Socket | undefined {
    for (const phase of expendable)
      for (const [socket, entry] of this.#phases) if (entry.phase === phase) return socket;
    return undefined;
  }

  /** An answer's time is not counted here, but by whether the client goes on reading. */
  #limitMs(phase: Phase): number | null {
    if (phase === 'new') return this.#limits.requestMs;
    if (phase === 'idle') return this.#limits.idleMs;
    return phase === 'parting' ? this.#limits.partingMs : null;
  }

  #expire(socket: Socket, phase: Phase): void {
    if (phase === 'new') this.cut(socket);
    else this.#close(socket);
  }

  #close(socket: Socket): void {
    this.#forget(socket);
    socket.destroy();
  }

  /** A server counts a socket as gone before the socket itself, and so its handler, is told. */
  #closed(socket: Socket): Promise<void> {
    return new Promise((resolve) => {
      socket.once('close', () => resolve());
      this.#close(socket);
    });
  }

  #forget(socket: Socket): void {
    clearTimeout(this.#phases.get(socket)?.deadline);
    if (this.#phases.delete(socket) && this.#phases.size === 0) this.#onEmpty();
  }
}
