// The switches that the daemon writes and the counters that the programs keep beside them.
import * as abi from '../abi/layout.js';
import type { MappedMemory } from '../libbpf/memory.js';

export type Phase = 'off' | 'measuring' | 'draining';

export class Control {
  readonly #memory: MappedMemory;

  constructor(memory: MappedMemory) {
    this.#memory = memory;
  }

  set phase(phase: Phase) {
    Atomics.store(this.#memory.words32, abi.control.phase.offset / 4, abi.phase[phase]);
  }

  /** The block of the device cache to look at, null for none. */
  set lookAt(block: number | null) {
    Atomics.store(this.#memory.words32, abi.control.lookAt.offset / 4, block === null ? 0 : block + 1);
  }

  /** Packets are followed whose content's upper half is no greater; null for none. */
  set sampleUpTo(most: number | null) {
    Atomics.store(this.#memory.words32, abi.control.sampleUpTo.offset / 4, most ?? 0);
  }

  /** Events for which the ring had no room, modulo 2^32. */
  get eventsLost(): number {
    return Atomics.load(this.#memory.words32, abi.control.eventsLost.offset / 4);
  }

  /** Packets seen at a hook that are of no kind to be followed, modulo 2^32. */
  get eventsWithoutContent(): number {
    return Atomics.load(this.#memory.words32, abi.control.eventsWithoutContent.offset / 4);
  }

  /** Slow packets for which the ring had no room, modulo 2^32. */
  get outliersLost(): number {
    return Atomics.load(this.#memory.words32, abi.control.outliersLost.offset / 4);
  }

  /** Looks done so far, modulo 2^32. */
  get looks(): number {
    return Atomics.load(this.#memory.words32, abi.control.looks.offset / 4);
  }

  /** Devices announced so far, modulo 2^32: unchanged means that nothing is new. */
  get announced(): number {
    return Atomics.load(this.#memory.words32, abi.control.announced.offset / 4);
  }

  /** Hook runs that met a device not yet in the cache, since the programs were loaded. */
  get unlearnedHookRuns(): number {
    return Number(this.#memory.view.getBigUint64(abi.control.unlearnedHookRuns.offset, true));
  }
}
