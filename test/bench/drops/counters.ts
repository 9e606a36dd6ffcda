// Counters of a path as tests make them up: all 0 but what is given.
import type { DeviceCounters, PathCounters } from '../../../src/bench/drops/counters.js';

export const deviceOf = (
  netns: string,
  device: string,
  kind: string,
  changes: Partial<DeviceCounters> = {},
): DeviceCounters => ({
  netns,
  device,
  kind,
  ifindex: 2,
  peer: null,
  txDropped: 0,
  rxDropped: 0,
  txErrors: 0,
  rxErrors: 0,
  qdiscs: [],
  ...changes,
});

export const pathOf = (
  devices: readonly DeviceCounters[],
  changes: Partial<PathCounters> = {},
): PathCounters => ({
  devices,
  protocols: [],
  backlogDrops: 0,
  ...changes,
});

export const pair = (
  sender: Partial<DeviceCounters>,
  receiver: Partial<DeviceCounters>,
): DeviceCounters[] => [
  deviceOf('left', 'veth0', 'veth', { ifindex: 7, peer: { netns: 'right', ifindex: 9 }, ...sender }),
  deviceOf('right', 'veth1', 'veth', { ifindex: 9, peer: { netns: 'left', ifindex: 7 }, ...receiver }),
];
