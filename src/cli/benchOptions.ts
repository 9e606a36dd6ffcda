// What vifscope bench run can be asked for. In: options. Out: a plan that can be carried out.
import { isIPv4 } from 'node:net';
import type { Argv } from 'yargs';
import { imix, oneSize, sendPlanOf } from '../bench/load/plan.js';
import { type PathName, pathNames } from '../bench/path.js';
import { allowedCpus, pinningOn } from '../bench/pinning.js';
import type { Load } from '../bench/result/schema.js';
import { type BenchPlan, presets } from '../bench/run/plan.js';
import { tools } from '../bench/tools/table.js';
import { type QdiscKind, qdiscKinds } from '../bench/topologies/qdisc.js';
import type { RunningGuest } from '../bench/topologies/runningGuest.js';
import { forwarders } from '../bench/topologies/tun.js';
import { parseDuration } from '../measure/duration.js';
import { optionError } from '../measure/optionText.js';
import { single } from './snapshotOptions.js';

export interface RawBenchOptions {
  readonly path: readonly PathName[];
  readonly rate: number;
  readonly size: string;
  readonly flows: number;
  readonly burst: number;
  readonly duration: string | undefined;
  readonly repeats: number | undefined;
  readonly scale: boolean | undefined;
  readonly quick: boolean | undefined;
  readonly ceiling: boolean;
  readonly pin: boolean;
  readonly forwarder: string | undefined;
  readonly qdisc: string | undefined;
  readonly guestQueues: number;
  readonly tap: string | undefined;
  readonly guest: string | undefined;
  readonly tools: boolean;
  readonly out: string | undefined;
  readonly json: boolean | undefined;
}

const mostRepeats = 100;
const toolNames = tools.map(({ name }) => name).join(', ');

export const withBenchOptions = (argv: Argv) =>
  argv
    .option('path', {
      type: 'string',
      array: true,
      nargs: 1,
      choices: pathNames,
      default: pathNames,
      describe: 'the paths to compare',
    })
    .option('rate', {
      type: 'number',
      default: 100_000,
      describe: 'packets a second at which tails are compared',
    })
    .option('size', { type: 'string', default: '64', describe: 'bytes of a frame, or imix' })
    .option('flows', { type: 'number', default: 1, describe: 'flows, by source port' })
    .option('burst', { type: 'number', default: 1, describe: 'packets that leave at once' })
    .option('duration', { type: 'string', requiresArg: true, describe: 'of each repeat at the rate, 5s' })
    .option('repeats', {
      type: 'number',
      requiresArg: true,
      describe: 'searches of the ceiling, and times at the rate with vifscope on and off',
    })
    .option('scale', {
      type: 'boolean',
      describe:
        'then over 1 to 10,000 flows (veth, tun), 1 to 8 device pairs (veth), 1 to all CPUs of queues (tap)',
    })
    .option('quick', { type: 'boolean', describe: 'a look within two minutes instead of ten' })
    .option('ceiling', {
      type: 'boolean',
      default: true,
      describe: 'search the rate without loss (--no-ceiling)',
    })
    .option('pin', {
      type: 'boolean',
      default: true,
      describe: 'give the generator a CPU of its own (--no-pin)',
    })
    .option('forwarder', {
      type: 'string',
      requiresArg: true,
      describe: `what carries packets on the tun path: ${Object.keys(forwarders).join(', ')}, or a command with {in} and {out}`,
    })
    .option('qdisc', {
      type: 'string',
      requiresArg: true,
      describe: `the queue in front of the generator's device, on every path: ${qdiscKinds.join(', ')}; without it, each path's own`,
    })
    .option('guest-queues', {
      type: 'number',
      default: 1,
      describe: "queues of each of our own guest's devices, and as many CPUs",
    })
    .option('tap', {
      type: 'string',
      requiresArg: true,
      implies: 'guest',
      describe: 'on the tap path, the tap of a guest that runs already: it is sent echo requests',
    })
    .option('guest', {
      type: 'string',
      requiresArg: true,
      implies: 'tap',
      describe: 'the IPv4 address of that guest',
    })
    .option('tools', {
      type: 'boolean',
      default: false,
      describe: `run ${toolNames}, where installed, beside our own load`,
    })
    .option('out', { type: 'string', requiresArg: true, describe: 'the directory to write to' })
    .option('json', { type: 'boolean', describe: 'print the result as JSON' });

/** @throws VifscopeError USAGE before anything is built */
export function planOf(raw: RawBenchOptions): BenchPlan {
  refuseRepeated(raw);
  const preset = raw.quick ? presets.quick : presets.full;
  const load: Load = {
    packetsPerSecond: raw.rate,
    durationSeconds: raw.duration === undefined ? preset.durationSeconds : parseDuration(raw.duration),
    sizes: raw.size === 'imix' ? imix : oneSize(Number(raw.size)),
    flows: raw.flows,
    burst: raw.burst,
  };
  // Impossible loads are refused before anything is built.
  sendPlanOf(load);
  const repeats = raw.repeats === undefined ? null : wholeNumber('--repeats', raw.repeats, 1, mostRepeats);
  return {
    ...preset,
    repeats: repeats ?? preset.repeats,
    searches: raw.ceiling ? (repeats ?? preset.searches) : 0,
    paths: pathNames.filter((name) => raw.path.includes(name)),
    load,
    journeysEvery: 64,
    pairs: 1,
    hasScale: raw.scale ?? false,
    tools: raw.tools,
    pinning: raw.pin ? pinningOn(allowedCpus()) : null,
    runningGuest: runningGuestOf(raw),
    guestQueues: wholeNumber('--guest-queues', raw.guestQueues, 1, allowedCpus().length),
    qdisc: qdiscOf(raw),
    forwarder: raw.forwarder === undefined ? null : forwarderOf(raw.forwarder),
  };
}

/** yargs makes an array of an option that is given twice. */
function refuseRepeated(raw: RawBenchOptions): void {
  // The words of the command, and the one option that may come more than once.
  for (const [name, value] of Object.entries(raw))
    if (name !== '_' && name !== 'path' && Array.isArray(value)) single(`--${name}`, value);
}

function wholeNumber(option: string, value: number, least: number, most: number): number {
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw optionError(option, String(value), `not a whole number from ${least} to ${most}`, String(least));
}

/** One that we know by name, or a command. */
function forwarderOf(text: string): string {
  const command = forwarders[text] ?? text;
  if (command.includes('{in}') && command.includes('{out}')) return command;
  const known = Object.keys(forwarders).join(', ');
  throw optionError(
    '--forwarder',
    text,
    `neither ${known} nor a command with {in} and {out}`,
    "'CMD {in} {out}'",
  );
}

function qdiscOf({ qdisc, tap }: RawBenchOptions): QdiscKind | null {
  if (qdisc === undefined) return null;
  const kind = qdiscKinds.find((one) => one === qdisc);
  if (kind === undefined)
    throw optionError('--qdisc', qdisc, `none of ${qdiscKinds.join(', ')}`, qdiscKinds[0]);
  if (tap !== undefined)
    throw optionError('--qdisc', qdisc, 'not put on a tap of others', `${kind}, without --tap`);
  return kind;
}

function runningGuestOf({ tap, guest }: RawBenchOptions): RunningGuest | null {
  if (tap === undefined || guest === undefined) return null;
  if (isIPv4(guest)) {
    const [device = '', netns = 'host'] = tap.split('/').reverse();
    return { netns, tap: device, address: guest };
  }
  throw optionError('--guest', guest, 'not an IPv4 address', '192.0.2.10');
}
