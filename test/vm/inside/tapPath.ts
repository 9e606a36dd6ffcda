// The tap path without a guest, for a VM in which QEMU would take minutes: tap0 → a relay → tap1.
// The kernel can't tell the relay from QEMU: both read and write the tap's descriptor.
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { BuiltPath } from '../../../src/bench/path.js';
import type { Scope } from '../../../src/bench/scope.js';
import { startTied } from '../../../src/bench/tiedProcess.js';
import { configureEnds, makeEnds } from '../../../src/bench/topologies/ends.js';

const relayProgram = fileURLToPath(new URL('./tapRelay.js', import.meta.url));

export async function buildRelayedTap(scope: Scope): Promise<BuiltPath> {
  const ends = await makeEnds('tap', scope);
  const command = [process.execPath, relayProgram, ends.generatorNetns, ends.sinkNetns];
  const relay = startTied('tap relay', command, ['ignore', 'pipe', 'pipe'], scope);
  if (relay.child.stdout === null) throw new Error('the tap relay has no output');
  const early = relay.ended.then((how) => Promise.reject(new Error(`the tap relay has ended: ${how}`)));
  await Promise.race([once(relay.child.stdout, 'data'), early]);
  const devices = { generator: 'tap0', sink: 'tap1' };
  // The relay changes no address, so the frames already bear the sink's.
  const built = await configureEnds(ends, devices, ends.addresses.sinkMac, scope);
  return { ...built, middlePid: relay.pid, middleFailure: relay.howEnded };
}
