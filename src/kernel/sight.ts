// Has the kernel look at known devices: a program on task_rename does it when this process takes its name anew.
// That needs no privilege, so it works in a daemon that holds none any more.
import { closeSync, openSync, writeSync } from 'node:fs';
import * as abi from '../abi/layout.js';
import type { Control } from './control.js';

/** What `ps` and `top` call us from then on. */
const taskName = 'vifscope';

export class Sight {
  readonly #control: Control;
  readonly #nameFd: number;

  constructor(control: Control) {
    this.#control = control;
    this.#nameFd = openSync('/proc/self/comm', 'w');
  }

  /** @returns those of the cache's indices that were looked at; the kernel may be too busy to run a program */
  look(indices: readonly number[]): readonly number[] {
    const blockOf = (index: number) => Math.floor(index / abi.limit.sightingsALook);
    const blocks = new Set(indices.map(blockOf));
    const seen = new Set([...blocks].filter((block) => this.#lookAt(block)));
    return indices.filter((index) => seen.has(blockOf(index)));
  }

  close(): void {
    closeSync(this.#nameFd);
  }

  #lookAt(block: number): boolean {
    const { looks } = this.#control;
    this.#control.lookAt = block;
    try {
      writeSync(this.#nameFd, taskName);
    } finally {
      this.#control.lookAt = null;
    }
    return this.#control.looks !== looks;
  }
}
