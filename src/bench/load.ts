// The load: small packets on a fixed schedule over a built path, counted at both ends.
import { randomInt } from 'node:crypto';
import { VifscopeError } from '../errors.js';
import { addressesOf, generatorPort } from './addresses.js';
import type { GeneratorInput, GeneratorResult, SinkInput, SinkResult } from './children/messages.js';
import { NodeChild } from './nodeChild.js';
import { frameLimits, maxSequence, payloadBytesOf } from './packet.js';
import type { BuiltPath } from './path.js';
import type { Scope } from './scope.js';

export interface LoadOptions {
  readonly packetsPerSecond: number;
  readonly durationSeconds: number;
  /** Without the frame check sequence: 64 bytes are 14 of Ethernet and 50 of IP; on tun the 50 alone. */
  readonly frameBytes: number;
}

export const defaultLoad: Omit<LoadOptions, 'durationSeconds'> = {
  packetsPerSecond: 100_000,
  frameBytes: 64,
};

export interface LoadResult {
  readonly generator: GeneratorResult;
  readonly sink: SinkResult;
}

/** Beyond the load's own duration: two Node processes to start, and the sink's drain. */
const allowanceSeconds = 30;

/** Offers the load, lets the path drain, and returns what both ends counted. */
export async function offerLoad(path: BuiltPath, options: LoadOptions, scope: Scope): Promise<LoadResult> {
  validate(options);
  // Not 0, so that a stray packet of zeros is nobody's.
  const flow = randomInt(1, 2 ** 32);
  const { packetsPerSecond, durationSeconds } = options;
  const payloadBytes = payloadBytesOf(options.frameBytes);
  const sinkInput: SinkInput = {
    netns: path.sinkNetns,
    address: path.sinkAddress,
    port: path.sinkPort,
    flow,
    packets: Math.round(packetsPerSecond * durationSeconds),
    payloadBytes,
  };
  const generatorInput: GeneratorInput = {
    netns: path.generatorNetns,
    sourceAddress: addressesOf(path.name).generator,
    sourcePort: generatorPort,
    sinkAddress: path.sinkAddress,
    sinkPort: path.sinkPort,
    flow,
    packetsPerSecond,
    durationSeconds,
    payloadBytes,
  };
  try {
    const result = await runEnds(sinkInput, generatorInput, scope);
    checkMiddle(path);
    return result;
  } catch (error) {
    // What the ends saw of a dead middle is only its consequence.
    if (!scope.signal.aborted) checkMiddle(path);
    throw error;
  }
}

async function runEnds(
  sinkInput: SinkInput,
  generatorInput: GeneratorInput,
  scope: Scope,
): Promise<LoadResult> {
  const sink = await NodeChild.start('sink', sinkInput, scope);
  try {
    const source = await NodeChild.start('generator', generatorInput, scope);
    try {
      const generator = await source.result<GeneratorResult>(
        generatorInput.durationSeconds + allowanceSeconds,
      );
      sink.tell({ kind: 'finish', sent: generator.sent });
      return { generator, sink: await sink.result<SinkResult>(allowanceSeconds) };
    } finally {
      await source.stop();
    }
  } finally {
    await sink.stop();
  }
}

const priming: LoadOptions = { packetsPerSecond: 100, durationSeconds: 0.05, frameBytes: 64 };
const primingAttempts = 3;

/** Sends a few packets from end to end, so that every device of the path has seen traffic; fails if none arrives. */
export async function primePath(path: BuiltPath, scope: Scope): Promise<void> {
  for (let attempt = 0; attempt < primingAttempts; attempt++) {
    const { sink } = await offerLoad(path, priming, scope);
    if (sink.received > 0) return;
  }
  throw new VifscopeError({
    code: 'FAILED',
    operation: 'send packets over',
    object: `the ${path.name} path`,
    reason: `none of ${primingAttempts} × 5 packets came out at its end`,
    remedy: 'check for a packet filter that applies to new network namespaces',
  });
}

/** A path whose middle has died loses packets for no reason worth measuring. */
function checkMiddle({ name, middleFailure }: BuiltPath): void {
  const reason = middleFailure();
  if (reason === null) return;
  throw new VifscopeError({
    code: 'FAILED',
    operation: 'keep up',
    object: `the ${name} path`,
    reason: `its ${name === 'tap' ? 'guest' : 'forwarder'} has gone: ${reason}`,
    remedy: 'run again',
  });
}

function validate({ packetsPerSecond, durationSeconds, frameBytes }: LoadOptions): void {
  const { minBytes, maxBytes } = frameLimits;
  const faults = [
    packetsPerSecond > 0 && Number.isFinite(packetsPerSecond) ? null : 'the rate must be above 0',
    durationSeconds > 0 && Number.isFinite(durationSeconds) ? null : 'the duration must be above 0',
    packetsPerSecond * durationSeconds <= maxSequence ? null : 'more packets than sequence numbers',
    Number.isInteger(frameBytes) && frameBytes >= minBytes && frameBytes <= maxBytes
      ? null
      : `frames have ${minBytes} to ${maxBytes} bytes`,
  ].filter((fault) => fault !== null);
  if (faults.length === 0) return;
  throw new VifscopeError({
    code: 'USAGE',
    operation: 'offer a load of',
    object: `${packetsPerSecond} packets a second for ${durationSeconds} s, ${frameBytes}-byte frames`,
    reason: faults.join(', '),
    remedy: 'choose other figures',
  });
}
