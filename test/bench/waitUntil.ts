// Waits for what must come to hold, and no longer than it takes.
import { setTimeout as sleep } from 'node:timers/promises';

const turnsASecond = 50;

/** @returns whether it holds, at last after so many seconds */
export async function waitUntil(holds: () => boolean, limitSeconds: number): Promise<boolean> {
  for (let turn = 0; turn < limitSeconds * turnsASecond; turn++) {
    if (holds()) return true;
    await sleep(1_000 / turnsASecond);
  }
  return holds();
}
