// A veth pair in namespaces of its own that carries packets for as long as a test runs.
import { listen, sender } from '../kernel/devices/flow.js';
import type { Ground } from '../kernel/devices/ground.js';
import { addPair, rightAddress } from '../kernel/devices/links.js';

const intervalMs = 5;

export interface Traffic {
  /** Fits the pair's two devices and no others. */
  readonly glob: string;
  readonly sinkDevice: string;
}

export async function carryTraffic(ground: Ground): Promise<Traffic> {
  const [a, b] = [await ground.netns(), await ground.netns()];
  await addPair({ left: 'v0', right: 'v1', leftNetns: a, rightNetns: b, number: 1 });
  listen(ground, b);
  const send = sender(ground, a, rightAddress(1));
  const timer = setInterval(() => send(2), intervalMs);
  ground.cleanup.add('end the traffic', () => clearInterval(timer));
  return { glob: `{${a}/v0,${b}/v1}`, sinkDevice: `${b}/v1` };
}
