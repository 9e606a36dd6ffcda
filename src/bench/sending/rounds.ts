// The generator and the plain loop in C on the same CPU, in turn.

import type { SendMethod } from '../children/messages.js';
import { endlessPacketsPerSecond } from '../load/ceiling.js';
import { openDrain } from '../load/drain.js';
import { Generator } from '../load/generator.js';
import { oneSize } from '../load/plan.js';
import { removeLeftovers } from '../namespaces.js';
import { neededPinning, pinGenerator, pinOurselves } from '../pinning.js';
import type { Scope } from '../scope.js';
import { type Round, type SendingFigures, sendingFigures } from './figures.js';
import type { SendingOptions } from './options.js';
import { buildReference } from './reference.js';

const frameBytes = 64;

/** @param seconds of each of a round's runs */
export async function measureSending(
  options: Omit<SendingOptions, 'json'>,
  scope: Scope,
  seconds = 1,
): Promise<SendingFigures> {
  const pinning = neededPinning();
  const [cpu = 0] = pinning.generator;
  await removeLeftovers();
  pinOurselves(pinning, scope);
  const drain = await openDrain(scope);
  const reference = await buildReference(drain.input, { cpu, frameBytes, seconds }, scope);
  const generator = await Generator.start(drain.input, scope);
  pinGenerator(generator.pid, pinning);
  const send = async (packetsPerSecond: number, method: SendMethod) => {
    const load = {
      packetsPerSecond,
      durationSeconds: seconds,
      sizes: oneSize(frameBytes),
      flows: 1,
      burst: 1,
    };
    return generator.send(load, 1, method);
  };
  const round = async (): Promise<Round> => {
    const { packetsPerSecond } = options;
    const [most, paced] = [await reference.most(), await reference.onSchedule(packetsPerSecond)];
    const idle = await reference.idle(packetsPerSecond);
    const batch = await send(endlessPacketsPerSecond, 'batch');
    const adaptive = await send(packetsPerSecond, 'adaptive');
    return {
      idleLateShare: idle.late / idle.sent,
      reference: { packetsPerSecond: most.packetsPerSecond, lateShare: paced.late / paced.sent },
      generator: {
        packetsPerSecond: batch.reachedPacketsPerSecond,
        lateShare: adaptive.late / adaptive.sent,
      },
    };
  };
  const rounds: Round[] = [];
  for (let number = 0; number < options.rounds; number++) {
    scope.signal.throwIfAborted();
    scope.progress(`round ${number + 1} of ${options.rounds}`);
    rounds.push(await round());
  }
  await generator.stop();
  return sendingFigures(rounds);
}
