// How long packets were in the queueing discipline by the kernel's own stamps.
import { StampReader, stampQueuedAndSent } from '../../kernel/support/timestamps.js';

export class QueueStamps {
  readonly #reader: StampReader;
  readonly #queuedNs = new Map<number, bigint>();
  #waitsNs: number[] = [];

  /** From now on the packets of this socket are stamped. */
  constructor(fd: number) {
    stampQueuedAndSent(fd);
    this.#reader = new StampReader(fd, 'sent');
  }

  /** Takes the stamps of packets that have arrived. */
  take(): void {
    this.#reader.read(({ atNs, sentNumber, isQueued }) => {
      if (sentNumber === null) return;
      const queuedNs = this.#queuedNs.get(sentNumber);
      if (isQueued) this.#queuedNs.set(sentNumber, atNs);
      else if (queuedNs !== undefined) this.#waitsNs.push(Number(atNs - queuedNs));
    });
  }

  /** Of the packets since the last call; null where none was stamped. */
  medianNs(): number | null {
    const sorted = this.#waitsNs.toSorted((a, b) => a - b);
    this.#waitsNs = [];
    return sorted[Math.ceil(sorted.length / 2) - 1] ?? null;
  }
}
