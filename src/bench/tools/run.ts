// One tool over one path: its server where it has one, its client, and the kernel's counters beside what it says.
import { setTimeout as sleep } from 'node:timers/promises';
import { reasonOf } from '../../errors.js';
import { Cleanup } from '../cleanup.js';
import type { ToolResult } from '../result/schema.js';
import type { Scope } from '../scope.js';
import { within } from '../within.js';
import { type Counted, countedFigures, readCounted } from './counted.js';
import { type Ground, packetOf } from './ground.js';
import { startTool, type ToolProcess, untilListening } from './processes.js';
import type { Tool, ToolFigures, ToolOrder, ToolServer } from './tool.js';
import { readVersion } from './version.js';
import { addWayBack } from './wayBack.js';

/** What is asked of every tool; each does of it what it can. */
export type ToolLoad = Pick<
  ToolOrder,
  'packetsPerSecond' | 'payloadBytes' | 'seconds' | 'senderCpu' | 'receiverCpu'
>;

/** No one else's on a path. */
const toolPort = 7010;
/** Beyond the time that a tool is to send for: its start, its own end, and a host that is busy. */
const allowanceSeconds = 20;
const countEveryMs = 100;

/** Never fails because of the tool: a result without figures says why. @throws what interrupts the run */
export async function runTool(tool: Tool, ground: Ground, load: ToolLoad, scope: Scope): Promise<ToolResult> {
  const order = orderOf(ground, load);
  const command = tool.client(order);
  const version = await readVersion(tool);
  const told = { path: ground.path, tool: tool.name, command: commandLine(command) };
  const without = (reason: string): ToolResult => ({ ...told, version: version ?? '', figures: {}, reason });
  if (version === null) return without(`not installed: apt install ${tool.package}`);
  if (tool.server !== null && !ground.goesBothWays)
    return without(`its answers have no way back: the ${ground.path} path carries one way only`);
  // Of its own, so that nothing of one tool is there while the next runs.
  const cleanup = new Cleanup();
  const remove = scope.cleanup.add(`end ${tool.name}`, () => cleanup.run());
  try {
    const figures = await figuresOf(tool, command, order, ground, { ...scope, cleanup });
    return { ...told, version, figures: { ...figures }, reason: null };
  } catch (error) {
    if (scope.signal.aborted) throw error;
    return without(reasonOf(error));
  } finally {
    await remove();
  }
}

export const orderOf = (ground: Ground, load: ToolLoad): ToolOrder => ({
  ...load,
  sinkAddress: ground.sink.address,
  port: toolPort,
  device: ground.generator.device,
  packet: packetOf(ground, toolPort, load.payloadBytes),
});

const commandLine = (words: readonly string[]): string =>
  words.map((word) => (/^[\w./:=@%+-]+$/.test(word) ? word : `'${word}'`)).join(' ');

async function figuresOf(
  tool: Tool,
  command: readonly string[],
  order: ToolOrder,
  ground: Ground,
  scope: Scope,
): Promise<ToolFigures> {
  if (tool.server !== null) await startServer(tool.name, tool.server, order, ground, scope);
  const before = readCounted(ground, tool.countedBy);
  const client = startTool(tool.name, ground.generator.netns, command, scope);
  const ended = within(client.ended, {
    limitSeconds: order.seconds + allowanceSeconds,
    onLimit: () => new Error(`it has not ended ${allowanceSeconds} s after its time`),
    signal: scope.signal,
  });
  const counting = countUntil(client.ended, () => readCounted(ground, tool.countedBy), scope);
  const [how, during] = await Promise.all([ended, counting]);
  const counted = countedFigures(during, [before, readCounted(ground, tool.countedBy)]);
  return { ...said(tool, client, how), ...counted };
}

/** With a way back for its answers; both end with the scope's clean-up. */
export async function startServer(
  name: string,
  server: ToolServer,
  order: ToolOrder,
  ground: Ground,
  scope: Scope,
): Promise<void> {
  await addWayBack(ground, scope);
  const { netns } = ground.sink;
  const process = startTool(`${name} server`, netns, server.command(order), scope);
  await untilListening(process, netns, server, order.port, scope);
}

/** Readings until then; their number is bounded by the wait for the tool's end. */
async function countUntil(
  ended: Promise<unknown>,
  read: () => Counted,
  { signal }: Scope,
): Promise<readonly Counted[]> {
  const readings: Counted[] = [];
  let hasEnded = false;
  const end = ended.then(() => {
    hasEnded = true;
  });
  while (!hasEnded && !signal.aborted) {
    readings.push(read());
    await Promise.race([end, sleep(countEveryMs)]);
  }
  return readings;
}

function said({ parse }: Tool, client: ToolProcess, how: string): ToolFigures {
  try {
    return parse(client.said());
  } catch (error) {
    throw new Error(`${reasonOf(error)} (it ${how})`, { cause: error });
  }
}
