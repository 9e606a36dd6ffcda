// The child's end of the IPC channel: takes its input and orders, says what it has to say, turns errors into words.
import { reasonOf } from '../../errors.js';
import type { ChildMessage, Order } from './messages.js';

/** Sends and waits until the parent's end has it: what follows may block this thread for good. */
export function say(message: ChildMessage): Promise<void> {
  return new Promise((resolve, reject) => {
    if (process.send === undefined) throw new Error('this program is started by vifscope itself');
    process.send(message, (error: Error | null) => (error ? reject(error) : resolve()));
  });
}

const input = <Input>(): Input => JSON.parse(process.argv[2] ?? '') as Input;

async function failing(error: unknown): Promise<never> {
  await say({ kind: 'error', message: reasonOf(error) });
  process.exit(1);
}

/** Runs a program that lasts until it is killed. */
export async function runChild<Input>(program: (input: Input) => Promise<never>): Promise<never> {
  try {
    return await program(input());
  } catch (error) {
    return failing(error);
  }
}

/**
 * Runs a program that carries out orders until it is killed. `open` gets it ready and returns what takes an order; its
 * value is the result that the parent gets.
 */
export async function serveOrders<Input>(
  open: (input: Input) => (order: Order) => Promise<unknown>,
): Promise<void> {
  try {
    const take = open(input());
    const answer = async (order: Order) => say({ kind: 'result', value: await take(order) });
    process.on('message', (order) => void answer(order as Order).catch(failing));
    await say({ kind: 'ready' });
  } catch (error) {
    await failing(error);
  }
}

/** This process's CPU time, user and system, since `before`. */
export function cpuSecondsSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}
