// Child program: says "spinning", keeps its CPU busy for so many ms, and says when it ended. Run as a real-time task it
// lets nobody else on that CPU, so the time is bounded here, whatever becomes of whoever has started it.
import { writeSync } from 'node:fs';

const mostMs = 800;
const durationMs = Math.min(Number(process.argv[2]), mostMs);

const endNs = process.hrtime.bigint() + BigInt(durationMs * 1e6);
writeSync(1, 'spinning\n');
while (process.hrtime.bigint() < endNs);
writeSync(1, `${process.hrtime.bigint()}\n`);
