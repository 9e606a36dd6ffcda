// The child's end of the IPC channel: takes its input, says what it has to say, turns errors into words.
import { reasonOf } from '../../errors.js';
import type { ChildMessage, Instruction } from './messages.js';

/** Sends and waits until the parent's end has it: what follows may block this thread for good. */
export function say(message: ChildMessage): Promise<void> {
  return new Promise((resolve, reject) => {
    if (process.send === undefined) throw new Error('this program is started by vifscope itself');
    process.send(message, (error: Error | null) => (error ? reject(error) : resolve()));
  });
}

export const onInstruction = (take: (instruction: Instruction) => void): void => {
  process.on('message', (message) => take(message as Instruction));
};

/** Runs a child's program with the input that its parent gave; its value is the result that the parent gets. */
export async function runChild<Input>(program: (input: Input) => Promise<unknown>): Promise<void> {
  try {
    const value = await program(JSON.parse(process.argv[2] ?? '') as Input);
    await say({ kind: 'result', value });
    process.exit(0);
  } catch (error) {
    await say({ kind: 'error', message: reasonOf(error) });
    process.exit(1);
  }
}

/** This process's CPU time, user and system, since `before`. */
export function cpuSecondsSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}
