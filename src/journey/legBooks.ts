// From the numbers that events have of devices to legs between devices: what every kind of books begins with.
import type { MeasuredDevice } from '../measure/increment.js';
import type { LegLine } from '../measure/snapshot.js';
import type { FollowingSink } from './journeys.js';

export type Leg = LegLine['leg'];

/** The device of this number in the events; null: not known any more, or not wanted. */
export type DeviceOf = (number: number) => MeasuredDevice | null;

export abstract class LegBooks implements FollowingSink {
  readonly #deviceOf: DeviceOf;

  constructor(deviceOf: DeviceOf) {
    this.#deviceOf = deviceOf;
  }

  leg(from: number, to: number, residenceNs: number): void {
    // Who reads a tap is a guest, or what forwards frames as one; a tun's reader is a forwarder.
    this.#enter(({ kind }) => (kind === 'tap' ? 'guest' : 'forwarder'), from, to, residenceNs);
  }

  journey(from: number, to: number, durationNs: number): void {
    this.#enter(() => 'end_to_end', from, to, durationNs);
  }

  unreturned(from: number): void {
    const device = this.#deviceOf(from);
    if (device) this.enterUnreturned(device);
  }

  rate(_every: number): void {}

  protected abstract enter(leg: Leg, from: MeasuredDevice, to: MeasuredDevice, ns: number): void;

  protected abstract enterUnreturned(from: MeasuredDevice): void;

  #enter(legOf: (from: MeasuredDevice) => Leg, fromNumber: number, toNumber: number, ns: number): void {
    const from = this.#deviceOf(fromNumber);
    const to = this.#deviceOf(toNumber);
    if (from && to) this.enter(legOf(from), from, to, ns);
  }
}

/** As legs have it, in every output. */
export const placeOf = ({ netns, name }: MeasuredDevice): string => `${netns}/${name}`;
