// The tun path: generator namespace → tun0 → a forwarder in user space → tun1 → sink namespace.
import type { ForwarderInput } from '../children/messages.js';
import { NodeChild } from '../nodeChild.js';
import type { BuiltPath } from '../path.js';
import type { Scope } from '../scope.js';
import { configureEnds, makeEnds } from './ends.js';

export async function buildTun(scope: Scope): Promise<BuiltPath> {
  const ends = await makeEnds('tun', scope);
  const devices = { generator: 'tun0', sink: 'tun1' };
  const input: ForwarderInput = {
    fromNetns: ends.generatorNetns,
    fromDevice: devices.generator,
    toNetns: ends.sinkNetns,
    toDevice: devices.sink,
  };
  const forwarder = await NodeChild.start('forwarder', input, scope);
  const built = await configureEnds(ends, devices, null, scope);
  return { ...built, middlePid: forwarder.pid, middleFailure: () => forwarder.howEnded() };
}
