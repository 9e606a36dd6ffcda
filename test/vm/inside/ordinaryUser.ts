// A command as an ordinary user who holds some capabilities and no others, as systemd would start it.
import type { Capability } from '../../../src/host/capabilities.js';

/** By its path: the VM's shell would take busybox's own, which knows no users. */
const setpriv = '/usr/bin/setpriv';

export const ordinaryUid = 1000;

/** The command with setpriv in front. */
export function asUser(capabilities: readonly Capability[], command: readonly string[]): string[] {
  const names = ['-all', ...capabilities.map((name) => name.replace(/^CAP_/, '+').toLowerCase())].join(',');
  const sets = ['inh-caps', 'ambient-caps', 'bounding-set'].map((set) => `--${set}=${names}`);
  const identity = [`--reuid=${ordinaryUid}`, `--regid=${ordinaryUid}`, '--clear-groups'];
  return [setpriv, ...identity, ...sets, '--', ...command];
}
