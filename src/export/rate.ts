// Packets a second, as the table and the CSV show them.

/** A whole rate; null where nothing was measured for any time. */
export const ratePerSecond = (count: number, durationSeconds: number): number | null =>
  durationSeconds > 0 ? Math.round(count / durationSeconds) : null;
