// The tools that others wrote, over a path that we have measured: at the same rate and frame size.
import { payloadBytesOf } from '../packet.js';
import type { BuiltPath } from '../path.js';
import type { Load, ToolResult } from '../result/schema.js';
import type { Scope } from '../scope.js';
import { groundOf } from '../tools/ground.js';
import { runTool } from '../tools/run.js';
import { tools } from '../tools/table.js';
import type { BenchPlan } from './plan.js';

export async function runTools(
  path: BuiltPath,
  { load, pinning }: Pick<BenchPlan, 'load' | 'pinning'>,
  scope: Scope,
  keep: (result: ToolResult) => void,
): Promise<void> {
  const ground = groundOf(path);
  for (const tool of tools) {
    scope.progress(`${path.name}: ${tool.name}`);
    if (ground === null) {
      const reason = 'this guest is sent echo requests alone';
      keep({ path: path.name, tool: tool.name, version: '', command: '', figures: {}, reason });
      continue;
    }
    const asked = {
      packetsPerSecond: load.packetsPerSecond,
      payloadBytes: meanPayloadBytes(load),
      seconds: load.durationSeconds,
      senderCpu: pinning?.generator[0] ?? null,
      receiverCpu: pinning?.others[0] ?? null,
    };
    keep(await runTool(tool, ground, asked, scope));
  }
}

/** A tool sends packets of one size: of a mix, the mean. */
function meanPayloadBytes({ sizes }: Load): number {
  const packets = sizes.reduce((sum, { weight }) => sum + weight, 0);
  const bytes = sizes.reduce((sum, { frameBytes, weight }) => sum + payloadBytesOf(frameBytes) * weight, 0);
  return Math.round(bytes / packets);
}
