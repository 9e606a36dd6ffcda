// The journeys under way, in columns of fixed length: nothing is allocated an event. A key has a set of eight places.
import { GivenUp } from './givenUp.js';
import { type Point, pointBits } from './turns.js';

const ways = 8;
/** A packet that passes more has no legs, and is counted. */
const mostHooks = 12;
/** From one write to the next a packet passes four: fromUser, received, sent, toUser. */
export const mostLegs = mostHooks / 4;

export class JourneyTable {
  readonly capacity: number;
  readonly #setMask: number;
  readonly #keyHigh: Uint32Array;
  readonly #keyLow: Uint32Array;
  readonly #hooks: Uint8Array;
  readonly #visited: Uint32Array;
  readonly #givenUp: GivenUp;
  readonly firstNs: Float64Array;
  readonly lastNs: Float64Array;
  readonly firstDevice: Uint16Array;
  readonly lastDevice: Uint16Array;
  readonly isAmbiguous: Uint8Array;
  /** It has passed more hooks than are remembered; ambiguous, since copies do so too. */
  readonly isOverlong: Uint8Array;
  /** It may be the rest of one that was given up. */
  readonly isDoubtful: Uint8Array;
  /** Its beginning was not seen. */
  readonly isRest: Uint8Array;
  /** Where the packet can be seen next, as bits. */
  readonly nextPoints: Uint8Array;
  /** Legs so far, and what each one was: at * mostLegs + its number is the place in the columns. */
  readonly legs: Uint8Array;
  readonly legFrom: Uint16Array;
  readonly legTo: Uint16Array;
  /** NaN: another process has written it than had read it, so it is no leg. */
  readonly legNs: Float64Array;
  /** When user space took the packet, and from which device; NaN: it hasn't it. */
  readonly takenNs: Float64Array;
  readonly takenFrom: Uint16Array;
  readonly takenBy: Uint32Array;

  /** @param capacity a power of two */
  constructor(capacity: number) {
    this.capacity = capacity;
    this.#setMask = capacity / ways - 1;
    this.#keyHigh = new Uint32Array(capacity);
    this.#keyLow = new Uint32Array(capacity);
    this.#hooks = new Uint8Array(capacity);
    this.#visited = new Uint32Array(capacity * mostHooks);
    this.#givenUp = new GivenUp(capacity / ways);
    this.isOverlong = new Uint8Array(capacity);
    this.isDoubtful = new Uint8Array(capacity);
    this.firstNs = new Float64Array(capacity);
    this.lastNs = new Float64Array(capacity);
    this.firstDevice = new Uint16Array(capacity);
    this.lastDevice = new Uint16Array(capacity);
    this.isAmbiguous = new Uint8Array(capacity);
    this.isRest = new Uint8Array(capacity);
    this.nextPoints = new Uint8Array(capacity);
    this.legs = new Uint8Array(capacity);
    this.legFrom = new Uint16Array(capacity * mostLegs);
    this.legTo = new Uint16Array(capacity * mostLegs);
    this.legNs = new Float64Array(capacity * mostLegs);
    this.takenNs = new Float64Array(capacity).fill(Number.NaN);
    this.takenFrom = new Uint16Array(capacity);
    this.takenBy = new Uint32Array(capacity);
  }

  /** The place of this key; -1: it is not there. */
  find(keyHigh: number, keyLow: number): number {
    const first = (keyLow & this.#setMask) * ways;
    for (let at = first; at < first + ways; at++)
      if (this.#keyLow[at] === keyLow && this.#keyHigh[at] === keyHigh && this.hooksAt(at) > 0) return at;
    return -1;
  }

  /** The place for a new key: a free one of its set, or the one that has been quiet for longest. */
  placeFor(keyLow: number): number {
    const first = (keyLow & this.#setMask) * ways;
    let quietest = first;
    for (let at = first; at < first + ways; at++) {
      if (this.hooksAt(at) === 0) return at;
      if ((this.lastNs[at] ?? 0) < (this.lastNs[quietest] ?? 0)) quietest = at;
    }
    return quietest;
  }

  take(at: number, keyHigh: number, keyLow: number): void {
    this.#keyHigh[at] = keyHigh;
    this.#keyLow[at] = keyLow;
    this.legs[at] = 0;
    this.isOverlong[at] = 0;
    this.takenNs[at] = Number.NaN;
  }

  free(at: number): void {
    this.#hooks[at] = 0;
  }

  /** Frees the place of a journey that is not over, and remembers that for its key. */
  giveUp(at: number, nowNs: number): void {
    this.#givenUp.note(Math.floor(at / ways), this.#keyHigh[at] ?? 0, nowNs);
    this.free(at);
  }

  /** Whether a journey of this place's key may have been given up within that time. */
  wasGivenUp(at: number, nowNs: number, withinNs: number): boolean {
    return this.#givenUp.mayHold(Math.floor(at / ways), this.#keyHigh[at] ?? 0, nowNs, withinNs);
  }

  /** How many hooks the journey at this place has passed; 0: the place is free. */
  hooksAt(at: number): number {
    return this.#hooks[at] ?? 0;
  }

  /** Whether one of the hooks that the journey has passed is of this device. */
  hasPassed(at: number, device: number): boolean {
    const visited = this.#visited.subarray(at * mostHooks, at * mostHooks + this.hooksAt(at));
    return visited.some((hook) => hook >> pointBits === device);
  }

  /** Notes that the journey passes a hook. @returns false where it has passed it before, or too many */
  pass(at: number, device: number, point: Point): boolean {
    const hook = (device << pointBits) | point;
    const hooks = this.hooksAt(at);
    const first = at * mostHooks;
    for (let passed = first; passed < first + hooks; passed++)
      if (this.#visited[passed] === hook) return false;
    if (hooks === mostHooks) {
      this.isOverlong[at] = 1;
      return false;
    }
    this.#visited[first + hooks] = hook;
    this.#hooks[at] = hooks + 1;
    return true;
  }

  /** Notes that this process has written the packet, if user space had it. */
  endLeg(at: number, to: number, timeNs: number, process: number): void {
    const takenNs = this.takenNs[at] ?? Number.NaN;
    const legs = this.legs[at] ?? 0;
    if (Number.isNaN(takenNs) || legs === mostLegs) return;
    const place = at * mostLegs + legs;
    this.legFrom[place] = this.takenFrom[at] ?? 0;
    this.legTo[place] = to;
    const reader = this.takenBy[at] ?? 0;
    const isOther = reader !== 0 && process !== 0 && reader !== process;
    this.legNs[place] = isOther ? Number.NaN : Math.max(0, timeNs - takenNs);
    this.legs[at] = legs + 1;
    this.takenNs[at] = Number.NaN;
  }
}
