// What systemd is to a service: a unix datagram socket. In a program of its own, since Node has none.
import { execFileSync, spawn } from 'node:child_process';
import { on, once } from 'node:events';
import { createInterface } from 'node:readline';
import { reasonOf } from '../../../src/errors.js';

const usualLimitMs = 20_000;

const program = `
import json, socket, sys
address = sys.argv[1]
receiver = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
receiver.bind("\\0" + address[1:] if address[0] == "@" else address)
print(json.dumps("bound"), flush=True)
while True: print(json.dumps(receiver.recv(65536).decode()), flush=True)
`;

/** Why there can be no receiver here, or null. */
export function receiverMissing(): string | null {
  try {
    execFileSync('python3', ['--version'], { stdio: 'ignore' });
    return null;
  } catch (error) {
    return `python3: ${reasonOf(error)}`;
  }
}

/** Runs the body while someone receives at the address; `next` waits for a datagram and gives its text. */
export async function withReceiver(
  address: string,
  body: (next: () => Promise<string>) => Promise<void>,
  limitMs = usualLimitMs,
): Promise<void> {
  const child = spawn('python3', ['-c', program, address], { stdio: ['ignore', 'pipe', 'inherit'] });
  const lines = on(createInterface(child.stdout), 'line', { signal: AbortSignal.timeout(limitMs) });
  const next = async () => JSON.parse((await lines.next()).value[0]);
  const closed = once(child, 'close');
  try {
    await next();
    await body(next);
  } finally {
    child.kill('SIGKILL');
    await closed;
  }
}
