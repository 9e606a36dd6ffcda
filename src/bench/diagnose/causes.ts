// From slow packets to what most of them waited for. Pure.
import type { ReportedPacket } from '../../trace/report.js';
import type { SlowCause } from './finding.js';

export type Causes = readonly SlowCause[];

/** By place and cause, the sentence of the slowest each. */
export function causesOf(packets: readonly ReportedPacket[]): Causes {
  const slowest = new Map<string, SlowCause & { readonly waitNs: number }>();
  for (const { waits } of packets)
    for (const { netns, device, segment, waitNs, causes } of waits) {
      // The first explains most of the wait.
      const [first] = causes;
      if (!first) continue;
      const where = `${netns}/${device} ${segment}`;
      const key = `${where} ${first.cause}`;
      const known = slowest.get(key);
      const packetsSoFar = (known?.packets ?? 0) + 1;
      const isSlower = known === undefined || waitNs > known.waitNs;
      const told = isSlower ? { example: first.sentence, waitNs } : known;
      slowest.set(key, { ...told, where, cause: first.cause, packets: packetsSoFar });
    }
  return [...slowest.values()].map(({ waitNs: _, ...cause }) => cause);
}
