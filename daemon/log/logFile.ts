// One interval log being written: what is appended is in it as a whole or not at all.
import { type FileHandle, open, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { reasonOf } from '../../src/errors.js';
import { logName } from './logNames.js';

export class LogFile {
  readonly name: string;
  readonly startTimeMs: number;
  readonly #path: string;
  readonly #handle: FileHandle;
  /** Up to the end of the last whole append. */
  #bytes = 0;

  /** A new and empty one; what is there already is left alone. */
  static async create(directory: string, startTimeMs: number): Promise<LogFile> {
    for (let number = 1; ; number++) {
      const name = logName(startTimeMs, number);
      const path = join(directory, name);
      try {
        return new LogFile(name, startTimeMs, path, await open(path, 'ax'));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      }
    }
  }

  private constructor(name: string, startTimeMs: number, path: string, handle: FileHandle) {
    this.name = name;
    this.startTimeMs = startTimeMs;
    this.#path = path;
    this.#handle = handle;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Whether nobody has moved, deleted, cut off or added to it. */
  async isAsLeft(): Promise<boolean> {
    const [ours, there] = await Promise.all([this.#handle.stat(), statIfThere(this.#path)]);
    return there !== null && there.ino === ours.ino && there.dev === ours.dev && ours.size === this.#bytes;
  }

  /** All or nothing, in one write unless the system takes only a part of it. */
  async append(bytes: Uint8Array): Promise<void> {
    try {
      // A full disk takes a part at first, and tells why only when asked to take the rest.
      for (let at = 0; at < bytes.length; ) at += (await this.#handle.write(bytes, at)).bytesWritten;
    } catch (error) {
      await this.#takeBack(error);
      throw error;
    }
    this.#bytes += bytes.length;
  }

  close(): Promise<void> {
    return this.#handle.close();
  }

  /** It is gone even where it can't be closed. */
  async remove(): Promise<void> {
    try {
      await this.close();
    } finally {
      await rm(this.#path, { force: true });
    }
  }

  async #takeBack(cause: unknown): Promise<void> {
    try {
      await this.#handle.truncate(this.#bytes);
    } catch (error) {
      const reason = `${reasonOf(cause)}; half of it stays in ${this.#path}: ${reasonOf(error)}`;
      throw new Error(reason, { cause });
    }
  }
}

async function statIfThere(path: string) {
  try {
    return await stat(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
