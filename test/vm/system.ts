// The files of the VM's system, all taken from this host: programs with their libraries, Node packages, the project.
// Out: places inside the VM, each with the host's file that goes there.
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Place in the VM (without a leading slash) → file of the host. */
export type Placement = ReadonlyMap<string, string>;

const projectRoot = fileURLToPath(new URL('../../../', import.meta.url));
/** Where the project lies in the VM. */
export const projectPlace = 'vifscope';

/** What the host has to have for that, apart from the kernel; names as a user knows them. */
export function collectSystem(libraries: string | null = null): Placement {
  const programs = ['ip', 'tc', 'setpriv'].map((name) => [`usr/bin/${name}`, pathOf(name)] as const);
  const libbpf = sharedLibrary('libbpf.so.1');
  const binaries = [process.execPath, libbpf, ...programs.map(([, path]) => path)];
  const system = new Map([
    ['bin/busybox', '/bin/busybox'],
    ['usr/bin/node', process.execPath],
    ...programs,
    ...[libbpf, ...binaries.flatMap(librariesOf)].map((path) => [path.slice(1), path] as const),
    ...projectFiles().map((path) => [join(projectPlace, relative(projectRoot, path)), path] as const),
  ]);
  return libraries === null ? system : withLibraries(system, libraries, dirname(libbpf.slice(1)));
}

/** All at once: a C library and its loader only go together. What is new comes where libbpf is. */
function withLibraries(system: Placement, folder: string, place: string): Placement {
  const given = new Map(
    readdirSync(folder)
      .filter((name) => name.includes('.so'))
      .map((name) => [name, join(folder, name)]),
  );
  const known = new Set([...system.keys()].map((path) => basename(path)));
  const added = [...given].filter(([name]) => !known.has(name));
  return new Map([
    ...[...system].map(([path, source]) => [path, given.get(basename(path)) ?? source] as const),
    ...added.map(([name, source]) => [join(place, name), source] as const),
  ]);
}

export function pathOf(program: string): string {
  const folders = [...(process.env.PATH ?? '').split(':'), '/usr/sbin', '/sbin'];
  const found = folders.map((folder) => join(folder, program)).find((path) => isFile(path));
  if (found === undefined) throw new Error(`${program} is not installed; scripts/setup.sh installs it`);
  return found;
}

const isFile = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;

function sharedLibrary(soname: string): string {
  const known = execFileSync('/sbin/ldconfig', ['-p'], { encoding: 'utf8' });
  const found = known
    .split('\n')
    .find((line) => line.trim().startsWith(`${soname} `) && line.includes('x86-64'));
  if (found === undefined) throw new Error(`${soname} is not installed; scripts/setup.sh installs it`);
  return found.slice(found.indexOf('=> ') + 3);
}

/** The libraries and the loader that a binary needs, as the loader itself finds them. */
export function librariesOf(binary: string): string[] {
  const lines = execFileSync('ldd', [binary], { encoding: 'utf8' }).split('\n');
  return lines.flatMap((line) => /(?:=> |^\s+)(\/\S+) \(0x/.exec(line)?.[1] ?? []);
}

interface LockFile {
  readonly packages: Readonly<Record<string, { readonly dev?: boolean }>>;
}

function projectFiles(): string[] {
  const lock = JSON.parse(readFileSync(join(projectRoot, 'package-lock.json'), 'utf8')) as LockFile;
  const packages = Object.entries(lock.packages).filter(([path, { dev }]) => path !== '' && !dev);
  const inProject = (...parts: string[]) => join(projectRoot, ...parts);
  return [
    inProject('package.json'),
    ...filesBelow(inProject('bpf'), /\.o$/),
    ...filesBelow(inProject('dist'), /\.js$/),
    ...packages.flatMap(([path]) => filesBelow(inProject(path), /\.([cm]?js|json|node|wasm)$/)),
  ];
}

/** Files below a folder; packages nested in it come by themselves. */
function filesBelow(folder: string, wanted: RegExp): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === 'node_modules' ? [] : filesBelow(path, wanted);
    return entry.isFile() && wanted.test(entry.name) ? [path] : [];
  });
}
