// The last events of followed packets, in columns, found by their content: what else happened to a slow packet?

export interface Step {
  readonly timeNs: number;
  /** The device's first shard. */
  readonly device: number;
  /** As in enum vs_point. */
  readonly point: number;
}

const defaultCapacity = 131_072;
const none = -1;
/** An event may come a little after others that were later: by so much, but for few. */
const disorderNs = 1_000_000;
const mostEarlier = 64;

export class RecentEvents {
  readonly #capacity: number;
  readonly #timeNs: Float64Array;
  readonly #contentHigh: Uint32Array;
  readonly #contentLow: Uint32Array;
  readonly #device: Uint16Array;
  readonly #point: Uint8Array;
  /** The number of the event before it that falls on the same head. */
  readonly #before: Float64Array;
  /** The number of the last event, by the low bits of its content. */
  readonly #heads: Float64Array;
  /** Events so far: the number of the next one. */
  #added = 0;

  /** @param capacity a power of two */
  constructor(capacity = defaultCapacity) {
    this.#capacity = capacity;
    this.#timeNs = new Float64Array(capacity);
    this.#contentHigh = new Uint32Array(capacity);
    this.#contentLow = new Uint32Array(capacity);
    this.#device = new Uint16Array(capacity);
    this.#point = new Uint8Array(capacity);
    this.#before = new Float64Array(capacity);
    this.#heads = new Float64Array(capacity).fill(none);
  }

  add(timeNs: number, contentHigh: number, contentLow: number, device: number, point: number): void {
    const at = this.#added % this.#capacity;
    const head = contentLow & (this.#capacity - 1);
    this.#timeNs[at] = timeNs;
    this.#contentHigh[at] = contentHigh;
    this.#contentLow[at] = contentLow;
    this.#device[at] = device;
    this.#point[at] = point;
    this.#before[at] = this.#heads[head] ?? none;
    this.#heads[head] = this.#added;
    this.#added += 1;
  }

  /** What is remembered of packets of this content between these times, in the order of time. */
  find(contentHigh: number, contentLow: number, fromNs: number, toNs: number): Step[] {
    const found: Step[] = [];
    const oldest = this.#added - this.#capacity;
    let event = this.#heads[contentLow & (this.#capacity - 1)] ?? none;
    while (event >= 0 && event >= oldest) {
      const at = event % this.#capacity;
      const timeNs = this.#timeNs[at] ?? 0;
      const isIt = this.#contentLow[at] === contentLow && this.#contentHigh[at] === contentHigh;
      if (isIt && timeNs >= fromNs && timeNs <= toNs) found.push(this.#stepAt(at));
      event = this.#before[at] ?? none;
    }
    return found.toSorted((a, b) => a.timeNs - b.timeNs);
  }

  /** The content of the packet that was seen just then on this device; null: it is not remembered. */
  contentAt(device: number, timeNs: number): { readonly high: number; readonly low: number } | null {
    let earlier = 0;
    for (let event = this.#added - 1; event >= 0 && event >= this.#added - this.#capacity; event--) {
      const at = event % this.#capacity;
      if ((this.#timeNs[at] ?? 0) < timeNs - disorderNs && ++earlier > mostEarlier) return null;
      if (this.#timeNs[at] === timeNs && this.#device[at] === device)
        return { high: this.#contentHigh[at] ?? 0, low: this.#contentLow[at] ?? 0 };
    }
    return null;
  }

  #stepAt(at: number): Step {
    return {
      timeNs: this.#timeNs[at] ?? 0,
      device: this.#device[at] ?? 0,
      point: this.#point[at] ?? 0,
    };
  }
}
