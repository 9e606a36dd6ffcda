// A run's namespaces have names of their own; their roles are the same in every run.
import type { BuiltPath } from '../path.js';

export const roleOf = (netns: string, { devices }: BuiltPath): string =>
  devices.find((device) => device.netns === netns)?.role ?? netns;

/** @param place "netns/device" */
export function inRoles(place: string, path: BuiltPath): string {
  const [netns = '', device = ''] = place.split('/');
  return `${roleOf(netns, path)}/${device}`;
}
