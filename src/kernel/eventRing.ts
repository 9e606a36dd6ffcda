// The ring of events of followed packets.
import * as abi from '../abi/layout.js';
import type { EventHandler } from '../journey/journeys.js';
import type { MappedRing } from '../libbpf/memory.js';
import { RecordRing } from './recordRing.js';

const twoPow32 = 2 ** 32;
const word = (field: { readonly offset: number }): number => field.offset / 4;
const timeWord = word(abi.event.timeNs);
const contentWord = word(abi.event.content);
const processWord = word(abi.event.process);

/** Every point of enum vs_point but the invalid one. */
const isKnown = (point: number): boolean => point > abi.point.invalid && point < abi.point.n;

export class EventRing {
  readonly #ring: RecordRing;
  readonly #data: MappedRing['data'];

  constructor(ring: MappedRing) {
    this.#ring = new RecordRing(ring, { name: 'events', recordBytes: abi.event.size });
    this.#data = ring.data;
  }

  /** Hands on every finished event in its order. @returns how many @throws VifscopeError FAILED, see RecordRing */
  read(handle: EventHandler): number {
    const { words32, bytes, view } = this.#data;
    return this.#ring.read((at) => {
      const point = bytes[at + abi.event.point.offset] ?? 0;
      if (!isKnown(point)) return `an event at hook ${point}, which this version does not know`;
      const event = at / 4;
      handle(
        (words32[event + timeWord + 1] ?? 0) * twoPow32 + (words32[event + timeWord] ?? 0),
        words32[event + contentWord + 1] ?? 0,
        words32[event + contentWord] ?? 0,
        view.getUint16(at + abi.event.device.offset, true),
        point,
        words32[event + processWord] ?? 0,
      );
      return null;
    });
  }
}
