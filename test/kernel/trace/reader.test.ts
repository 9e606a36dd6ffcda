// Why a packet waits in a tun's ring: its reader is stopped, has no CPU, is behind with others, or has moved.
import { buildPath } from '../../../src/bench/buildPath.js';
import { traceBlock } from '../../../src/export/traceText.js';
import { kernelTest } from '../support/kernelTest.js';
import { pauseProcess } from '../support/pausing.js';
import { openSender, startTracing, waitsIn, withCause } from './tracing.js';

const thresholdNs = 20_000_000;

kernelTest('a reader that is stopped', ['tun'], async (t, scope) => {
  const path = await buildPath('tun', scope);
  const send = openSender(path, scope);
  const { told } = await startTracing(path, send, thresholdNs, scope);
  const paused = pauseProcess(path.middlePid ?? 0, 200, scope);
  send(3);
  const pause = await paused;
  const packets = await told();
  t.log(packets.map((packet) => traceBlock(packet, false)).join(''));
  const stopped = withCause(waitsIn(packets, 'ring'), 'stopped');
  t.log(JSON.stringify(packets[0]), pause);
  t.is(stopped.length, 3);
});
