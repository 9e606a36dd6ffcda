// The snapshot as JSON: the contract of `snapshot --json`.
import type { Snapshot } from '../measure/snapshot.js';

/** Controls that JSON may hold as they are but a terminal obeys: DEL, the C1 set, changes of direction. */
const unescaped = /[\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g;

/** JSON with two spaces of indentation and a newline at its end; members stand as they were assembled. */
export function snapshotJson(snapshot: Snapshot): string {
  return `${escapedJson(JSON.stringify(snapshot, null, 2))}\n`;
}

/** The same on one line. */
export const snapshotLine = (snapshot: Snapshot): string => `${escapedJson(JSON.stringify(snapshot))}\n`;

/** The same JSON, with nothing in it that steers a terminal. */
export const escapedJson = (text: string): string =>
  text.replace(unescaped, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
