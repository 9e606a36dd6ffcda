// The drivers whose devices are measured: in the kernel, loaded, to be loaded, or not there.
import { existsSync } from 'node:fs';
import type { Btf } from '../abi/btf.js';
import { readText } from './optionalFile.js';
import type { HostPaths } from './paths.js';

/** One row a driver, with a struct of its own by which a kernel that has it built in is known. */
const drivers = [
  { name: 'tun', ownStruct: 'tun_struct' },
  { name: 'veth', ownStruct: 'veth_priv' },
] as const;

export type Driver = (typeof drivers)[number]['name'];
/** loadable: installed as a module, not loaded yet. unknown: there is no list of modules to find it in. */
export type DriverState = 'builtin' | 'loaded' | 'loadable' | 'absent' | 'unknown';

export function readDriverStates(
  kernelRelease: string,
  btf: Btf | null,
  paths: HostPaths,
): Readonly<Record<Driver, DriverState>> {
  const modules = `${paths.installedModules}/${kernelRelease}`;
  const builtin = readText(`${modules}/modules.builtin`);
  const loadable = readText(`${modules}/modules.dep`);
  const stateOf = ({ name, ownStruct }: (typeof drivers)[number]): DriverState => {
    // Built-in code has a directory here too if it has parameters, but only a module has a state.
    if (existsSync(`${paths.loadedModules}/${name}/initstate`)) return 'loaded';
    if (btf !== null && btf.find('struct', ownStruct) !== null) return 'builtin';
    if (lists(builtin, name)) return 'builtin';
    if (lists(loadable, name)) return 'loadable';
    return loadable === null ? 'unknown' : 'absent';
  };
  const [tun, veth] = drivers;
  return { tun: stateOf(tun), veth: stateOf(veth) };
}

/** Whether a line of modules.builtin or modules.dep begins with this module's path, compressed or not. */
function lists(modules: string | null, name: string): boolean {
  const paths = (modules ?? '').split('\n').map((line) => line.split(':', 1)[0] ?? '');
  return paths.some((path) => new RegExp(`(^|/)${name}\\.ko(\\.\\w+)?$`).test(path));
}
