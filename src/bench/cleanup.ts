// What was made is undone: a stack of named steps, run last first, each of them even where another fails.
import { reasonOf, VifscopeError } from '../errors.js';

type Step = () => void | Promise<void>;

export class Cleanup {
  readonly #steps: { readonly name: string; readonly step: Step }[] = [];
  #closed = false;
  #running: Promise<void> | null = null;

  /**
   * Registers a step before the thing it undoes is made, so that no moment is left uncovered: a step must
   * therefore bear that there is nothing to undo. Refused once `run` has begun, so that nothing more is made.
   * Returns a function that runs the step early, once.
   */
  add(name: string, step: Step): () => Promise<void> {
    if (this.#closed) throw new Error(`clean-up has begun, too late to ${name} afterwards`);
    const entry = { name, step };
    this.#steps.push(entry);
    return async () => {
      const index = this.#steps.indexOf(entry);
      if (index < 0) return;
      this.#steps.splice(index, 1);
      await step();
    };
  }

  /** Runs every step that is left; throws once, at the end, naming all that failed. Callers may share a run. */
  run(): Promise<void> {
    this.#closed = true;
    this.#running ??= this.#runAll();
    return this.#running;
  }

  async #runAll(): Promise<void> {
    const failures: { readonly name: string; readonly error: unknown }[] = [];
    for (let entry = this.#steps.pop(); entry !== undefined; entry = this.#steps.pop()) {
      try {
        await entry.step();
      } catch (error) {
        failures.push({ name: entry.name, error });
      }
    }
    if (failures.length === 0) return;
    throw new VifscopeError({
      code: 'FAILED',
      operation: 'undo',
      object: failures.map((f) => f.name).join(', '),
      reason: failures.map((f) => reasonOf(f.error)).join('; '),
      remedy: 'the next run removes namespaces left behind; `ip netns` shows them',
      cause: new AggregateError(failures.map((f) => f.error)),
    });
  }
}
