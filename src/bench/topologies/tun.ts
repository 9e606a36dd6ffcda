// The tun path: generator namespace → tun0 → a forwarder in user space → tun1 → sink namespace.
import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { VifscopeError } from '../../errors.js';
import { inNetns } from '../../libbpf/libc.js';
import type { ForwarderInput } from '../children/messages.js';
import { runCommand } from '../command.js';
import { NodeChild } from '../nodeChild.js';
import type { BuiltPath } from '../path.js';
import type { Scope } from '../scope.js';
import { startTied } from '../tiedProcess.js';
import { configureEnds, type Ends, makeEnds } from './ends.js';

const devices = { generator: 'tun0', sink: 'tun1' };
const startLimitMs = 10_000;
const startStepMs = 20;

type Forwarder = Pick<BuiltPath, 'middlePid' | 'middleFailure'>;

/** Forwarders that are asked for by name; in the place of {in} and {out} come the names of the two devices. */
export const forwarders: Readonly<Record<string, string>> = {
  socat: 'socat TUN,iff-no-pi,tun-type=tun,tun-name={in} TUN,iff-no-pi,tun-type=tun,tun-name={out}',
};

/** @param command a program that makes the devices {in} and {out} and carries packets; null: our own */
export async function buildTun(scope: Scope, command: string | null = null): Promise<BuiltPath> {
  const ends = await makeEnds('tun', scope);
  const forwarder = command === null ? await startOwn(ends, scope) : await startGiven(command, ends, scope);
  return { ...(await configureEnds(ends, devices, null, scope)), ...forwarder };
}

async function startOwn({ generatorNetns, sinkNetns }: Ends, scope: Scope): Promise<Forwarder> {
  const input: ForwarderInput = {
    fromNetns: generatorNetns,
    fromDevice: devices.generator,
    toNetns: sinkNetns,
    toDevice: devices.sink,
  };
  const forwarder = await NodeChild.start('forwarder', input, scope);
  return { middlePid: forwarder.pid, middleFailure: () => forwarder.howEnded() };
}

/** It knows no namespaces: it makes both devices where it is, and the second one is moved. */
async function startGiven(
  command: string,
  { generatorNetns, sinkNetns }: Ends,
  scope: Scope,
): Promise<Forwarder> {
  const named = command.replaceAll('{in}', devices.generator).replaceAll('{out}', devices.sink);
  const start = ['ip', 'netns', 'exec', generatorNetns, 'sh', '-c', `exec ${named}`];
  const forwarder = startTied('forwarder', start, ['ignore', 'ignore', 'pipe'], scope);
  const isThere = (device: string) =>
    inNetns(generatorNetns, () => existsSync(`/proc/sys/net/ipv4/conf/${device}`));
  for (const device of [devices.generator, devices.sink])
    for (let waitedMs = 0; !isThere(device); waitedMs += startStepMs) {
      const ended = forwarder.howEnded();
      if (ended !== null || waitedMs >= startLimitMs) throw noDevice(named, device, ended);
      await sleep(startStepMs, undefined, { signal: scope.signal });
    }
  await runCommand('ip', ['-n', generatorNetns, 'link', 'set', devices.sink, 'netns', sinkNetns]);
  return { middlePid: forwarder.pid, middleFailure: forwarder.howEnded };
}

const noDevice = (command: string, device: string, ended: string | null): VifscopeError =>
  new VifscopeError({
    code: 'FAILED',
    operation: 'start',
    object: `the forwarder \`${command}\``,
    reason: ended ?? `it made no device ${device} within ${startLimitMs / 1000} s`,
    remedy:
      'give a program that makes the tuns {in} and {out} itself and carries packets from one to the other',
  });
