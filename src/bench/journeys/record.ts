// Records the events of all packets over a veth pair and a tun forwarder under load. In: the paths. Out: the events as the
// kernel's ring had them, and the devices that they name.
import { closeSync, writeSync } from 'node:fs';
import { readPossibleCpus } from '../../host/facts.js';
import { NetnsNames } from '../../host/netnsNames.js';
import { sampleUpTo } from '../../journey/sampling.js';
import { attachHere } from '../../kernel/attachment.js';
import type { Device } from '../../kernel/deviceTable.js';
import { EventRing } from '../../kernel/eventRing.js';
import { followingRingBytes } from '../../kernel/follower.js';
import { Meter } from '../../kernel/meter.js';
import { sizesFor } from '../../kernel/sizes.js';
import { inNetns } from '../../libbpf/libc.js';
import { connectSocket, openDatagramSocket } from '../../libbpf/sockets.js';
import { wantedBy } from '../../measure/devicePatterns.js';
import { defaultLoad, offerLoad, primePath } from '../load/offerLoad.js';
import type { BuiltPath } from '../path.js';
import type { Scope } from '../scope.js';
import type { JourneysBenchOptions } from './options.js';

export interface RecordedEvent {
  readonly timeNs: number;
  readonly contentHigh: number;
  readonly contentLow: number;
  readonly device: number;
  readonly point: number;
}

export interface Recording {
  readonly events: readonly RecordedEvent[];
  readonly devices: ReadonlyMap<number, Device>;
}

const pollIntervalMs = 5;
/** Packets of one and the same content, each time another. */
const alikeAtOnce = 4;
const socketBytes = 1024 * 1024;

export async function record(
  paths: readonly BuiltPath[],
  { packetsPerSecond, seconds }: JourneysBenchOptions,
  scope: Scope,
): Promise<Recording> {
  const { meter, ring } = attachTo(paths, scope);
  for (const path of paths) await primePath(path, scope);
  const events: RecordedEvent[] = [];
  const take = () =>
    ring.read((timeNs, contentHigh, contentLow, device, point) =>
      events.push({ timeNs, contentHigh, contentLow, device, point }),
    );
  take();
  meter.control.sampleUpTo = sampleUpTo(1);
  const sendAlike = paths.map((path) => openAlike(path, scope));
  const timer = setInterval(() => {
    for (const send of sendAlike) send();
    take();
  }, pollIntervalMs);
  scope.cleanup.add('record no more', () => clearInterval(timer));
  const load = { ...defaultLoad, packetsPerSecond, durationSeconds: seconds };
  await Promise.all(paths.map((path) => offerLoad(path, load, scope)));
  clearInterval(timer);
  take();
  meter.control.sampleUpTo = null;
  return { events, devices: new Map(meter.devices.map((device) => [device.firstShard, device])) };
}

function attachTo(paths: readonly BuiltPath[], scope: Scope) {
  const sizes = sizesFor(readPossibleCpus(), { eventBytes: followingRingBytes });
  const attachment = attachHere({ sizes });
  const names = new NetnsNames();
  const include = paths.flatMap(({ devices }) => devices.map(({ netns, device }) => `${netns}/${device}`));
  const meter = new Meter(attachment, {
    isWanted: wantedBy(include, []),
    netnsName: (inum) => names.nameOf(inum),
    dropReasons: { known: false, nameOf: String },
  });
  const learning = setInterval(() => meter.learn(), pollIntervalMs);
  scope.cleanup.add('detach', () => {
    clearInterval(learning);
    meter.end();
    attachment.close();
  });
  meter.control.phase = 'measuring';
  return { meter, ring: new EventRing(attachment.memory.events) };
}

/** Sends a few packets that are alike over a path at once: their journeys are ambiguous. */
function openAlike({ generatorNetns, sinkAddress, sinkPort }: BuiltPath, scope: Scope): () => void {
  const fd = inNetns(generatorNetns, () => openDatagramSocket(socketBytes));
  scope.cleanup.add('close a socket', () => closeSync(fd));
  connectSocket(fd, sinkAddress, sinkPort);
  const payload = Buffer.alloc(32);
  let bursts = 0;
  return () => {
    payload.writeUInt32BE(++bursts);
    for (let sent = 0; sent < alikeAtOnce; sent++) writeSync(fd, payload);
  };
}
