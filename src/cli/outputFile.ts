// A file that is written at the end but opened at the start: an unwritable place is known before measuring.
import { closeSync, existsSync, fstatSync, ftruncateSync, openSync, rmSync, writeSync } from 'node:fs';
import { reasonOf, VifscopeError } from '../errors.js';

export class OutputFile {
  readonly #path: string;
  readonly #fd: number;
  readonly #isOurs: boolean;
  #isWritten = false;

  /** Opens without touching what is there. @throws VifscopeError FAILED */
  static open(path: string): OutputFile {
    try {
      return new OutputFile(path);
    } catch (error) {
      throw failure(path, error);
    }
  }

  private constructor(path: string) {
    this.#path = path;
    this.#isOurs = !existsSync(path);
    this.#fd = openSync(path, 'a');
  }

  /** Replaces the content. @throws VifscopeError FAILED, e.g. on a full disk */
  write(text: string): void {
    try {
      if (fstatSync(this.#fd).isFile()) ftruncateSync(this.#fd);
      const bytes = Buffer.from(text);
      for (let at = 0; at < bytes.length; ) at += writeSync(this.#fd, bytes, at);
      this.#isWritten = true;
    } catch (error) {
      throw failure(this.#path, error);
    }
  }

  /** Closes; a file that we made and never wrote goes again. */
  close(): void {
    closeSync(this.#fd);
    if (this.#isOurs && !this.#isWritten) rmSync(this.#path, { force: true });
  }
}

const failure = (path: string, error: unknown): VifscopeError =>
  new VifscopeError({
    code: 'FAILED',
    operation: 'write',
    object: path,
    reason: reasonOf(error),
    remedy: 'choose a place that this user can write to',
    cause: error,
  });
