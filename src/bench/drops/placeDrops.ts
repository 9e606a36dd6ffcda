// Where packets were dropped, from counters before and after. Pure. A packet that several counters count is one drop.
import type { PlacedDrop } from '../result/schema.js';
import type { DeviceCounters, PathCounters } from './counters.js';

/**
 * Counters 32 bits wide may have wrapped, and a device made anew begins at 0: less than before counts as none.
 * @returns those above 0; without a device where a protocol of the namespace dropped them
 */
export function placeDrops(before: PathCounters, after: PathCounters): PlacedDrop[] {
  const backlog = { left: risen(before.backlogDrops, after.backlogDrops) };
  const devices = after.devices.map((device) => increaseOf(device, before.devices));
  const drops = [
    ...devices.flatMap(qdiscDrops),
    ...devices.filter(({ kind }) => kind === 'veth').flatMap((sender) => vethDrops(sender, devices, backlog)),
    ...devices.flatMap((device) => ownDrops(device, backlog)),
    ...after.protocols.flatMap(({ netns, counts }) => {
      const earlier = before.protocols.find((one) => one.netns === netns)?.counts ?? {};
      return protocolDrops(netns, earlier, counts);
    }),
  ];
  return drops.filter(({ count }) => count > 0);
}

/** What is still to be placed; drops that another device's counter explains are taken away. */
type Increase = { -readonly [K in keyof DeviceCounters]: DeviceCounters[K] };

const risen = (before: number, after: number): number => Math.max(0, after - before);

function increaseOf(device: DeviceCounters, earlier: readonly DeviceCounters[]): Increase {
  const was = earlier.find((one) => one.netns === device.netns && one.ifindex === device.ifindex);
  if (was === undefined) return { ...device };
  return {
    ...device,
    txDropped: risen(was.txDropped, device.txDropped),
    rxDropped: risen(was.rxDropped, device.rxDropped),
    txErrors: risen(was.txErrors, device.txErrors),
    rxErrors: risen(was.rxErrors, device.rxErrors),
    qdiscs: device.qdiscs.map(({ kind, place, drops }, at) => {
      const same = was.qdiscs[at];
      return { kind, place, drops: risen(same?.kind === kind ? same.drops : 0, drops) };
    }),
  };
}

const dropOn = (
  { netns, device }: Pick<DeviceCounters, 'netns' | 'device'>,
  place: PlacedDrop['place'],
  reason: string,
  count: number,
): PlacedDrop => ({ netns, device, place, reason, count });

/** A qdisc counts what those below it drop. */
const qdiscDrops = (device: Increase): PlacedDrop[] =>
  device.qdiscs
    .filter(({ place }) => place !== 'parent')
    .map(({ kind, drops }) => dropOn(device, 'qdisc', `${kind} drops`, drops));

/**
 * The sender's tx_dropped counts whatever its peer did not take: because the CPU's backlog was full, which the peer's
 * rx_dropped and softnet_stat count too; because the peer was down or its MTU too small, which its rx_dropped counts
 * too; or because its ring was full, which it has with NAPI (veth_xmit, veth_forward_skb of drivers/net/veth.c).
 */
function vethDrops(sender: Increase, devices: readonly Increase[], backlog: { left: number }): PlacedDrop[] {
  const peer = devices.find((one) => one !== sender && isPeer(sender, one) && isPeer(one, sender));
  if (peer === undefined) return [];
  const both = Math.min(sender.txDropped, peer.rxDropped);
  const queued = Math.min(both, backlog.left);
  const full = sender.txDropped - both;
  sender.txDropped = 0;
  peer.rxDropped -= both;
  backlog.left -= queued;
  return [
    dropOn(peer, 'backlog', 'softnet_stat dropped', queued),
    dropOn(peer, 'driver', 'rx_dropped', both - queued),
    dropOn(peer, 'ring', "its peer's tx_dropped", full),
  ];
}

/** Numbers of devices are each namespace's own: two pairs may have the same. */
const isPeer = ({ peer }: Increase, other: Increase): boolean =>
  peer?.ifindex === other.ifindex && (peer.netns === null || peer.netns === other.netns);

/** tun and tap count a full queue towards their reader as tx_dropped; of others it is the driver's word. */
function ownDrops(device: Increase, backlog: { left: number }): PlacedDrop[] {
  const queued = Math.min(device.rxDropped, backlog.left);
  backlog.left -= queued;
  return [
    dropOn(device, device.kind === 'tun' ? 'ring' : 'driver', 'tx_dropped', device.txDropped),
    dropOn(device, 'driver', 'tx_errors', device.txErrors),
    dropOn(device, 'backlog', 'softnet_stat dropped', queued),
    dropOn(device, 'unknown', 'rx_dropped', device.rxDropped - queued),
    dropOn(device, 'driver', 'rx_errors', device.rxErrors),
  ];
}

/** Not those of sending: Ip.OutDiscards and Udp.SndbufErrors count what the qdisc dropped once more. */
const placesOfCounters: ReadonlyMap<string, PlacedDrop['place']> = new Map([
  ['Udp.RcvbufErrors', 'socket'],
  ['Udp.MemErrors', 'socket'],
  ['Udp.NoPorts', 'unknown'],
  ['Udp.InCsumErrors', 'unknown'],
  ['Ip.InHdrErrors', 'unknown'],
  ['Ip.InAddrErrors', 'unknown'],
  ['Ip.InUnknownProtos', 'unknown'],
  ['Ip.InDiscards', 'unknown'],
]);

const protocolDrops = (
  netns: string,
  before: Readonly<Record<string, number>>,
  after: Readonly<Record<string, number>>,
): PlacedDrop[] =>
  [...placesOfCounters].map(([reason, place]) => ({
    netns,
    device: null,
    place,
    reason,
    count: risen(before[reason] ?? 0, after[reason] ?? 0),
  }));
