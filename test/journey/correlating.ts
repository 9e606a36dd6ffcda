// Events through a correlator, and the events of one packet on its way.
import { Correlator, type JourneyLimits, type Point, points } from '../../src/journey/correlator.js';

export const quietNs = 1_000_000;

export interface Event {
  readonly timeNs: number;
  readonly key: number;
  readonly device: number;
  readonly point: Point;
}
export type Leg = readonly [from: number, to: number, ns: number];

export function correlate(events: readonly Event[], given: Partial<JourneyLimits> = {}) {
  const [legs, journeys, unreturned] = [[] as Leg[], [] as Leg[], [] as number[]];
  const sink = {
    leg: (...leg: Leg) => void legs.push(leg),
    journey: (...journey: Leg) => void journeys.push(journey),
    unreturned: (from: number) => void unreturned.push(from),
  };
  const correlator = new Correlator(sink, { capacity: 8, quietNs, ...given });
  const balances: boolean[] = [];
  for (const [at, { timeNs, key, device, point }] of events.entries()) {
    correlator.add(timeNs, key, key * 8, device, point);
    const { begun, whole, partial, ambiguous, evicted } = correlator.counts;
    const { underWay } = correlator;
    balances.push(
      begun === whole + partial + ambiguous + evicted + underWay && underWay >= 0 && underWay <= 8,
    );
    if (at % 16 === 15) correlator.expire(timeNs);
  }
  correlator.expire(Number.MAX_VALUE);
  return { legs, journeys, unreturned, correlator, isBalanced: balances.every(Boolean) };
}

export interface Packet {
  readonly startNs: number;
  readonly key: number;
  readonly residenceNs: number;
}

/** tun 1 → forwarder → tun 2. */
export const overForwarder = ({ startNs, key, residenceNs }: Packet): readonly Event[] => [
  { timeNs: startNs, key, device: 1, point: points.sent },
  { timeNs: startNs + 10, key, device: 1, point: points.toUser },
  { timeNs: startNs + 10 + residenceNs, key, device: 2, point: points.fromUser },
  { timeNs: startNs + 25 + residenceNs, key, device: 2, point: points.received },
];
