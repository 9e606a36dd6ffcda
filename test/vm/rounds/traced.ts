// A trace of a tun path whose reader is stopped for a while: which waits are told of, and with which causes.
import { setTimeout as sleep } from 'node:timers/promises';
import { Tracer, tracePollMs } from '../../../src/tracer.js';
import type { TracedWait } from './report.js';
import type { Lane } from './round.js';

const learningPackets = 10;
const packetsWhileStopped = 3;
/** Longer than packets are held for what may still happen to them. */
const pollsAfterwards = 30;

export async function traceStopped({ path, flow }: Lane): Promise<TracedWait[]> {
  const include = path.devices.map(({ netns, device }) => `${netns}/${device}`);
  const tracer = new Tracer({ include, slowerThanNs: 1 });
  try {
    while (tracer.devices.length < path.devices.length) {
      await flow.carry(learningPackets);
      tracer.poll();
    }
    if (path.middlePid !== null) process.kill(path.middlePid, 'SIGSTOP');
    // It waits for what does not come.
    await flow.carry(packetsWhileStopped);
    if (path.middlePid !== null) process.kill(path.middlePid, 'SIGCONT');
    const waits: TracedWait[] = [];
    for (let poll = 0; poll < pollsAfterwards; poll++) {
      for (const packet of tracer.poll())
        for (const { segment, causes } of packet.waits)
          waits.push({ segment, causes: causes.map(({ cause }) => cause) });
      await sleep(tracePollMs);
    }
    return waits;
  } finally {
    tracer.close();
  }
}
