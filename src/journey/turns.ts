// The order in which one packet can pass hooks.

/** Where on a device a packet was seen; as in enum vs_point. */
export const points = { sent: 1, toUser: 2, fromUser: 3, received: 4 } as const;
export type Point = (typeof points)[keyof typeof points];
export const pointBits = 3;

/**
 * Where one packet can be seen next; anything else is a copy of it, or another of the same content. A flooded frame,
 * for one, is sent on a second device while the first one's reader has it.
 */
const turns: Readonly<Record<Point, readonly Point[]>> = {
  [points.sent]: [points.toUser, points.received],
  [points.toUser]: [points.fromUser],
  [points.fromUser]: [points.received],
  [points.received]: [points.sent],
};
/** turns as bits: 1 << point. */
export const turnBits = Uint8Array.from({ length: 1 << pointBits }, (_, from) =>
  (turns[from as Point] ?? []).reduce((bits, to) => bits | (1 << to), 0),
);
/** Where a way begins; a journey first seen elsewhere is the rest of one that was quiet for too long. */
export const beginnings = (1 << points.sent) | (1 << points.fromUser);
export const anyTurn = (1 << (1 << pointBits)) - 1;
