// What the service tells systemd about itself: sd_notify(3), without libsystemd. Nothing where nobody listens.
// In: NOTIFY_SOCKET, WATCHDOG_USEC, WATCHDOG_PID. Out: datagrams; a failed one is told once and changes nothing else.
import { reasonOf } from '../../src/errors.js';
import { sendUnixDatagram } from '../../src/libbpf/unixDatagram.js';
import { Alarm } from '../log/alarm.js';

/** A Node timer counts milliseconds in 31 bits; asked for more, it fires at once. */
const longestTimerMs = 2 ** 31 - 1;

export class Notifier {
  /** How often watchdog() is to be called: twice in the time that systemd waits; null where it doesn't. */
  readonly watchdogIntervalMs: number | null;
  readonly #socket: string | null;
  readonly #alarm: Alarm;

  constructor(environment: Readonly<NodeJS.ProcessEnv>, warn: (text: string) => void) {
    this.#socket = environment.NOTIFY_SOCKET || null;
    this.watchdogIntervalMs = this.#socket === null ? null : watchdogIntervalMs(environment);
    this.#alarm = new Alarm(warn);
  }

  /** The service is started, or its reload ended. */
  ready(status: string): void {
    this.#send('READY=1', statusLine(status));
  }

  /** To be followed by ready(), whatever becomes of the reload. */
  reloading(): void {
    // CLOCK_MONOTONIC, which is what hrtime reads: it tells systemd which reload this is.
    this.#send('RELOADING=1', `MONOTONIC_USEC=${process.hrtime.bigint() / 1_000n}`);
  }

  stopping(): void {
    this.#send('STOPPING=1');
  }

  status(text: string): void {
    this.#send(statusLine(text));
  }

  watchdog(): void {
    this.#send('WATCHDOG=1');
  }

  #send(...assignments: readonly string[]): void {
    if (this.#socket === null) return;
    try {
      sendUnixDatagram(this.#socket, assignments.join('\n'));
      this.#alarm.clear();
    } catch (error) {
      this.#alarm.raise(`systemd can't be told how the service is (NOTIFY_SOCKET): ${reasonOf(error)}`);
    }
  }
}

/** An assignment ends with its line. */
const statusLine = (text: string): string => `STATUS=${text.replace(/\s+/g, ' ')}`;

function watchdogIntervalMs({ WATCHDOG_USEC: usec, WATCHDOG_PID: pid }: NodeJS.ProcessEnv): number | null {
  const isOurs = pid === undefined || pid === String(process.pid);
  if (!isOurs || usec === undefined || !/^[1-9]\d*$/.test(usec)) return null;
  return Math.min(Math.max(Math.floor(Number(usec) / 2_000), 1), longestTimerMs);
}
