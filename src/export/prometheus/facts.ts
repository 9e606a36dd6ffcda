// What the metrics tell besides the measurements: of this build, of the service, of the process.
import { readdirSync } from 'node:fs';
import { performance } from 'node:perf_hooks';

export interface BuildFacts {
  readonly version: string;
  readonly libbpf: string;
  readonly kernel: string;
  readonly node: string;
}

export interface ServiceFacts {
  readonly lastReload: { readonly successful: boolean; readonly lastSuccessAt: Date };
  /** null: no interval log is written. */
  readonly log: { readonly intervals: number; readonly lostIntervals: number } | null;
  /** What was asked of it over HTTP and the control socket, and not answered. */
  readonly asked: {
    /** Connections closed because there were too many. */
    readonly turnedAway: number;
    /** Connections closed because the client was too slow. */
    readonly cutOff: number;
    /** Requests, or whole connections, that no route was asked for. */
    readonly refused: number;
  };
  readonly snapshotsRefused: number;
}

export interface ProcessFacts {
  readonly cpuSeconds: number;
  readonly residentBytes: number;
  readonly openFds: number;
  readonly startedAtSeconds: number;
}

/** prom-client's own collectors also start timers and observers, which cost CPU time between scrapes. */
export function readProcessFacts(): ProcessFacts {
  const { user, system } = process.cpuUsage();
  return {
    cpuSeconds: (user + system) / 1e6,
    residentBytes: process.memoryUsage.rss(),
    openFds: readdirSync('/proc/self/fd').length,
    startedAtSeconds: performance.timeOrigin / 1_000,
  };
}
