// How large the packets are, and how many come at once: what decides which way vhost takes.
import { payloadBytesOf } from '../../../src/bench/packet.js';

export const smallPayloadBytes = payloadBytesOf(64);
/** A frame that takes more than a page goes alone: vhost has no room for it in a batch. */
export const bigPayloadBytes = 5_000;
/** vhost puts up to 64 packets into a batch: this makes one of 64 and one of 16. */
export const mostBurstPackets = 80;
