// The interval log: HdrHistogram logs in a directory, rotated by size, the oldest deleted.
// In: a snapshot an interval. Out: files; what can't be written is counted, and never keeps the service from its work.
import { accessSync, constants, statSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { reasonOf, VifscopeError } from '../../src/errors.js';
import { hlogHeader, hlogIntervals } from '../../src/export/hlog.js';
import type { Snapshot } from '../../src/measure/snapshot.js';
import { Alarm } from './alarm.js';
import { LogFile } from './logFile.js';
import { surplusLogs } from './logNames.js';

export interface Rotation {
  /** A file that an interval would make larger is followed by another; each has one interval at least. */
  readonly rotateBytes: number;
  /** Files, with the one being written. */
  readonly keep: number;
}

export interface IntervalLogOptions extends Rotation {
  readonly directory: string;
  readonly warn: (text: string) => void;
}

/** A disk that hangs must not fill the memory. */
const mostWaiting = 4;

export class IntervalLog {
  readonly #directory: string;
  readonly #writing: Alarm;
  readonly #deleting: Alarm;
  #rotation: Rotation;
  #file: LogFile | null = null;
  #intervals = 0;
  #lostIntervals = 0;
  #waiting = 0;
  /** One thing at a time, in their order; never rejects. */
  #done: Promise<void> = Promise.resolve();

  /** Files are made only once there is an interval. @throws VifscopeError FAILED when there can't be any */
  static open(options: IntervalLogOptions): IntervalLog {
    requireDirectory(options.directory);
    return new IntervalLog(options);
  }

  private constructor({ directory, warn, ...rotation }: IntervalLogOptions) {
    this.#directory = directory;
    this.#rotation = rotation;
    this.#writing = new Alarm(warn);
    this.#deleting = new Alarm(warn);
  }

  /** Those written whole. */
  get intervals(): number {
    return this.#intervals;
  }

  get lostIntervals(): number {
    return this.#lostIntervals;
  }

  /** Writes the interval soon, or counts it as lost; one without a segment has nothing to write. */
  append(snapshot: Snapshot): void {
    if (snapshot.segments.length === 0) return;
    if (this.#waiting >= mostWaiting) {
      this.lose(`${this.#waiting} intervals still wait to be written`);
      return;
    }
    this.#waiting += 1;
    this.#then(async () => {
      try {
        await this.#write(snapshot);
        this.#intervals += 1;
        this.#writing.clear();
      } catch (error) {
        this.lose(reasonOf(error));
      }
      this.#waiting -= 1;
    });
  }

  /** There is an interval that will not be written. */
  lose(reason: string): void {
    this.#lostIntervals += 1;
    this.#writing.raise(
      `intervals are lost, the interval log in ${this.#directory} can't be written: ${reason}`,
    );
  }

  reconfigure({ rotateBytes, keep }: Rotation): void {
    this.#rotation = { rotateBytes, keep };
    this.#then(() => this.#deleteOldest());
  }

  /** Once what was appended before is written or lost. */
  written(): Promise<void> {
    return this.#done;
  }

  /** Writes what still waits, and lets go of the file. */
  async close(): Promise<void> {
    this.#then(async () => {
      try {
        await this.#leaveFile();
      } catch (error) {
        this.#writing.raise(
          `the interval log in ${this.#directory} may have lost its end: ${reasonOf(error)}`,
        );
      }
    });
    await this.written();
  }

  #then(work: () => Promise<void>): void {
    this.#done = this.#done.then(work);
  }

  async #write(snapshot: Snapshot): Promise<void> {
    if (await this.#appendToFile(snapshot)) return;
    await this.#leaveFile();
    const startTimeMs = Date.parse(snapshot.startedAt);
    const file = await LogFile.create(this.#directory, startTimeMs);
    try {
      await file.append(Buffer.from(hlogHeader(snapshot) + hlogIntervals(snapshot, startTimeMs)));
    } catch (error) {
      await file.remove();
      throw error;
    }
    this.#file = file;
    await this.#deleteOldest();
  }

  /** @returns false when another file is to be begun */
  async #appendToFile(snapshot: Snapshot): Promise<boolean> {
    const file = this.#file;
    // After a clock was set back an interval would start before its log.
    if (file === null || Date.parse(snapshot.startedAt) < file.startTimeMs) return false;
    if (!(await file.isAsLeft())) return false;
    const bytes = Buffer.from(hlogIntervals(snapshot, file.startTimeMs));
    if (file.bytes + bytes.length > this.#rotation.rotateBytes) return false;
    await file.append(bytes);
    return true;
  }

  async #leaveFile(): Promise<void> {
    const file = this.#file;
    this.#file = null;
    await file?.close();
  }

  async #deleteOldest(): Promise<void> {
    try {
      const entries = await readdir(this.#directory, { withFileTypes: true });
      const names = entries.filter((entry) => entry.isFile()).map(({ name }) => name);
      const surplus = surplusLogs(names, this.#rotation.keep, this.#file?.name ?? null);
      // One that can't be deleted keeps no other one.
      const results = await Promise.allSettled(
        surplus.map((name) => rm(join(this.#directory, name), { force: true })),
      );
      const failure = results.find((result) => result.status === 'rejected');
      if (failure) throw failure.reason;
      this.#deleting.clear();
    } catch (error) {
      this.#deleting.raise(`old interval logs can't be deleted: ${reasonOf(error)}`);
    }
  }
}

function requireDirectory(directory: string): void {
  try {
    if (!statSync(directory).isDirectory()) throw new Error('it is not a directory');
    accessSync(directory, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    throw new VifscopeError({
      code: 'FAILED',
      operation: 'write the interval log to',
      object: directory,
      reason: reasonOf(error),
      remedy: 'make the directory and give it to the user of the service, or set log.directory to null',
      cause: error,
    });
  }
}
