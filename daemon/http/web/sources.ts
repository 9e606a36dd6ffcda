// The files that something was read from, with what they held: whether they still do is one comparison, and no
// change is too quick or too small to be seen.
import { readFileSync } from 'node:fs';

export class Sources {
  readonly #texts = new Map<string, string>();

  /** @throws what readFileSync throws */
  read(path: string): string {
    const text = readFileSync(path, 'utf8');
    this.#texts.set(path, text);
    return text;
  }

  /** False also where a file can't be read any more. */
  areUnchanged(): boolean {
    return [...this.#texts].every(([path, text]) => holds(path, text));
  }
}

function holds(path: string, text: string): boolean {
  try {
    return readFileSync(path, 'utf8') === text;
  } catch {
    return false;
  }
}
