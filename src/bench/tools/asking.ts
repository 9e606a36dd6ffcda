// sockperf's server asked by our own generator: the same messages, at the same rate, for the same answers.
import { randomInt } from 'node:crypto';
import { figuresOf } from '../../measure/histogram.js';
import { generatorPort } from '../addresses.js';
import { framings } from '../children/framing.js';
import { Cleanup } from '../cleanup.js';
import { together } from '../load/counts.js';
import { Generator } from '../load/generator.js';
import { oneSize } from '../load/plan.js';
import { frameLimits, payloadBytesOf } from '../packet.js';
import type { Scope } from '../scope.js';
import type { Ground } from './ground.js';
import { orderOf, startServer, type ToolLoad } from './run.js';
import { sockperf } from './sockperf.js';

const frameBytes = frameLimits.minBytes;
/** What our packets carry needs room behind sockperf's header. */
export const askedPayloadBytes = framings.sockperf.headerBytes + payloadBytesOf(frameBytes);

/** Round trips end where the answer comes to the socket. @param whenStarted told of the generator's process */
export async function askSockperf(
  ground: Ground,
  { packetsPerSecond, seconds, ...rest }: Omit<ToolLoad, 'payloadBytes'>,
  scope: Scope,
  whenStarted: (pid: number) => void,
) {
  const cleanup = new Cleanup();
  const remove = scope.cleanup.add('end asking sockperf', () => cleanup.run());
  const own = { ...scope, cleanup };
  try {
    const order = orderOf(ground, { packetsPerSecond, seconds, ...rest, payloadBytes: askedPayloadBytes });
    if (sockperf.server === null) throw new Error('sockperf has no server');
    await startServer(sockperf.name, sockperf.server, order, ground, own);
    const input = {
      netns: ground.generator.netns,
      carrier: 'udp' as const,
      answeredBy: 'sockperf' as const,
      sourceAddress: ground.generator.address,
      sourcePort: generatorPort,
      sinkAddresses: [order.sinkAddress],
      sinkPort: order.port,
    };
    const generator = await Generator.start(input, own);
    whenStarted(generator.pid);
    const load = {
      packetsPerSecond,
      durationSeconds: seconds,
      sizes: oneSize(frameBytes),
      flows: 1,
      burst: 1,
    };
    const { answers, lateness, sent } = await generator.send(load, randomInt(1, 2 ** 32));
    return {
      sent,
      roundTrips: figuresOf(together(answers ? [answers] : [])),
      lateness: figuresOf(together([lateness])),
    };
  } finally {
    await remove();
  }
}
