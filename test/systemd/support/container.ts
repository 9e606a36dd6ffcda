// A real systemd in a container: systemd-nspawn on an overlay of this host's root, with a network of its own.
// Its processes and mounts are in namespaces that end with it, its files in a tmpfs: nothing is left on the host.
import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Scope } from '../../../src/bench/scope.js';
import { startTied } from '../../../src/bench/tiedProcess.js';
import { within } from '../../../src/bench/within.js';
import { reasonOf } from '../../../src/errors.js';
import { withReceiver } from '../../daemon/notify/receiver.js';

/** Seen at the same place in the container. */
export const checkout = fileURLToPath(new URL('../../../..', import.meta.url)).replace(/\/$/, '');

const bootLimitSeconds = 30;
const commandLimitMs = 30_000;

/** In a mount namespace of its own. The host may have its control groups in other hierarchies. */
const prepare = `
set -e
umount -R /sys/fs/cgroup
mount -t cgroup2 cgroup2 /sys/fs/cgroup
mount -t tmpfs -o mode=755 tmpfs /mnt
mkdir /mnt/changes /mnt/work /mnt/root
mount -t overlay -o lowerdir=/,upperdir=/mnt/changes,workdir=/mnt/work overlay /mnt/root`;

/**
 * $1: name of the control group, at the top, where no systemd of the host manages it; the rest is nspawn's.
 * nspawn wants /run to be a tmpfs.
 */
const bootScript = `${prepare}
mount -t tmpfs -o mode=755 tmpfs /run
mkdir "/sys/fs/cgroup/$1"
echo $$ > "/sys/fs/cgroup/$1/cgroup.procs"
shift
exec systemd-nspawn --directory=/mnt/root "$@"`;

/** $1: the groups to remove; those in use stay, after $2 tenths of a second. */
const sweepScript = `${prepare}
is_in_use() { grep -qs 'populated 1' "$1/cgroup.events"; }
for group in $(find /sys/fs/cgroup -maxdepth 1 -name "$1"); do
  for ((tenth = 0; tenth < $2; tenth++)); do is_in_use "$group" || break; sleep 0.1; done
  is_in_use "$group" || find "$group" -depth -type d -exec rmdir {} +
done`;

const groupPrefix = 'vifscope-systemd-';
const privately = ['unshare', '--mount', 'bash', '-c'];
/** nspawn that is killed leaves its container running: as the first process of a namespace it doesn't. */
const tied = ['unshare', '--mount-proc', '--pid', '--fork', '--kill-child', 'bash', '-c'];
/** A killed process is in its group until its parent has seen it. */
const killedAfterTenths = 50;

/** Why there can be no container here, or null. */
export function containerMissing(): string | null {
  try {
    for (const command of ['systemd-nspawn', 'unshare', 'nsenter', 'python3'])
      runHere([command, '--version']);
    runHere([...privately, prepare]);
    return null;
  } catch (error) {
    return `container: ${reasonOf(error)}`;
  }
}

export class Container {
  /** Enters the namespaces of nspawn, and from there those of the container. */
  readonly #enter: readonly string[];

  private constructor(nspawn: string, leader: string) {
    const outer = ['nsenter', '--target', nspawn, '--mount', '--pid', '--'];
    this.#enter = [...outer, 'nsenter', '--target', leader, '--all', '--'];
  }

  /** Boots to basic.target. Ends with the scope, and with this process even if it is killed. */
  static async boot(scope: Scope): Promise<Container> {
    sweep('*', 0);
    const name = `${groupPrefix}${process.pid}`;
    scope.cleanup.add('remove the control groups of the container', () =>
      sweep(String(process.pid), killedAfterTenths),
    );
    const address = `@${name}`;
    const options = [
      ...['--boot', '--register=no', '--keep-unit', '--console=pipe', '--notify-ready=yes'],
      ...['--private-network', '--resolv-conf=off', '--timezone=off', '--link-journal=no'],
      // On top of nspawn's own: what the service needs, and what makes devices for it.
      ...['--capability=CAP_BPF,CAP_PERFMON,CAP_NET_ADMIN', '--system-call-filter=bpf perf_event_open'],
      ...[`--machine=${name}`, `--bind-ro=${checkout}`, 'systemd.unit=basic.target'],
    ];
    const command = ['env', `NOTIFY_SOCKET=${address}`, ...tied, bootScript, 'boot', name, ...options];
    let container: Container | undefined;
    await withReceiver(address, async (next) => {
      const nspawn = startTied('container', command, ['ignore', 'ignore', 'pipe'], scope);
      const failed = nspawn.ended.then((how) => Promise.reject(new Error(`it did not boot: ${how}`)));
      const onLimit = () => new Error(`the container is not ready after ${bootLimitSeconds} s`);
      const booted = Promise.race([leaderOnceReady(next), failed]);
      const leader = await within(booted, { limitSeconds: bootLimitSeconds, onLimit, signal: scope.signal });
      container = new Container(childOf(nspawn.pid), leader);
    });
    if (!container) throw new Error('the receiver ended before the container was ready');
    return container;
  }

  /** Runs a command inside, as root of the whole container; its status is the caller's to judge. */
  try(command: readonly string[], input = ''): SpawnSyncReturns<string> {
    const [program = '', ...args] = [...this.#enter, ...command];
    return spawnSync(program, args, { encoding: 'utf8', timeout: commandLimitMs, input });
  }

  /** @returns its standard output @throws Error with its messages when it fails */
  run(command: readonly string[], input = ''): string {
    return outputOf(command, this.try(command, input));
  }

  write(path: string, text: string): void {
    this.run(['sh', '-c', 'mkdir -p "$(dirname "$0")" && cat > "$0"', path], text);
  }
}

/** nspawn's two notifications: which process is the container's first, and that it is ready. */
async function leaderOnceReady(next: () => Promise<string>): Promise<string> {
  for (let told = await next(), leader = ''; ; told = await next()) {
    leader = /^X_NSPAWN_LEADER_PID=(\d+)$/m.exec(told)?.[1] ?? leader;
    if (leader !== '' && /^READY=1$/m.test(told)) return leader;
  }
}

const childOf = (pid: number): string => readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1').trim();

function sweep(which: string, waitTenths: number): void {
  runHere([...privately, sweepScript, 'sweep', `${groupPrefix}${which}`, String(waitTenths)]);
}

const runHere = ([command = '', ...args]: readonly string[]): string =>
  outputOf([command, ...args], spawnSync(command, args, { encoding: 'utf8', timeout: commandLimitMs }));

function outputOf(command: readonly string[], result: SpawnSyncReturns<string>): string {
  if (result.error) throw result.error;
  if (result.status === 0) return result.stdout;
  throw new Error(`${command.join(' ')}: ended with status ${result.status}: ${result.stderr.trim()}`);
}
