// From slow waits to slow packets: those of one packet belong together, and what comes of it a little later too.
import { hasContent, type Outlier, startNsOf } from './outlier.js';
import type { RecentEvents, Step } from './recentEvents.js';

/** How long a packet's last slow wait is held for what may still happen to it. */
export const holdNs = 200_000_000;
/** So far before and after the slow waits a packet's way is looked for; as long as journeys may be quiet. */
const aroundNs = 500_000_000;

export interface SlowPacket {
  /** In the order of time; one at least. */
  readonly waits: readonly Outlier[];
  /**
   * Where it was seen: its way from device to device; null: it was not followed, or other packets of the same content
   * were under way.
   */
  readonly way: readonly Step[] | null;
}

export class SlowPackets {
  readonly #events: RecentEvents;
  #held: Outlier[][] = [];

  constructor(events: RecentEvents) {
    this.#events = events;
  }

  add(outlier: Outlier): void {
    const named = this.#withContent(outlier);
    const same = hasContent(named) ? this.#held.find((waits) => isNextOf(waits, named)) : undefined;
    if (same) same.push(named);
    else this.#held.push([named]);
  }

  /** Those that nothing more is waited for. */
  take(nowNs: number): SlowPacket[] {
    const isOver = (waits: readonly Outlier[]) => waits.every(({ endNs }) => nowNs - endNs >= holdNs);
    const over = this.#held.filter(isOver);
    this.#held = this.#held.filter((waits) => !isOver(waits));
    return over.map((waits) => ({ waits, way: this.#wayOf(waits) }));
  }

  /** The driver may have freed the packet before its wait was over; it was seen when the wait began. */
  #withContent(outlier: Outlier): Outlier {
    if (hasContent(outlier)) return outlier;
    const content = this.#events.contentAt(outlier.device, startNsOf(outlier));
    return content ? { ...outlier, contentHigh: content.high, contentLow: content.low } : outlier;
  }

  #wayOf(waits: readonly Outlier[]): readonly Step[] | null {
    const [first] = waits;
    const last = waits.at(-1);
    if (!first || !last || !hasContent(first)) return null;
    const steps = this.#events.find(
      first.contentHigh,
      first.contentLow,
      startNsOf(first) - aroundNs,
      last.endNs + aroundNs,
    );
    return steps.length > 0 && isOnePacket(steps) ? steps : null;
  }
}

/** One packet passes no hook twice, and is not sent, read, written or received twice in a row: that are copies of it. */
function isOnePacket(steps: readonly Step[]): boolean {
  const hooks = new Set(steps.map(({ device, point }) => `${device} ${point}`));
  return hooks.size === steps.length && steps.every(({ point }, at) => point !== steps[at - 1]?.point);
}

/** A packet waits in one segment after the other, and in none twice. But driver: a ring's wait begins in its midst. */
function isNextOf(waits: readonly Outlier[], next: Outlier): boolean {
  return waits.every(
    (wait) =>
      wait.contentHigh === next.contentHigh &&
      wait.contentLow === next.contentLow &&
      !(wait.device === next.device && wait.segment === next.segment) &&
      (wait.endNs <= startNsOf(next) || wait.segment === 'driver' || next.segment === 'driver'),
  );
}
