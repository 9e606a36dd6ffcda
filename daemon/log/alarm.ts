// A trouble that lasts is told once: when it begins, and not again before it was over.

export class Alarm {
  readonly #tell: (text: string) => void;
  #isRaised = false;

  constructor(tell: (text: string) => void) {
    this.#tell = tell;
  }

  raise(text: string): void {
    if (!this.#isRaised) this.#tell(text);
    this.#isRaised = true;
  }

  clear(): void {
    this.#isRaised = false;
  }
}
