// The stages: which packets pass in each. In: the guest. Out: its bursts.
import { type Ground, limitSendBuffer } from './ground.js';
import { type Guest, nap } from './guest.js';
import { bigPayloadBytes, mostBurstPackets, smallPayloadBytes } from './loads.js';
import type { Burst, Stage, StageName } from './report.js';

const burstSizes = [1, 16, 1, mostBurstPackets, 1, 16];
const repeats = 5;
const limitedBytes = 1024 * 1024;
/** INT_MAX, as a tap has it from the start. */
const unlimitedBytes = 0x7fffffff;
/** Far longer than a burst takes: a stamp that outlived its batch would show. */
const pauseMs = 100;
const heldMs = 200;
const heldPackets = 32;

export type Passed = Pick<Stage, 'bursts' | 'lateBursts' | 'held'>;

const nothing: Passed = { bursts: [], lateBursts: [], held: null };
const small = (packets: number): number[] => Array.from({ length: packets }, () => smallPayloadBytes);
const many = (burst: (packets: number) => Burst): Passed => ({
  ...nothing,
  bursts: Array.from({ length: repeats }, () => burstSizes.map(burst)).flat(),
});

/** @param endStage stops stamping, before its first await */
export const stages: Record<
  StageName,
  (guest: Guest, ground: Ground, endStage: () => Promise<void>) => Promise<Passed>
> = {
  /** Where the tap limits what it holds, vhost writes packet by packet: tun_get_user. */
  single: async (guest, { tap }) => {
    limitSendBuffer(tap, limitedBytes);
    const passed = many((packets) => guest.send(small(packets)));
    limitSendBuffer(tap, unlimitedBytes);
    return passed;
  },
  batch: async (guest) => many((packets) => guest.send(small(packets))),
  /** Batches, pauses, and frames too large for a batch, which go by tun_get_user in the same task. */
  mixed: async (guest) => {
    const mixture = [
      ...small(3),
      bigPayloadBytes,
      ...small(2),
      bigPayloadBytes,
      bigPayloadBytes,
      ...small(16),
    ];
    const bursts = [small(16), [bigPayloadBytes], mixture, [bigPayloadBytes], small(1), mixture];
    const send = (burst: number[]) => {
      nap(pauseMs);
      return guest.send(burst);
    };
    return { ...nothing, bursts: bursts.map(send) };
  },
  receive: async (guest) => many((packets) => guest.receive(packets)),
  'stopped guest': async (guest) => {
    const { sendingNs, heldNs, ...burst } = guest.receiveLate(heldPackets, heldMs);
    return { ...nothing, bursts: [burst], held: { sendingNs, heldNs } };
  },
  /** What is written when nothing is stamped any more must not find the stamp of what was written before. */
  'late writes': async (guest, _ground, endStage) => {
    const bursts = [guest.send(small(16))];
    nap(pauseMs);
    const ended = endStage();
    const lateBursts = [guest.send([bigPayloadBytes]), guest.send(small(16))];
    await ended;
    return { ...nothing, bursts, lateBursts };
  },
};
